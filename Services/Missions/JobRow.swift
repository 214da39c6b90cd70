import Contracts
import Wire

/// A generation for a list of customers, done chunk by chunk.
struct GenerationJob: Sendable, Equatable {
  enum Status: String, Sendable, CaseIterable { case running, done, failed, cancelled }

  /// The number of its entry, from which its id is made.
  var number: Int64
  var maxMissions: Int
  /// Customers in all.
  var total: Int
  var chunks: Int
  var createdAt: Int64
  var status = Status.running
  /// The chunk that comes next, counted from 1.
  var next = 1
  /// Customers that were looked at, and those of them for whom that was not possible.
  var done = 0
  var failed = 0
  /// Missions that were made.
  var generated = 0
  /// The last reason why customers failed.
  var error: String?
  var endedAt: Int64?
  /// The segment whose customers are meant, and what is still to be asked of Scoring for it.
  var segment: String?
  var planning: JobPlanning?

  func write(_ writer: inout JSONWriter, partition: Int) {
    writer.member("id", JobID.text(partition, number))
    writer.member("kind", "generate")
    writer.member("status", status.rawValue)
    writer.member("done", done)
    writer.member("total", total)
    writer.member("generated", generated)
    writer.member("failed", failed)
    writer.member("segment_id", optional: segment)
    if planning != nil { writer.member("planning", true) }
    writer.key("error")
    if let error { writer.string(error) } else { writer.null() }
    writer.member("created_at", createdAt)
    writer.key("completed_at")
    if let endedAt { writer.integer(endedAt) } else { writer.null() }
  }
}

/// Where a job stands that still asks Scoring who belongs to a segment.
struct JobPlanning: Sendable, Equatable {
  /// Canonical JSONLogic, as it was when the job began.
  var rule: String
  var partition = 0
  /// The customer after whom the next page begins.
  var after = ""
  /// How many partitions there are.
  var partitions: Int
}

/// Customers of one partition that a job does at once.
struct JobChunk: Sendable, Equatable {
  var partition: Int
  var customers: [String]
}

/// What a state row of the definitions partition holds.
enum DefinitionsRow: Sendable, Equatable {
  case job(GenerationJob)
  case chunk(JobChunk)

  static let jobPrefix = "j:"
  static func job(_ number: Int64) -> String { jobPrefix + String(number) }
  static func chunk(_ job: Int64, _ chunk: Int) -> String { "k:\(job)/\(chunk)" }

  /// The form of the rows; another one is refused.
  private static let form = 2

  func pack(_ writer: inout PackedWriter) {
    writer.count(Self.form)
    switch self {
    case .job(let job):
      writer.count(0)
      job.pack(&writer)
    case .chunk(let chunk):
      writer.count(1)
      writer.count(chunk.partition)
      writer.array(chunk.customers) { $0.text($1) }
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.number() == Self.form else {
      throw PackedError(offset: 0, reason: "a row of another form")
    }
    switch try reader.number() {
    case 0: self = .job(try GenerationJob(&reader))
    case 1:
      self = .chunk(
        JobChunk(
          partition: try reader.number(),
          customers: try reader.array { (reader) throws(PackedError) in try reader.text() }))
    default: throw PackedError(offset: 1, reason: "a row of an unknown kind")
    }
  }
}

extension GenerationJob {
  func pack(_ writer: inout PackedWriter) {
    writer.signed(number)
    for count in [maxMissions, total, chunks, next, done, failed, generated] { writer.count(count) }
    writer.signed(createdAt)
    writer.text(status.rawValue)
    writer.optional(error) { $0.text($1) }
    writer.optional(endedAt) { $0.signed($1) }
    writer.optional(segment) { $0.text($1) }
    writer.optional(planning) { writer, planning in
      writer.text(planning.rule)
      writer.count(planning.partition)
      writer.text(planning.after)
      writer.count(planning.partitions)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    let number = try reader.signed()
    var counts: [Int] = []
    for _ in 0..<7 { counts.append(try reader.number()) }
    self.init(
      number: number, maxMissions: counts[0], total: counts[1], chunks: counts[2],
      createdAt: try reader.signed(), status: try reader.name(Status.init(rawValue:)), next: counts[3],
      done: counts[4], failed: counts[5], generated: counts[6])
    error = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    endedAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
    segment = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    planning = try reader.optional { (reader) throws(PackedError) in
      JobPlanning(
        rule: try reader.text(), partition: try reader.number(), after: try reader.text(),
        partitions: try reader.number())
    }
  }
}
