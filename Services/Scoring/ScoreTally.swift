import Contracts
import Wire

/// How the scores of many customers lie: for each score the sum, and the customers in ten bins.
struct Distribution: Sendable, Equatable {
  /// A score from 0 in steps of 10; 100 is in the last.
  static let bins = 10

  /// Customers that were added.
  private(set) var customers: Int64 = 0
  /// Millionths, by `ScoreName.place`.
  private(set) var sums = [Int64](repeating: 0, count: ScoreName.allCases.count)
  /// By `ScoreName.place`.
  private(set) var counts = [[Int64]](
    repeating: [Int64](repeating: 0, count: bins), count: ScoreName.allCases.count)

  mutating func add(_ assessment: Assessment) {
    customers += 1
    for score in ScoreName.allCases {
      let value = assessment.value(score)
      sums[score.place] &+= value.millionths
      counts[score.place][Self.bin(value)] += 1
    }
  }

  static func bin(_ score: Decimal6) -> Int {
    min(max(Int(score.millionths / (100 / Int64(bins) * Decimal6.one)), 0), bins - 1)
  }

  mutating func add(_ other: Distribution) {
    customers += other.customers
    for score in sums.indices {
      sums[score] &+= other.sums[score]
      for bin in counts[score].indices { counts[score][bin] += other.counts[score][bin] }
    }
  }

  /// `{"engagement": {"average", "bins": [...]}, ...}`; no average of nobody.
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      for score in ScoreName.allCases {
        writer.key(text: score.rawValue)
        writer.object { writer in
          writer.key("average")
          if customers > 0 { writer.decimal(average(score)) } else { writer.null() }
          writer.key("bins")
          writer.array { writer in for count in counts[score.place] { writer.integer(count) } }
        }
      }
    }
  }

  private func average(_ score: ScoreName) -> Decimal6 {
    let (sum, whole) = (Decimal6(millionths: sums[score.place]), Decimal6(exactly: customers))
    return whole.flatMap { sum.scaled(by: Decimal6(1), over: $0, places: 2) } ?? .zero
  }

  /// All numbers, as they travel between replicas.
  var numbers: [Int64] { [customers] + sums + counts.flatMap { $0 } }

  private static var numbersCount: Int { 1 + ScoreName.allCases.count * (1 + bins) }

  init() {}

  /// Reads `numbers`; nil for another count of them, or one below 0.
  init?(_ numbers: [Int64]) {
    guard numbers.count == Self.numbersCount, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
    let scores = ScoreName.allCases.count
    customers = numbers[0]
    sums = Array(numbers[1...scores])
    counts = (0..<scores).map { score in
      let start = 1 + scores + score * Self.bins
      return Array(numbers[start..<start + Self.bins])
    }
  }
}

/// What a pass over customers has come to, of one partition or of several.
struct ScoreTally: Sendable, Equatable {
  /// Customers that were looked at, those of them that were meant, and those whose scores would be others.
  var looked: Int64 = 0
  var changed: Int64 = 0
  /// By the definition that is active.
  var now = Distribution()
  /// By the definition that is tried.
  var tried = Distribution()

  mutating func add(_ other: ScoreTally) {
    looked += other.looked
    changed += other.changed
    now.add(other.now)
    tried.add(other.tried)
  }
}

extension ScoreTally {
  private var numbers: [Int64] { [looked, changed] + now.numbers + tried.numbers }

  private init?(_ numbers: [Int64]) {
    guard numbers.count > 2, numbers[0] >= 0, numbers[1] >= 0 else { return nil }
    let half = (numbers.count - 2) / 2
    guard numbers.count == 2 + 2 * half, let now = Distribution(Array(numbers[2..<2 + half])),
      let tried = Distribution(Array(numbers[(2 + half)...]))
    else { return nil }
    (looked, changed, self.now, self.tried) = (numbers[0], numbers[1], now, tried)
  }

  /// An array of whole numbers.
  func write(_ writer: inout JSONWriter) {
    writer.array { writer in for number in numbers { writer.integer(number) } }
  }

  /// Reads what `write` wrote.
  init(_ scanner: inout JSONScanner) throws {
    var numbers: [Int64] = []
    try scanner.beginArray()
    while try scanner.nextElement() { numbers.append(try scanner.integer()) }
    guard let tally = ScoreTally(numbers) else { throw WireError.invalid("'tally' cannot be read") }
    self = tally
  }

  func pack(_ writer: inout PackedWriter) { writer.array(numbers) { $0.signed($1) } }

  init(_ reader: inout PackedReader) throws(PackedError) {
    let numbers = try reader.array { (reader) throws(PackedError) in try reader.signed() }
    guard let tally = ScoreTally(numbers) else { throw PackedError(offset: 0, reason: "no tally") }
    self = tally
  }
}
