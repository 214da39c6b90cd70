import Wire

/// Records sorted into days of the operator's zone: pure.
struct DayPlan: Sendable, Hashable {
  /// More days are not stepped through.
  static let daysMax = 3_700
  /// Days after the last record until which a run goes on, so that weekly missions end.
  static let daysAfter = 8

  let first: Day
  let last: Day
  /// The places of each day's records, in the order of the file; a day without records is not there.
  let places: [Day: [Int]]

  /// `instants` are the records' times in unix microseconds; who has none, or one outside of `plausible`,
  /// comes with the first day. nil when no record has a time.
  init?(instants: [Int64?], plausible: ClosedRange<Int64>, zone: Zone) {
    let days = instants.map { at in
      at.flatMap { plausible.contains($0) ? zone.day(ofMicros: $0) : nil }
    }
    guard let first = days.lazy.compactMap({ $0 }).min(), let last = days.lazy.compactMap({ $0 }).max() else {
      return nil
    }
    var places: [Day: [Int]] = [:]
    for (place, day) in days.enumerated() { places[day ?? first, default: []].append(place) }
    self.first = first
    self.last = last
    self.places = places
  }

  /// The day at whose beginning a run ends: the first that is wholly 8 days after the last record, but not
  /// after `today`, unless there are records of today.
  func end(today: Day) -> Day { max(last + 1, min(last + Self.daysAfter + 1, today)) }
}
