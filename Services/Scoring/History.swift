import Contracts
import Measures
import Wire

/// Everything about a customer that features are made of.
///
/// Adding and taking back are commutative; an event counts on the day that Ingestion stamped on it.
struct History: Sendable, Hashable {
  /// Days with roaming are kept so long: the window and as-of.
  static let roamingDays = 240
  /// Days with self-care are kept so long: the window and as-of.
  static let selfCareDays = Features.Window.quarter + DayLimits.asOfDays

  private(set) var days = DayBuckets()
  private(set) var money = Money()
  private(set) var activations = DayCounts()
  /// What most customers have little of. One, or none: rows are copied often, and an array is one reference.
  private var rest: [Facts] = []

  var roaming: DayCounts { rest.isEmpty ? DayCounts() : rest[0].roaming }
  var selfCare: DayCounts { rest.isEmpty ? DayCounts() : rest[0].selfCare }
  var channels: Channels { rest.isEmpty ? Channels() : rest[0].channels }
  var payments: Payments { rest.isEmpty ? Payments() : rest[0].payments }
  var updates: Updates { rest.isEmpty ? Updates() : rest[0].updates }

  /// Folds an event, or takes a reversal's original back; `today` decides which days are still kept.
  mutating func take(_ event: EventEntry, today: Day) {
    switch event.kind {
    case .event: add(event, 1, today)
    case .reversal: add(event, -1, today)
    case .reversalWaiting: break
    }
  }

  private mutating func add(_ event: EventEntry, _ sign: Int64, _ today: Day) {
    let share = contribution(of: event)
    days.add(sign < 0 ? -share : share, on: event.day, today: today)
    if event.type.isActivity { addActivity(event, sign, today) } else { addFact(event, sign, today) }
  }

  private mutating func addActivity(_ event: EventEntry, _ sign: Int64, _ today: Day) {
    let details = EventDetails(event)
    if !details.channel.isEmpty {
      change { $0.channels.add(details.channel, event.type, on: event.day, sign: sign, today: today) }
    }
    if details.isRoaming {
      change { $0.roaming.add(sign, on: event.day, today: today, keeping: Self.roamingDays) }
    }
    switch event.type {
    case .activation: activations.add(sign, on: event.day)
    case .selfCareAction:
      change { $0.selfCare.add(sign, on: event.day, today: today, keeping: Self.selfCareDays) }
    default: if let kind = Money.Kind(event.type) { addMoney(kind, event, details, sign, today) }
    }
  }

  private mutating func addMoney(
    _ kind: Money.Kind, _ event: EventEntry, _ details: EventDetails, _ sign: Int64, _ today: Day
  ) {
    let value = event.value ?? .zero
    money.add(kind, value, at: event.at, on: event.day, sign: sign, today: today)
    guard !rest.isEmpty || kind == .payment else { return }
    change { facts in
      facts.updates.take(Money.Sum(amount: value.millionths &* sign, count: sign), at: event.at)
      if kind == .payment { facts.payments.pay(details, on: event.day, sign: sign, today: today) }
    }
  }

  private mutating func addFact(_ event: EventEntry, _ sign: Int64, _ today: Day) {
    if event.type == .billIssued {
      let amount = event.value?.millionths ?? 0
      let details = EventDetails(event)
      change { $0.payments.bill(details, amount, on: event.day, sign: sign, today: today) }
      return
    }
    let settings = Setting.all(of: event)
    guard !settings.isEmpty else { return }
    let update = Update(event, settings)
    let money = money
    change { facts in
      if sign > 0 { facts.updates.add(update, money, today: today) } else { facts.updates.remove(update) }
    }
  }

  private mutating func change(_ body: (inout Facts) -> Void) {
    if rest.isEmpty { rest.append(Facts()) }
    body(&rest[0])
    if rest[0] == Facts() { rest = [] }
  }

  /// The zone in which the customer lives at an instant, as far as updates have said it by then.
  func zone(at instant: Int64, _ zones: Zones) -> Zone {
    rest.isEmpty ? zones.usual : rest[0].updates.zone(at: instant, zones) ?? zones.usual
  }

  /// The customer's own day at an instant.
  func day(at instant: Int64, _ zones: Zones) -> Day { zone(at: instant, zones).day(ofMicros: instant) }

  /// The day on which the account was born, seen from a later day.
  func birth(through day: Day) -> Day? { activations.earliest(through: day) }

  /// The first day of which anything is known, seen from a later one.
  func firstDay(through day: Day) -> Day? {
    [birth(through: day), days.firstEvent(through: day)].compactMap { $0 }.min()
  }

  /// The day from which whole periods of habits are counted: birth, else the first event.
  func habitsSince(through day: Day) -> Day? { birth(through: day) ?? days.firstEvent(through: day) }
}

extension History {
  func pack(_ writer: inout PackedWriter) {
    days.pack(&writer)
    money.pack(&writer)
    activations.pack(&writer)
    writer.bool(!rest.isEmpty)
    rest.first?.pack(&writer)
  }

  init(_ reader: inout PackedReader, form: UInt64) throws(PackedError) {
    days = try DayBuckets(&reader)
    money = try Money(&reader)
    activations = try DayCounts(&reader)
    if try reader.bool() { rest = [try Facts(&reader, form: form)] }
  }
}
