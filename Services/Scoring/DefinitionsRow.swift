import Contracts
import Journal
import Wire

/// A state row of the definitions partition, by the kind of its key.
enum DefinitionsRow: StateRow, Equatable {
  /// `scores`: the active definition, and the number of its entry.
  case scores(ScoreDefinition, last: Int64)
  /// `v:<version>`: a definition, active or not.
  case version(ScoreDefinition, createdAt: Int64)
  /// `s:<id>`, `t:<id>`: deleted ones stay, so that their versions go on.
  indirect case segment(Segment, last: Int64)
  indirect case threshold(Threshold, last: Int64)
  /// `j:<number>`
  indirect case job(ScoringJob)

  /// The key of the active definition, and the id of its entries.
  static let scores = "scores"
  static let versions = "v:"
  static let segments = "s:"
  static let thresholds = "t:"

  /// With leading zeros: keys are in the order of versions.
  static func version(_ version: Int) -> String {
    let digits = String(version)
    return versions + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
  static func segment(_ id: String) -> String { segments + id }
  static func threshold(_ id: String) -> String { thresholds + id }
  static let jobPrefix = "j:"
  static func job(_ number: Int64) -> String { jobPrefix + String(number) }

  private static let form: UInt64 = 2

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    switch self {
    case .scores(let definition, let last):
      writer.count(0)
      writer.signed(last)
      definition.pack(&writer)
    case .version(let definition, let createdAt):
      writer.count(1)
      writer.signed(createdAt)
      definition.pack(&writer)
    case .segment(let segment, let last): Self.pack(2, segment, last, &writer)
    case .threshold(let threshold, let last): Self.pack(3, threshold, last, &writer)
    case .job(let job):
      writer.count(4)
      job.pack(&writer)
    }
  }

  /// A definition as the text that its entry has.
  private static func pack(
    _ kind: Int, _ definition: some Encodable, _ last: Int64, _ writer: inout PackedWriter
  ) {
    writer.count(kind)
    writer.signed(last)
    writer.blob((try? Cold.encode(definition)) ?? [])
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else {
      throw PackedError(offset: 0, reason: "a row of another form")
    }
    let kind = try reader.number()
    if kind == 4 {
      self = .job(try ScoringJob(&reader))
      return
    }
    let number = try reader.signed()
    switch kind {
    case 0: self = .scores(try ScoreDefinition(&reader), last: number)
    case 1: self = .version(try ScoreDefinition(&reader), createdAt: number)
    case 2: self = .segment(try Self.unpack(&reader), last: number)
    case 3: self = .threshold(try Self.unpack(&reader), last: number)
    default: throw PackedError(offset: 1, reason: "a row of an unknown kind")
    }
  }

  private static func unpack<Definition: Decodable>(
    _ reader: inout PackedReader
  ) throws(PackedError) -> Definition {
    let text = try reader.blob()
    do { return try Cold.decode(Definition.self, text) } catch {
      throw PackedError(offset: 0, reason: "a definition cannot be read")
    }
  }

  var active: ScoreDefinition? { if case .scores(let definition, _) = self { definition } else { nil } }
  var segment: Segment? { if case .segment(let segment, _) = self { segment } else { nil } }
  var threshold: Threshold? { if case .threshold(let threshold, _) = self { threshold } else { nil } }
  var job: ScoringJob? { if case .job(let job) = self { job } else { nil } }
  /// The number of the last entry.
  var last: Int64 {
    switch self {
    case .scores(_, let last), .segment(_, let last), .threshold(_, let last): last
    case .version, .job: 0
    }
  }
}

/// The partition's own registers: the newest version, and the jobs that run or can be looked at.
struct DefinitionsRegisters: StateRow, Equatable {
  private static let form: UInt64 = 1

  var versions = 0
  var running: [Int64] = []
  private var ended: [Int64] = []

  init() {}

  /// Notes the end of a job; gives those that are too many now.
  mutating func end(_ number: Int64) -> [Int64] {
    running.removeAll { $0 == number }
    ended.append(number)
    let old = Array(ended.prefix(max(0, ended.count - ScoringJob.endedMax)))
    ended.removeFirst(old.count)
    return old
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    writer.count(versions)
    writer.array(running) { $0.signed($1) }
    writer.array(ended) { $0.signed($1) }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else {
      throw PackedError(offset: 0, reason: "registers of another form")
    }
    versions = try reader.number()
    running = try reader.array { (reader) throws(PackedError) in try reader.signed() }
    ended = try reader.array { (reader) throws(PackedError) in try reader.signed() }
  }
}
