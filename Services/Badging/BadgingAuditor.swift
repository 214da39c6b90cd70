import Contracts
import Journal
import Wire

/// Checks Badging's invariants of a partition (domain.md 8): collects everything, compares at the end.
struct BadgingAuditor: FoldAuditor {
  /// A customer's name and something of it.
  struct Name: Hashable, Comparable {
    let customer: String
    let name: String

    static func < (left: Name, right: Name) -> Bool {
      (left.customer, left.name) < (right.customer, right.name)
    }
  }

  /// What the upstream says of an occasion.
  struct Occasion {
    let outcome: OutcomeEntry
    var isRevoked = false
  }

  /// What the own journal paid for a reference.
  struct Paid {
    var earned: [Int] = []
    var reversed: [Int] = []
  }

  // The own journal.
  var last: [String: Int64] = [:]
  var awards: [Name: AwardEntry] = [:]
  var paid: [Name: Paid] = [:]
  var ledger: [String: [PointsEntry]] = [:]
  var grants = GrantAudit()
  var noticed: Set<Int64> = []
  /// The same by customer.
  var noticedOf: [String: [Int64]] = [:]
  // Upstream, as far as taken.
  var ups: [Int64: String] = [:]
  var revoked: Set<Int64> = []
  var outcomes: [Int64: OutcomeEntry] = [:]
  var occasions: [Name: Occasion] = [:]
  /// Completed missions by customer and category.
  var completed: [Name: Int] = [:]
  // The rows.
  var rows: [String: BadgingRow] = [:]
  var findings: [String] = []

  /// More findings are counted only.
  private static let findingsMax = 100

  init(partition: Int) {}

  mutating func own(_ number: Int64, _ entry: ArraySlice<UInt8>) throws {
    if try ForgetEntry(entry, kind: ForgetEntry.erased) != nil { return }
    if let forget = try ForgetEntry(entry) { return self.forget(forget.customer) }
    let link = try Link(entry)
    if last[link.customer] ?? 0 != link.prev {
      findings.append(
        "awards \(number): 'prev' of \(link.customer) is \(link.prev), not \(last[link.customer] ?? 0)")
    }
    last[link.customer] = number
    if let award = try AwardEntry(entry) {
      take(award, number)
    } else if let points = try PointsEntry(entry) {
      take(points, number)
    } else if let offer = try OfferEntry(entry) {
      findings += grants.take(offer, number)
    } else if let notice = try NoticeEntry(entry), notice.isOutcome {
      noticedOf[notice.customer, default: []].append(notice.number)
      if noticed.insert(notice.number).inserted { return }
      findings.append("awards \(number): outcome \(notice.number) was noticed before")
    }
  }

  /// What the journal says of a customer ends where he is forgotten.
  private mutating func forget(_ customer: String) {
    last[customer] = nil
    ledger[customer] = nil
    noticed.subtract(noticedOf.removeValue(forKey: customer) ?? [])
    awards = awards.filter { $0.key.customer != customer }
    paid = paid.filter { $0.key.customer != customer }
    grants.forget(customer)
  }

  private mutating func drop(outcomesOf customer: String) {
    outcomes = outcomes.filter { $0.value.customer != customer }
    occasions = occasions.filter { $0.key.customer != customer }
  }

  private mutating func take(_ award: AwardEntry, _ number: Int64) {
    let name = Name(customer: award.customer, name: award.badge)
    switch (award.change, awards[name]) {
    case (.awarded, nil): awards[name] = award
    case (.awarded, _): findings.append("awards \(number): \(award.customer) holds \(award.badge) already")
    case (.revoked, let held?) where held.id == award.id: awards[name] = nil
    case (.revoked, _): findings.append("awards \(number): \(award.customer) does not hold \(award.id)")
    }
  }

  private mutating func take(_ points: PointsEntry, _ number: Int64) {
    let before = ledger[points.customer]?.last?.balance ?? 0
    if before + points.points != points.balance {
      findings.append("awards \(number): \(before) and \(points.points) points are not \(points.balance)")
    }
    ledger[points.customer, default: []].append(points)
    let name = Name(customer: points.customer, name: points.reference)
    if points.booking == .earn { paid[name, default: Paid()].earned.append(points.points) }
    if points.booking == .reverse { paid[name, default: Paid()].reversed.append(points.points) }
  }

  /// What cannot be read was parked, and is told of as such.
  mutating func upstream(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws {
    switch try? BadgingFold(zone: .utc).decode(journal, number, entry) {
    case .crossing(let crossing, _, _): take(crossing, number)
    case .outcome(let outcome, _): take(outcome, number)
    case .forget(let customer):
      if journal == .outcomes { drop(outcomesOf: customer) }
    case .badge, .offer, nil: break
    }
  }

  private mutating func take(_ crossing: CrossingEntry, _ number: Int64) {
    switch crossing.change {
    case .up: ups[number] = crossing.customer
    case .down: break
    case .revoked: revoked.insert(crossing.revokes ?? 0)
    }
  }

  private mutating func take(_ outcome: OutcomeEntry, _ number: Int64) {
    outcomes[number] = outcome
    let name = Name(customer: outcome.customer, name: "\(outcome.mission)/\(outcome.occasion)")
    if outcome.change == .completed, occasions[name] == nil { occasions[name] = Occasion(outcome: outcome) }
    if outcome.change == .revoked { occasions[name]?.isRevoked = true }
  }

  mutating func row(_ key: String, _ row: BadgingRow) { rows[key] = row }

  mutating func finish() -> [String] {
    checkNotices()
    checkPayments()
    checkLedgers()
    checkAwards()
    findings += grants.findings(occasions, rows)
    guard findings.count > Self.findingsMax else { return findings }
    return findings.prefix(Self.findingsMax) + ["and \(findings.count - Self.findingsMax) more"]
  }

  /// Who an entry is about, and that customer's entry before it.
  private struct Link {
    var customer = ""
    var prev: Int64 = 0

    init(_ entry: ArraySlice<UInt8>) throws(JSONError) {
      var scanner = JSONScanner(entry)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "customer_id": customer = try scanner.string()
        case "prev": prev = try scanner.integer()
        default: try scanner.skip()
        }
      }
    }
  }
}
