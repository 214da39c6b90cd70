import Contracts
import Foundation
import Messaging
import Wire

/// The records of a demonstration with what they mean, all in memory.
struct DemoData: Sendable {
  let source: SourceFile
  let path: String
  let header: ArraySlice<UInt8>?
  let records: [ArraySlice<UInt8>]

  init(path: String, source: SourceFile) throws {
    var file = try DataFile(path, source.format)
    var records: [ArraySlice<UInt8>] = []
    while let record = try file.next() { records.append(record) }
    self.path = path
    self.source = source
    self.records = records
    header = file.header
    guard !records.isEmpty else { throw Fault("\(path) has no records", advice: "check --data and --source") }
  }
}

/// What a mapping makes of one record, as a preview tells it.
struct PreviewOutcome: Sendable, Hashable {
  /// Event time, unix microseconds.
  var at: Int64?
  var customer: String?

  /// Reads `{"outcomes": [{"index", "at", "customer_id", ...}]}` of so many records.
  ///
  /// A record of which several events are made has several; its first time counts.
  static func outcomes(_ reply: Frames, records: Int) throws -> [PreviewOutcome] {
    var scanner = JSONScanner(reply.first ?? [])
    var outcomes = [PreviewOutcome](repeating: PreviewOutcome(), count: records)
    do throws(JSONError) {
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        guard "outcomes" ~= key else {
          try scanner.skip()
          continue
        }
        try scanner.beginArray()
        while try scanner.nextElement() {
          let (index, outcome) = try read(&scanner)
          guard outcomes.indices.contains(index), outcomes[index].at == nil else { continue }
          outcomes[index] = outcome
        }
      }
    } catch { throw Fault("the answer of \(Method.preview) cannot be read: \(error)") }
    return outcomes
  }

  private static func read(
    _ scanner: inout JSONScanner
  ) throws(JSONError) -> (index: Int, outcome: PreviewOutcome) {
    var index = -1
    var outcome = PreviewOutcome()
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "index": index = Int(try scanner.integer())
      case "at": outcome.at = try scanner.takeNull() ? nil : try scanner.integer()
      case "customer_id": outcome.customer = try scanner.optionalString()
      default: try scanner.skip()
      }
    }
    return (index, outcome)
  }
}

/// What is known of the run that a demonstration's home has had; kept in its `run.json`.
struct DemoRecord: Codable, Equatable {
  var data: String
  var bytes: Int
  var source: String
  /// Whether all days were stepped through.
  var finished = false
  /// The last day of a simulation.
  var last: Day?
  /// Whether the clock stays stepped, because the run ended on another day than the one it was made.
  var stepped = true

  private static func path(_ home: HomeFolder) -> String { home.path + "/run.json" }

  static func read(_ home: HomeFolder) -> DemoRecord? {
    FileManager.default.contents(atPath: path(home)).flatMap {
      try? JSONDecoder().decode(Self.self, from: $0)
    }
  }

  func write(_ home: HomeFolder) throws {
    do {
      try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: Self.path(home)), options: .atomic)
    } catch {
      throw Fault("\(Self.path(home)) cannot be written", advice: "check the free space")
    }
  }

  /// Whether it is of the same records.
  func isSame(as other: DemoRecord) -> Bool {
    (data, bytes, source) == (other.data, other.bytes, other.source)
  }
}
