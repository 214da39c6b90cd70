import Wire

/// The first payload of `ingestion.v1/open-chunk` and `ingestion.v1/close-chunk`, both at the source's home.
///
/// To open: `{"chunk", "source", "digest", "file"?}`; to close: the counts besides, and the answer as the
/// second payload. `file` is the step of a connector's run: the file's row moves in the same commit; `feed`
/// is the run that takes the page in hand, which is the second payload when it is opened. Behind come the
/// rejected records, two payloads each: `{"index", "stage", "code", "message"}` and the raw record.
struct ChunkRequest: Sendable, Hashable {
  var chunk: String
  var source: String
  var digest = ""
  var counts = RecordCounts()
  var file: FileStep?
  var feed: JobRef?

  init(
    chunk: String, source: String, digest: String = "", counts: RecordCounts = RecordCounts(),
    file: FileStep? = nil, feed: JobRef? = nil
  ) {
    self.chunk = chunk
    self.source = source
    self.digest = digest
    self.counts = counts
    self.file = file
    self.feed = feed
  }

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("chunk", chunk)
      writer.member("source", source)
      writer.member("digest", digest)
      counts.write(&writer)
      if let file { writer.member("file", raw: file.encoded()) }
      if let feed { writer.member("feed", raw: JSONWriter.object(feed.write)) }
    }
  }

  /// Reads what `encoded` made; throws `invalid_argument`.
  init(_ bytes: ArraySlice<UInt8>?) throws(WireError) {
    self.init(chunk: "", source: "")
    try Payload.read(bytes) { key, scanner in
      switch key {
      case "chunk": chunk = try scanner.string()
      case "source": source = try scanner.string()
      case "digest": digest = try scanner.string()
      case "file": file = try FileStep(&scanner)
      case "feed": feed = try JobRef(&scanner)
      default: if try !counts.take(key, &scanner) { try scanner.skip() }
      }
    }
    try ChunkName.check("source", source, MappingLimits.nameBytesMax)
    guard !chunk.isEmpty, counts.isPossible else {
      throw .invalid("a chunk has a name and counts of 0 or more")
    }
  }
}

extension RecordCounts {
  fileprivate var isPossible: Bool { min(accepted, duplicate, rejected, skipped) >= 0 }
}

extension RejectedRow {
  /// The two payloads of a rejected record.
  func append(to frames: inout Frames) {
    frames.append(
      JSONWriter.object { writer in
        writer.member("index", index)
        writer.member("stage", stage)
        writer.member("code", code)
        writer.member("message", message)
      })
    frames.append(raw)
  }

  /// Reads all that follow; throws `invalid_argument`.
  static func all(_ payloads: inout Frames.Iterator, source: String) throws(WireError) -> [RejectedRow] {
    var rows: [RejectedRow] = []
    while let head = payloads.next() {
      guard let raw = payloads.next() else { throw .invalid("a rejected record lacks its raw text") }
      var row = RejectedRow(source: source, index: 0, raw: raw, stage: "", code: "", message: "")
      try Payload.read(head) { key, scanner in
        switch key {
        case "index": row.index = Int(try scanner.integer())
        case "stage": row.stage = try scanner.string()
        case "code": row.code = try scanner.string()
        case "message": row.message = try scanner.string()
        default: try scanner.skip()
        }
      }
      guard row.index >= 0 else { throw .invalid("'index' is below 0") }
      rows.append(row)
    }
    return rows
  }
}
