import Contracts
import Journal
import Wire

/// An upstream entry of Badging with its number.
enum BadgingItem: Sendable {
  case badge(Badge, Int64)
  case offer(OfferDefinition)
  case crossing(CrossingEntry, ComparisonName, Int64)
  case outcome(OutcomeEntry, Int64)
  /// A customer is forgotten: by Scoring, and by Missions.
  case forget(String)
}

/// Badging of a partition: awards and points as decisions over crossings, outcomes and badge definitions.
struct BadgingFold: Fold {
  /// The operator's zone, in which points expire.
  let zone: Zone

  let journal = JournalName.awards
  let upstreams: [JournalName] = [.badgingDefinitions, .crossings, .outcomes]
  let gates: [JournalName] = [.badgingDefinitions]
  let audited: [JournalName] = [.crossings, .outcomes]
  let version = 2

  typealias Auditor = BadgingAuditor

  func initialRegisters(partition: Int) -> BadgingRegisters { BadgingRegisters() }
  func initialDefinitions() -> Programme { Programme() }

  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> BadgingItem? {
    switch journal {
    case .badgingDefinitions:
      switch try BadgingDefinition(entry) {
      case .badge(let badge): return .badge(try Badge(badge), number)
      case .offer(let offer): return .offer(offer)
      case nil: return nil
      }
    case .crossings:
      if let crossing = try CrossingEntry(entry) { return try item(crossing, number) }
      return try ForgetEntry(entry).map { .forget($0.customer) }
    case .outcomes:
      if let outcome = try OutcomeEntry(entry) { return .outcome(try checked(outcome), number) }
      return try ForgetEntry(entry).map { .forget($0.customer) }
    default: return nil
    }
  }

  func key(of item: BadgingItem) -> String? {
    switch item {
    case .badge, .offer: nil
    case .crossing(let crossing, _, _): RowKey.customer(crossing.customer)
    case .outcome(let outcome, _): RowKey.customer(outcome.customer)
    case .forget(let customer): RowKey.customer(customer)
    }
  }

  func apply(_ item: BadgingItem, _ work: inout Work<Self>) {
    switch item {
    case .badge(let badge, let number): take(badge, number, &work)
    case .offer(let offer): work.definitions.offers[offer.offerId] = offer
    case .crossing(let crossing, let name, let number): take(crossing, name, number, &work)
    case .outcome(let outcome, let number): take(outcome, number, &work)
    case .forget(let customer): forget(customer, &work)
    }
  }

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case Method.checkAndAward:
      Frames([JSONWriter.object(try check(CheckRequest(command.payloads), &work).write)])
    case Method.redeem: Frames([try redeem(RedeemRequest(command.payloads), &work)])
    default: throw .unimplemented("no command \(command.method)")
    }
  }

  func due(_ due: Due, _ work: inout Work<Self>) {
    switch due.kind {
    case DueKind.sweep: sweep(&work)
    case DueKind.expiry: expire(due.id, &work)
    default: break
    }
  }

  /// Changes a customer's row; one that stays as it was is not written.
  func change(
    _ customer: String, _ work: inout Work<Self>, _ body: (inout CustomerRow, inout Work<Self>) -> Void
  ) {
    let key = RowKey.customer(customer)
    let before = work.row(key)?.customer ?? CustomerRow()
    var row = before
    body(&row, &work)
    if row != before { work.set(key, .customer(row)) }
  }
}

/// Kinds of due instants.
enum DueKind {
  /// An offer that was granted is valid no longer.
  static let expiry = "offer"
  /// Looks at all customers after a change of definitions.
  static let sweep = "sweep"
}

/// What entries of other services may say at most.
enum EntryLimits {
  /// Points of one reward.
  static let pointsMax = 1_000_000_000
  /// The last instant of the year 9998, unix microseconds: a year later is still a date.
  static let instantMax: Int64 = 253_370_764_799_999_999
}

extension BadgingFold {
  private func item(_ crossing: CrossingEntry, _ number: Int64) throws(WireError) -> BadgingItem {
    guard !crossing.customer.isEmpty else { throw .invalid("a crossing without customer_id") }
    guard let comparison = ComparisonName(crossing.comparison) else {
      throw .invalid("'\(crossing.comparison)' names no comparison")
    }
    guard crossing.change != .revoked || crossing.revokes != nil else {
      throw .invalid("a revoked crossing without 'revokes'")
    }
    return .crossing(crossing, comparison, number)
  }

  private func checked(_ outcome: OutcomeEntry) throws(WireError) -> OutcomeEntry {
    guard !outcome.customer.isEmpty else { throw .invalid("an outcome without customer_id") }
    guard !outcome.mission.isEmpty else { throw .invalid("an outcome without mission") }
    guard (0...EntryLimits.pointsMax).contains(outcome.reward.points) else {
      throw .invalid("'points' of a reward must be 0 to \(EntryLimits.pointsMax)")
    }
    guard (0...EntryLimits.instantMax).contains(outcome.at) else {
      throw .invalid("'at' is no plausible instant")
    }
    return outcome
  }
}
