import Contracts
import Measures
import Wire

/// A customer's events folded anew, and compared with what is kept.
struct Recalculation: Sendable {
  /// Entries that are fetched at most; a customer with more is refused.
  static let entriesMax = 500_000
  /// Entries of one request.
  static let pageEntries = 1_000

  private(set) var history = History()
  /// Events and reversals that were folded.
  private(set) var entries = 0

  /// Folds entries in the order of the journal, every day in full; throws where one cannot be read.
  init(_ entries: [(number: Int64, entry: ArraySlice<UInt8>)]) throws {
    for (number, entry) in entries {
      guard let event = try EventEntry(entry, number: number), event.kind != .reversalWaiting else {
        continue
      }
      // Without a day of today nothing is old, so nothing is thinned.
      history.take(event, today: Day(number: .min))
      self.entries += 1
    }
  }

  /// The names of what a row has otherwise: features, attributes, and `<score>_score`.
  func differences(from row: CustomerRow, asOf day: Day, _ sheet: ScoreSheet) -> [String] {
    let (kept, folded) = (
      Assessment(row.history, asOf: day, sheet), Assessment(history, asOf: day, sheet)
    )
    let names = kept.features.differences(from: folded.features)
    let scores = ScoreName.allCases.filter { kept.value($0) != folded.value($0) }
    return names + scores.map { "\($0.rawValue)_score" }
  }
}

/// A page of `ingestion.v1/entries`.
struct EntriesPage: Sendable {
  /// The number of the customer's entry before these, or 0.
  private(set) var last: Int64 = 0
  /// Newest first.
  private(set) var entries: [(number: Int64, entry: ArraySlice<UInt8>)] = []

  init(_ payloads: Frames) throws {
    guard let head = payloads.first else { throw WireError.internal("Ingestion gave an empty page") }
    var numbers: [Int64] = []
    var scanner = JSONScanner(head)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "last": last = try scanner.integer()
      case "numbers":
        try scanner.beginArray()
        while try scanner.nextElement() { numbers.append(try scanner.integer()) }
      default: try scanner.skip()
      }
    }
    guard payloads.count == numbers.count + 1 else {
      throw WireError.internal("Ingestion gave \(payloads.count - 1) entries for \(numbers.count) numbers")
    }
    entries = zip(numbers, payloads.dropFirst()).map { (number: $0, entry: $1) }
    let all = numbers + [last]
    guard zip(all, all.dropFirst()).allSatisfy({ $0 > $1 }) else {
      throw WireError.internal("Ingestion gave entries that are not newest first")
    }
  }

  static func request(_ customer: String, before: Int64) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("before", before)
      writer.member("limit", Recalculation.pageEntries)
    }
  }
}
