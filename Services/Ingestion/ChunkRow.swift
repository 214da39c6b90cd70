import Wire

/// Counts of raw records by what became of them.
struct RecordCounts: Sendable, Hashable {
  var accepted = 0
  var duplicate = 0
  var rejected = 0
  var skipped = 0

  var records: Int { accepted + duplicate + rejected + skipped }

  static func += (left: inout RecordCounts, right: RecordCounts) {
    left.accepted += right.accepted
    left.duplicate += right.duplicate
    left.rejected += right.rejected
    left.skipped += right.skipped
  }

  /// The members `records`, `accepted`, `duplicate`, `rejected`, `skipped`.
  func write(_ writer: inout JSONWriter) {
    writer.member("records", records)
    writer.member("accepted", accepted)
    writer.member("duplicate", duplicate)
    writer.member("rejected", rejected)
    writer.member("skipped", skipped)
  }

  /// Takes a member that `write` wrote; false for another one.
  mutating func take(_ key: JSONKey, _ scanner: inout JSONScanner) throws(JSONError) -> Bool {
    switch key {
    case "accepted": accepted = Int(try scanner.integer())
    case "duplicate": duplicate = Int(try scanner.integer())
    case "rejected": rejected = Int(try scanner.integer())
    case "skipped": skipped = Int(try scanner.integer())
    default: return false
    }
    return true
  }

  init(accepted: Int = 0, duplicate: Int = 0, rejected: Int = 0, skipped: Int = 0) {
    self.accepted = accepted
    self.duplicate = duplicate
    self.rejected = rejected
    self.skipped = skipped
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    accepted = try reader.number()
    duplicate = try reader.number()
    rejected = try reader.number()
    skipped = try reader.number()
  }

  func pack(_ writer: inout PackedWriter) {
    for count in [accepted, duplicate, rejected, skipped] { writer.count(count) }
  }
}

/// A chunk at its source's home partition: opened before its parts are appended, closed after all were.
struct ChunkRow: Sendable, Hashable {
  var source: String
  /// Tells this chunk's records from others under the same name.
  var digest: String
  /// Unix microseconds.
  var openedAt: Int64
  /// nil while it is open.
  var counts: RecordCounts?
  /// The answer that was given, an object's text; given again to whoever sends the chunk again.
  var answer: [UInt8] = []

  init(source: String, digest: String, openedAt: Int64, counts: RecordCounts? = nil, answer: [UInt8] = []) {
    self.source = source
    self.digest = digest
    self.openedAt = openedAt
    self.counts = counts
    self.answer = answer
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    source = try reader.text()
    digest = try reader.text()
    openedAt = try reader.signed()
    counts = try reader.optional { (reader) throws(PackedError) in try RecordCounts(&reader) }
    answer = Array(try reader.blob())
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(source)
    writer.text(digest)
    writer.signed(openedAt)
    writer.optional(counts) { $1.pack(&$0) }
    writer.blob(answer)
  }
}

/// What a source has given so far, over all its closed chunks.
struct TotalsRow: Sendable, Hashable {
  var counts = RecordCounts()
  var chunks = 0
  /// Chunks that were begun and not ended.
  var open = 0
  /// When the last one ended, unix microseconds.
  var lastAt: Int64 = 0
  /// The usual time from one arrival of records to the next, microseconds; 0 while it is not known.
  var rhythm: Int64 = 0

  /// Chunks that follow each other sooner, in microseconds, are one arrival.
  private static let pauseMin: Int64 = 60_000_000
  /// One in so many parts of the rhythm is the last pause's.
  private static let pauseWeight: Int64 = 4

  /// Notes that records came.
  mutating func arrive(at now: Int64) {
    let pause = now - lastAt
    if lastAt > 0, pause >= Self.pauseMin {
      rhythm += rhythm == 0 ? pause : (pause - rhythm) / Self.pauseWeight
    }
    lastAt = now
  }

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    counts = try RecordCounts(&reader)
    chunks = try reader.number()
    open = try reader.number()
    lastAt = try reader.signed()
    rhythm = try reader.signed()
  }

  func pack(_ writer: inout PackedWriter) {
    counts.pack(&writer)
    writer.count(chunks)
    writer.count(open)
    writer.signed(lastAt)
    writer.signed(rhythm)
  }
}

/// A raw record that became no event, kept to be looked at and sent again.
struct RejectedRow: Sendable, Hashable {
  var source: String
  /// Its place among the records of its chunk.
  var index: Int
  var raw: [UInt8]
  var stage: String
  var code: String
  var message: String
  /// Unix microseconds.
  var at: Int64 = 0

  init(source: String, index: Int, raw: some Collection<UInt8>, stage: String, code: String, message: String)
  {
    self.source = source
    self.index = index
    self.raw = Array(raw.prefix(IngestionLimits.rawBytesMax))
    self.stage = stage
    self.code = code
    self.message = Self.cut(message)
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > IngestionLimits.reasonBytesMax else { return text }
    var cut = ""
    for character in text where cut.utf8.count + character.utf8.count <= IngestionLimits.reasonBytesMax {
      cut.append(character)
    }
    return cut
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    source = try reader.text()
    index = try reader.number()
    raw = Array(try reader.blob())
    stage = try reader.text()
    code = try reader.text()
    message = try reader.text()
    at = try reader.signed()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(source)
    writer.count(index)
    writer.blob(raw)
    writer.text(stage)
    writer.text(code)
    writer.text(message)
    writer.signed(at)
  }
}
