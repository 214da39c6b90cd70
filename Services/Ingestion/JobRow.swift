import Wire

/// A run of a source's connector; kept at the home partition of the source, so that it survives its process.
struct JobRow: Sendable, Hashable {
  enum Status: String, Sendable, CaseIterable {
    case running, done, failed, cancelled
  }

  enum Unit: String, Sendable, CaseIterable { case bytes, records }

  var source: String
  /// The process that does it; another one finds it interrupted.
  var holder: String
  var status = Status.running
  /// Unix microseconds.
  var startedAt: Int64
  var endedAt: Int64 = 0
  /// What is counted: bytes of files, or records of a feed.
  var unit = Unit.bytes
  /// Taken so far, and in all; 0 where that is not known.
  var done: Int64 = 0
  var total: Int64 = 0
  /// Whether its schedule began it.
  var isScheduled = false
  var counts = RecordCounts()
  /// For people; empty for none.
  var error = ""

  init(source: String, holder: String, startedAt: Int64) {
    self.source = source
    self.holder = holder
    self.startedAt = startedAt
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    self.init(source: try reader.text(), holder: try reader.text(), startedAt: 0)
    guard let known = Status(rawValue: try reader.text()) else {
      throw PackedError(offset: 0, reason: "a job in an unknown state")
    }
    status = known
    startedAt = try reader.signed()
    endedAt = try reader.signed()
    done = try reader.signed()
    total = try reader.signed()
    counts = try RecordCounts(&reader)
    error = try reader.text()
    unit = try reader.bool() ? .records : .bytes
    isScheduled = try reader.bool()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(source)
    writer.text(holder)
    writer.text(status.rawValue)
    writer.signed(startedAt)
    writer.signed(endedAt)
    writer.signed(done)
    writer.signed(total)
    counts.pack(&writer)
    writer.text(error)
    writer.bool(unit == .records)
    writer.bool(isScheduled)
  }

  /// What a job is that says it runs, when nobody is there to run it.
  static let interrupted = "its process ended while it ran; the next run goes on where it stopped"

  /// As it stands for an asker in the process that owns the partition.
  func seen(by holder: String) -> JobRow {
    guard status == .running, self.holder != holder else { return self }
    var row = self
    row.status = .failed
    row.error = Self.interrupted
    return row
  }

  /// `{"id", "kind", "source", "scheduled", "status", "unit", "done", "total", "read", "accepted",
  /// "duplicate", "rejected", "skipped", "error", "created_at", "completed_at"}`; `unit` says what done and
  /// total are, and a feed has no total.
  func encoded(id: String) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("id", id)
      writer.member("kind", "sync")
      writer.member("source", source)
      writer.member("scheduled", isScheduled)
      writer.member("status", status.rawValue)
      writer.member("unit", unit.rawValue)
      writer.member("done", done)
      if unit == .bytes { writer.member("total", total) }
      writer.member("read", counts.records)
      writer.member("accepted", counts.accepted)
      writer.member("duplicate", counts.duplicate)
      writer.member("rejected", counts.rejected)
      writer.member("skipped", counts.skipped)
      writer.member("error", optional: error.isEmpty ? nil : error)
      writer.member("created_at", startedAt)
      if endedAt > 0 { writer.member("completed_at", endedAt) }
    }
  }
}

/// The last run of a source.
struct SyncRow: Sendable, Hashable {
  /// Its job's number.
  var job: Int64
  var status: JobRow.Status
  /// When it ended, or else began; unix microseconds.
  var at: Int64
  /// Runs that failed one after the other, up to now.
  var failures: Int

  init(job: Int64, status: JobRow.Status, at: Int64, failures: Int = 0) {
    self.job = job
    self.status = status
    self.at = at
    self.failures = failures
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    job = try reader.signed()
    status = JobRow.Status(rawValue: try reader.text()) ?? .failed
    at = try reader.signed()
    failures = try reader.number()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(job)
    writer.text(status.rawValue)
    writer.signed(at)
    writer.count(failures)
  }
}

/// Which job a step belongs to, and who does it: a step of another process is refused.
struct JobRef: Sendable, Hashable {
  var number: Int64
  var holder: String

  func write(_ writer: inout JSONWriter) {
    writer.member("job", number)
    writer.member("holder", holder)
  }

  /// Reads an object of what `write` wrote.
  init(_ scanner: inout JSONScanner) throws(JSONError) {
    self.init(number: 0, holder: "")
    try scanner.beginObject()
    while let key = try scanner.nextKey() { if try !take(key, &scanner) { try scanner.skip() } }
  }

  init(number: Int64, holder: String) {
    self.number = number
    self.holder = holder
  }

  /// Takes a member that `write` wrote; false for another one.
  mutating func take(_ key: JSONKey, _ scanner: inout JSONScanner) throws(JSONError) -> Bool {
    switch key {
    case "job": number = try scanner.integer()
    case "holder": holder = try scanner.string()
    default: return false
    }
    return true
  }
}

/// The ids of jobs: `j-<partition>-<number>`.
enum JobID {
  static func text(_ partition: Int, _ number: Int64) -> String { "j-\(partition)-\(number)" }

  /// Throws `not_found` for what is no id of a job here.
  static func read(_ text: String, partitions: Int) throws(WireError) -> (partition: Int, number: Int64) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "j", let partition = Int(parts[1]), let number = Int64(parts[2]),
      (0..<partitions).contains(partition), number > 0, text == self.text(partition, number)
    else { throw .notFound("there is no job '\(text)'") }
    return (partition, number)
  }
}
