import Contracts
import Measures
import Wire

/// Everything about a customer that features are made of.
///
/// Adding and taking back are commutative; an event counts on the day that Ingestion stamped on it.
struct History: Sendable, Hashable {
  private(set) var days = DayBuckets()
  private(set) var activations = DayCounts()

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
    if event.type == .activation { activations.add(sign, on: event.day) }
  }

  /// The day on which the account was born, seen from a later day.
  func birth(through day: Day) -> Day? { activations.earliest(through: day) }

  /// The day from which whole periods of habits are counted: birth, else the first event.
  func habitsSince(through day: Day) -> Day? { birth(through: day) ?? days.firstEvent(through: day) }
}

extension History {
  func pack(_ writer: inout PackedWriter) {
    days.pack(&writer)
    activations.pack(&writer)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    days = try DayBuckets(&reader)
    activations = try DayCounts(&reader)
  }
}
