import Contracts
import Support
import Wire

/// A fortnight of a small town, by the day on which records arrive; the same for the same seed.
///
/// Records come late, twice, and are taken back, some before they have come; what happened before the
/// fortnight comes on its first days.
struct Story: Sendable {
  /// Midnight of the first day: 2026-03-02 UTC.
  static let start: Int64 = 1_772_409_600_000_000
  static let dayMicros: Int64 = 86_400_000_000
  /// How far back the life before the fortnight goes, and the oldest account: days.
  private static let pastDays = 75
  private static let accountDays = 400
  /// How many records of the past come by a customer who has one.
  private static let pastRecords = 15

  let seed: UInt64
  let customers: [String]
  private(set) var arrivals: [[Record]]

  /// The midnight with which a day begins, unix microseconds.
  static func midnight(_ day: Int) -> Int64 { start + Int64(day) * dayMicros }

  /// A day's date, `2026-03-02`.
  static func date(_ day: Int) -> String { Day(number: Int32(midnight(day) / dayMicros)).description }

  init(seed: UInt64, customers count: Int = 20, days: Int = 15) {
    precondition(days > Scripted.days, "a story lasts longer than what is told in every one")
    self.seed = seed
    customers = Scripted.customers + (1...count).map { "C-\($0)" }
    arrivals = Array(repeating: [], count: days)
    var random = SeededGenerator(seed: seed)
    for customer in customers.dropFirst(Scripted.customers.count) { live(customer, &random) }
    for (day, record) in Scripted.records where day < days { arrivals[day].append(record) }
    for day in arrivals.indices { arrivals[day].shuffle(using: &random) }
  }

  private mutating func live(_ customer: String, _ random: inout SeededGenerator) {
    // Some have been known for long, and many for some days before their first call.
    let hasPast = Int.random(in: 0..<3, using: &random) == 0
    let birth =
      hasPast
      ? -Int.random(in: 1...Self.accountDays, using: &random)
      : Int.random(in: 0...arrivals.count / 3, using: &random)
    let firstCall = max(0, birth) + Int.random(in: 0...3, using: &random)
    var number = 0
    if Int.random(in: 0..<5, using: &random) > 0 { tell(.activation, customer, 0, birth, &random) }
    if hasPast {
      for _ in 0..<Self.pastRecords {
        number += 1
        tell(.any(&random), customer, number, -Int.random(in: 1...Self.pastDays, using: &random), &random)
      }
    }
    let most = Int.random(in: 3...12, using: &random)
    let others = Int.random(in: 0...5, using: &random)
    for day in arrivals.indices.dropFirst(firstCall) {
      guard Int.random(in: 0..<10, using: &random) < 8 else { continue }
      for _ in 0..<Int.random(in: 1...most, using: &random) {
        number += 1
        tell(.call(&random), customer, number, day, &random)
      }
      for _ in 0..<Int.random(in: 0...others, using: &random) {
        number += 1
        tell(.any(&random), customer, number, day, &random)
      }
    }
  }

  /// Something happens on a day; its records arrive then or later.
  private mutating func tell(
    _ happening: Happening, _ customer: String, _ number: Int, _ day: Int, _ random: inout SeededGenerator
  ) {
    let at = Self.midnight(day) + Int64.random(in: 0..<Self.dayMicros / 1_000, using: &random) * 1_000
    let record = happening.record(customer, "\(customer)/\(number)", at: at, day: day)
    let isLate = day < 0 || Int.random(in: 0..<10, using: &random) == 0
    let arrival = min(max(day, 0) + (isLate ? Int.random(in: 0...3, using: &random) : 0), arrivals.count - 1)
    arrivals[arrival].append(record)
    if Int.random(in: 0..<10, using: &random) == 0 {
      let later = Int.random(in: arrival..<arrivals.count, using: &random)
      // What comes on the same day may come first, and then it would be what counts.
      arrivals[later].append(later > arrival ? record.otherwise : record)
    }
    if Int.random(in: 0..<12, using: &random) == 0 {
      // From the day itself on: before the original, where that is late.
      let last = min(arrival + 4, arrivals.count - 1)
      arrivals[Int.random(in: max(day, 0)...last, using: &random)].append(record.back)
    }
  }
}
