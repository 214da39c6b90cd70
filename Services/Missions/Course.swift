import Contracts
import Measures
import Wire

/// Where a mission stands (domain.md 6).
enum MissionStatus: String, Sendable, CaseIterable {
  case active, completed, expired, cancelled, revoked
}

/// How a mission runs: its window, its target, what has been counted, and what came of it.
///
/// What it counts is the same in any order of the same events; when it was completed is decided once for each
/// occasion, from what is folded at that moment.
struct Course: Sendable, Equatable {
  /// How long after the end an event may still arrive, microseconds (48 h).
  static let graceMicros = 48 * Micros.hour

  let metric: Metric
  /// The window `[start, end)` in event time, unix microseconds.
  let start: Int64
  let end: Int64
  /// How far the events had been taken when the mission was made: those up to here are not its own.
  let cursor: Int64
  let target: Decimal6
  private(set) var status = MissionStatus.active
  /// How often it was completed.
  private(set) var occasion = 0
  /// Event time at which the target was reached, while it stands as completed.
  private(set) var completedAt: Int64?
  private(set) var tally: Tally
  /// The day that counts as the first, since 1970-01-01.
  let firstDay: Int64
  private let form: Metric.Form
  /// The types of event that may matter: all others are passed over at once.
  private let types: EventTypes

  init(
    metric: Metric, start: Int64, end: Int64, cursor: Int64, target: Decimal6, firstDay: Day? = nil,
    bills: Bills = Bills()
  ) {
    self.metric = metric
    self.start = start
    self.end = end
    self.cursor = cursor
    self.target = target
    self.firstDay = Int64((firstDay ?? Zone.utc.day(ofMicros: start)).number)
    (form, types) = (metric.form, metric.followed)
    tally = Tally(bills: metric.form == .onTime ? bills : Bills())
  }

  /// Whether the mission is being played at an instant: expiry is seen before its timer has come.
  func isActive(at now: Int64) -> Bool { status == .active && now < end }

  /// What a reader is shown at an instant.
  func status(at now: Int64) -> MissionStatus { status == .active && now >= end ? .expired : status }

  /// Whether an event (of a reversal: its original) is one that this mission counts.
  ///
  /// A reversal may come at any time; it is judged by when its original came. Bills are no achievement but
  /// what payments are judged by: they matter whenever they were issued.
  func counts(_ event: EventEntry) -> Bool {
    guard types.contains(event.type), status != .cancelled, event.ingestedAt < end &+ Self.graceMicros else {
      return false
    }
    if event.type == .billIssued { return matters(metric.share(of: event)) }
    guard event.at >= start, event.at < end, event.number > cursor, !event.quiet else { return false }
    return metric.share(of: event) != .nothing
  }

  private func matters(_ share: Share) -> Bool {
    guard case .bill(_, let due) = share else { return false }
    return due >= Bills.earliest(at: start)
  }

  /// Counts an event or takes back a reversed one; gives what changed by it.
  mutating func take(_ event: EventEntry) -> OutcomeEntry.Change? {
    add(event.kind == .reversal ? -1 : 1, metric.share(of: event), at: event.at)
  }

  /// The instant that the mission is about has passed.
  mutating func pass(at instant: Int64) -> OutcomeEntry.Change? {
    guard form == .instant, status == .active, instant >= start, instant < end else { return nil }
    return add(1, .amount(Decimal6(1)), at: instant)
  }

  private mutating func add(_ sign: Int64, _ share: Share, at time: Int64) -> OutcomeEntry.Change? {
    tally.add(sign, share, at: time, form, origin: firstDay) ? judge() : nil
  }

  private mutating func judge() -> OutcomeEntry.Change? {
    switch (status, tally.value >= target) {
    case (.active, true), (.expired, true), (.revoked, true):
      status = .completed
      occasion += 1
      completedAt = tally.reached(target, form, origin: firstDay)
      return .completed
    case (.completed, false):
      status = .revoked
      completedAt = nil
      return .revoked
    default: return nil
    }
  }

  /// Its window is over; false when it was not active any more.
  mutating func expire() -> Bool {
    guard status == .active else { return false }
    status = .expired
    return true
  }

  /// It is taken from the customer; false when it was not active any more.
  mutating func cancel() -> Bool {
    guard status == .active else { return false }
    status = .cancelled
    return true
  }

  /// Done in percent, two places, rounded down, at most 100.
  var percent: Decimal6 {
    guard target > .zero, tally.value > .zero else { return .zero }
    let hundredths = Int128(tally.value.millionths) * 10_000 / Int128(target.millionths)
    return Decimal6(millionths: Int64(min(hundredths, 10_000)) * (Decimal6.one / 100))
  }
}

extension Course {
  func pack(_ writer: inout PackedWriter) {
    writer.count(PackedCodes.code(metric))
    writer.signed(start)
    writer.signed(end &- start)
    writer.signed(cursor)
    writer.decimal(target)
    writer.signed(firstDay)
    writer.count(PackedCodes.code(status))
    writer.count(occasion)
    writer.instant(completedAt)
    tally.pack(form, &writer)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    metric = try PackedCodes.metric(&reader)
    start = try reader.signed()
    end = start &+ (try reader.signed())
    cursor = try reader.signed()
    target = try reader.decimal()
    firstDay = try reader.signed()
    (form, types) = (metric.form, metric.followed)
    status = try PackedCodes.status(&reader)
    occasion = try reader.number()
    completedAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
    tally = try Tally(form, &reader)
  }
}

extension Metric {
  /// The types that it counts, and the bills that decide it.
  fileprivate var followed: EventTypes {
    self == .paymentsOnTime ? [.payment, .billPaid, .billIssued] : types
  }
}

extension PackedReader {
  /// A text that is one of a set of names.
  mutating func name<Value>(_ make: (String) -> Value?) throws(PackedError) -> Value {
    let text = try text()
    guard let value = make(text) else { throw PackedError(offset: 0, reason: "an unknown name '\(text)'") }
    return value
  }
}
