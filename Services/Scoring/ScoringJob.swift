import Contracts
import Wire

/// A pass over many customers, done partition by partition.
struct ScoringJob: Sendable, Equatable {
  enum Kind: String, Sendable, CaseIterable {
    /// Scores of all customers by a definition that is not active, beside those by the one that is.
    case dryRun = "dry_run"
    /// Scores of a segment's customers, or of all.
    case batch = "batch_calculate"
    /// The erasure of a forgotten customer, step by step through all services.
    case forget
  }
  enum Status: String, Sendable, CaseIterable { case running, done, failed, cancelled }

  /// Jobs that ended and can still be looked at.
  static let endedMax = 100

  /// The number of its entry, from which its id is made.
  var number: Int64
  var kind: Kind
  /// The definition that is tried, or 0.
  var version = 0
  /// The segment whose customers are meant; nil: all.
  var segment: String?
  /// Of a forgotten customer the entry that says so; the customer himself is named nowhere here.
  var forgets: Position?
  /// Partitions, or steps of an erasure.
  var partitions: Int
  var createdAt: Int64
  var status = Status.running
  /// Customers looked at in each partition that is done, in their order.
  var done: [Int64] = []
  var tally = ScoreTally()
  var error: String?
  var endedAt: Int64?

  /// The partition that comes next.
  var next: Int { done.count }

  func write(_ writer: inout JSONWriter, partition: Int) {
    writer.member("id", JobID.text(partition, number))
    writer.member("kind", kind.rawValue)
    writer.member("status", status.rawValue)
    writer.member("done", done.count)
    writer.member("total", partitions)
    writer.member("unit", kind == .forget ? "step" : "partition")
    if kind != .forget { writeCustomers(&writer) }
    writer.key("error")
    if let error { writer.string(error) } else { writer.null() }
    writer.member("created_at", createdAt)
    writer.key("completed_at")
    if let endedAt { writer.integer(endedAt) } else { writer.null() }
  }

  private func writeCustomers(_ writer: inout JSONWriter) {
    writer.key("customers_by_partition")
    writer.array { writer in for count in done { writer.integer(count) } }
    if version > 0 { writer.member("definition_version", version) }
    writer.member("segment_id", optional: segment)
    writer.member("customers", tally.now.customers)
    if kind == .dryRun { writer.member("changed", tally.changed) }
    writer.key(kind == .dryRun ? "before" : "scores")
    tally.now.write(&writer)
    if kind == .dryRun {
      writer.key("after")
      tally.tried.write(&writer)
    }
  }
}

/// Ids of jobs: `j-<definitions partition>-<number of its entry>`.
enum JobID {
  static func text(_ partition: Int, _ number: Int64) -> String { "j-\(partition)-\(number)" }

  /// The number; nil when it is no job's id of this partition.
  static func number(_ id: String, partition: Int) -> Int64? {
    let prefix = "j-\(partition)-"
    guard id.hasPrefix(prefix), let number = Int64(id.dropFirst(prefix.count)), number > 0 else { return nil }
    return number
  }
}

extension ScoringJob {
  func pack(_ writer: inout PackedWriter) {
    writer.signed(number)
    writer.text(kind.rawValue)
    writer.count(version)
    writer.optional(segment) { $0.text($1) }
    writer.optional(forgets) { writer, position in
      writer.count(position.partition)
      writer.signed(position.number)
    }
    writer.count(partitions)
    writer.signed(createdAt)
    writer.text(status.rawValue)
    writer.array(done) { $0.signed($1) }
    tally.pack(&writer)
    writer.optional(error) { $0.text($1) }
    writer.optional(endedAt) { $0.signed($1) }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    let number = try reader.signed()
    guard let kind = Kind(rawValue: try reader.text()) else { throw Self.unknown("kind") }
    let version = try reader.number()
    let segment = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    let forgets = try reader.optional { (reader) throws(PackedError) in
      Position(partition: try reader.number(), journal: .events, number: try reader.signed())
    }
    self.init(
      number: number, kind: kind, version: version, segment: segment, forgets: forgets,
      partitions: try reader.number(),
      createdAt: try reader.signed())
    guard let status = Status(rawValue: try reader.text()) else { throw Self.unknown("status") }
    self.status = status
    done = try reader.array { (reader) throws(PackedError) in try reader.signed() }
    tally = try ScoreTally(&reader)
    error = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    endedAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
  }

  private static func unknown(_ what: String) -> PackedError {
    PackedError(offset: 0, reason: "an unknown \(what) of job")
  }
}
