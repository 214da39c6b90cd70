import Wire

/// How far a file of a source has been read; a file is known again by its name, its size and its checksum.
struct FileRow: Sendable, Hashable {
  /// All bytes before this one have been taken.
  var offset: Int64 = 0
  /// The checksum of the bytes before `offset`, in hexadecimal digits; empty for none.
  var checksum = ""
  /// Where to go on if the file has grown: before a last record that no line end had closed.
  var resume: Int64 = 0
  /// Where the chunk ends that was begun at `offset`; 0 when none is open.
  var pending: Int64 = 0
  /// When the file was last written to, unix nanoseconds, as seen when it was read to its end; else 0.
  var modified: Int64 = 0
  /// Bytes of the file as it is stored that were read for them; of a compressed file other ones.
  var stored: Int64 = 0

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    offset = try reader.signed()
    checksum = try reader.text()
    resume = try reader.signed()
    pending = try reader.signed()
    modified = try reader.signed()
    stored = try reader.signed()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(offset)
    writer.text(checksum)
    writer.signed(resume)
    writer.signed(pending)
    writer.signed(modified)
    writer.signed(stored)
  }
}

/// A run's step in a file, as it travels to the home of the source: to open a chunk, to close it, or alone.
struct FileStep: Sendable, Hashable {
  var job: JobRef
  /// The file's name inside of its folder.
  var name: String
  /// Where the step began.
  var from: Int64
  /// The file as it stands after the step.
  var row: FileRow
  /// Bytes of the file as it is stored that were read in the step.
  var read: Int64 = 0

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      job.write(&writer)
      writer.member("name", name)
      writer.member("from", from)
      writer.member("offset", row.offset)
      writer.member("checksum", row.checksum)
      writer.member("resume", row.resume)
      writer.member("modified", row.modified)
      writer.member("stored", row.stored)
      writer.member("read", read)
    }
  }

  init(job: JobRef, name: String, from: Int64, row: FileRow, read: Int64 = 0) {
    self.read = read
    self.job = job
    self.name = name
    self.from = from
    self.row = row
  }

  init(_ scanner: inout JSONScanner) throws(JSONError) {
    self.init(job: JobRef(number: 0, holder: ""), name: "", from: 0, row: FileRow())
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "name": name = try scanner.string()
      case "from": from = try scanner.integer()
      case "offset": row.offset = try scanner.integer()
      case "checksum": row.checksum = try scanner.string()
      case "resume": row.resume = try scanner.integer()
      case "modified": row.modified = try scanner.integer()
      case "stored": row.stored = try scanner.integer()
      case "read": read = try scanner.integer()
      default: if try !job.take(key, &scanner) { try scanner.skip() }
      }
    }
  }
}
