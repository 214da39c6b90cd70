import Wire

/// What the numbers must be, counted in the plainest way: all records again for every question.
///
/// A record counts once, however often it came, and not at all when it was taken back.
struct Plain: Sendable {
  private struct Fact {
    let record: Record
    /// The day on which it first arrived.
    let arrival: Int
  }

  private let facts: [Fact]
  /// Calls for full marks.
  let fullCalls: Int

  /// How long after a mission's end a record may arrive, microseconds.
  private static let graceMicros = 2 * Story.dayMicros

  init(_ story: Story, fullCalls: Int) {
    self.fullCalls = fullCalls
    var first: [String: Fact] = [:]
    var takenBack: Set<String> = []
    for (day, records) in story.arrivals.enumerated() {
      for record in records {
        if let reverses = record.reverses {
          takenBack.insert(reverses)
        } else if first[record.id] == nil {
          first[record.id] = Fact(record: record, arrival: day)
        }
      }
    }
    facts = first.values.filter { !takenBack.contains($0.record.id) }
  }

  private static func day(_ record: Record) -> Int { Int((record.at - Story.start) / Story.dayMicros) }

  /// The scores of a customer as of a day of the story.
  func scores(_ customer: String, day: Int) -> (score: Decimal6, features: [String: Shown]) {
    let records = facts.map(\.record).filter { $0.customer == customer && Self.day($0) <= day }
    let calls = records.filter { $0.kind != .activation }
    let month = day - 29
    let recent = calls.filter { Self.day($0) >= month }.count
    let active = Set(records.map(Self.day))
    let birth = records.filter { $0.kind == .activation }.map(Self.day).min()
    let idle = active.max().map { day - $0 }
    // Hundredths of points, rounded half up.
    let callPoints = (2 * min(recent, fullCalls) * 3_000 + fullCalls) / (2 * fullCalls)
    let recency = idle.map { max(0, 1_000 - 200 * $0) } ?? 0
    return (
      Decimal6(millionths: Int64(callPoints + recency) * 10_000),
      [
        "calls_30d": .count(recent), "active_days_30d": .count(active.filter { $0 >= month }.count),
        "calls_made_ever": .count(calls.filter { $0.kind == .made }.count),
        "days_since_last_activity": .count(idle), "customer_age_days": .count(birth.map { day - $0 }),
        "longest_streak_days": .count(Self.longestRun(active)),
      ]
    )
  }

  private static func longestRun(_ days: Set<Int>) -> Int {
    var longest = 0
    for day in days where !days.contains(day - 1) {
      longest = max(longest, (0...).first { !days.contains(day + $0) } ?? 0)
    }
    return longest
  }

  /// The calls that a mission counts: made in its window, arrived after it was made and before its grace
  /// ended.
  func progress(_ mission: ShownMission, of customer: String) -> Decimal6 {
    // One that is made at noon is made after the records of its day have come.
    let made = Int((mission.startDate - Story.start + Story.dayMicros - 1) / Story.dayMicros)
    let count = facts.count { fact in
      let record = fact.record
      return record.customer == customer && record.kind == .made && record.at >= mission.startDate
        && record.at < mission.endDate && fact.arrival >= made
        && Story.midnight(fact.arrival) < mission.endDate + Self.graceMicros
    }
    return Decimal6(count)
  }
}
