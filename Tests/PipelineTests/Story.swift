import Support
import Wire

/// A raw record as a client pushes it.
struct Record: Sendable, Equatable {
  enum Kind: String, Sendable {
    case made = "CALL_OUTGOING"
    case taken = "CALL_INCOMING"
    case activation = "ACTIVATION"
    case reversal = "REVERSAL"
  }

  var kind: Kind
  var customer: String
  var id: String
  /// Event time, unix microseconds.
  var at: Int64
  var seconds = 60
  /// The record that a reversal takes back.
  var reverses: String?

  var text: String {
    var text =
      #"{"customer_id":"\#(customer)","event_type":"\#(kind.rawValue)","timestamp":\#(at),"#
      + #""source_event_id":"\#(id)""#
    if kind == .made || kind == .taken { text += #","value":\#(seconds)"# }
    if let reverses { text += #","reverses":{"source_event_id":"\#(reverses)"}"# }
    return text + "}"
  }
}

/// A fortnight of a small town, by the day on which records arrive; the same for the same seed.
///
/// Records come late, twice, and are taken back, some before they have come.
struct Story: Sendable {
  /// Midnight of the first day: 2026-03-02 UTC.
  static let start: Int64 = 1_772_409_600_000_000
  static let dayMicros: Int64 = 86_400_000_000

  let seed: UInt64
  let customers: [String]
  private(set) var arrivals: [[Record]]

  /// The midnight with which a day begins, unix microseconds.
  static func midnight(_ day: Int) -> Int64 { start + Int64(day) * dayMicros }

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
    // Many are known for some days before their first call.
    let birth = Int.random(in: 0...arrivals.count / 3, using: &random)
    let firstCall = birth + Int.random(in: 0...3, using: &random)
    if Int.random(in: 0..<5, using: &random) > 0 { tell(.activation, customer, 0, birth, &random) }
    let most = Int.random(in: 3...12, using: &random)
    var number = 0
    for day in arrivals.indices.dropFirst(firstCall) {
      guard Int.random(in: 0..<10, using: &random) < 8 else { continue }
      for _ in 0..<Int.random(in: 1...most, using: &random) {
        number += 1
        tell(Int.random(in: 0..<4, using: &random) == 0 ? .taken : .made, customer, number, day, &random)
      }
    }
  }

  /// Something happens on a day; its records arrive then or later.
  private mutating func tell(
    _ kind: Record.Kind, _ customer: String, _ number: Int, _ day: Int, _ random: inout SeededGenerator
  ) {
    let at = Self.midnight(day) + Int64.random(in: 0..<Self.dayMicros / 1_000, using: &random) * 1_000
    let record = Record(kind: kind, customer: customer, id: "\(customer)/\(number)", at: at)
    let isLate = Int.random(in: 0..<10, using: &random) == 0
    let arrival = min(day + (isLate ? Int.random(in: 1...3, using: &random) : 0), arrivals.count - 1)
    arrivals[arrival].append(record)
    if Int.random(in: 0..<10, using: &random) == 0 {
      var again = record
      again.seconds += 1
      arrivals[Int.random(in: arrival..<arrivals.count, using: &random)].append(again)
    }
    if Int.random(in: 0..<12, using: &random) == 0 {
      // From the day itself on: before the original, where that is late.
      let last = min(arrival + 4, arrivals.count - 1)
      reverse(record, on: Int.random(in: day...last, using: &random))
    }
  }

  private mutating func reverse(_ record: Record, on day: Int) {
    arrivals[day].append(
      Record(
        kind: .reversal, customer: record.customer, id: "\(record.id)/back", at: record.at,
        reverses: record.id))
  }
}

/// What happens in every story, so that every kind of outcome is met.
enum Scripted {
  /// The first calls often and then not again; the second's only call is taken back, the third's too and then
  /// followed by another; the fourth is new on a day on which missions are asked for at noon.
  static let customers = ["S-1", "S-2", "S-3", "S-4"]
  /// A story must be longer, in days.
  static let days = 6

  static let records: [(day: Int, record: Record)] =
    customers.enumerated().map { place, customer in
      let day = place == 3 ? 1 : 0
      return (day, record(.activation, customer, "birth", day))
    } + [
      (2, record(.made, "S-2", "a", 2)), (4, back("S-2", "a", 4)),
      (2, record(.made, "S-3", "a", 2)), (4, back("S-3", "a", 4)), (5, record(.made, "S-3", "b", 5)),
    ]
    + late
    + (0..<15).map { number in
      let day = 2 + number / 5
      return (day, record(.made, "S-1", String(number), day))
    }

  /// Calls of the first in the last day of a week's mission, which began on the fifth: one comes inside the
  /// grace after its end, one too late.
  private static let late: [(day: Int, record: Record)] = [13, 14].map { day in
    (day, record(.made, "S-1", "late \(day)", 11))
  }

  private static func record(_ kind: Record.Kind, _ customer: String, _ id: String, _ day: Int) -> Record {
    Record(kind: kind, customer: customer, id: "\(customer)/\(id)", at: Story.midnight(day) + 3_600_000_000)
  }

  private static func back(_ customer: String, _ id: String, _ day: Int) -> Record {
    var record = record(.reversal, customer, "\(id)/back", day)
    record.reverses = "\(customer)/\(id)"
    return record
  }
}
