import Wire

extension JobPlanning {
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("rule", raw: Array(rule.utf8))
      writer.member("partition", partition)
      writer.member("after", after)
      writer.member("partitions", partitions)
    }
  }

  init(_ scanner: inout JSONScanner) throws {
    self.init(rule: "", partitions: 0)
    try Payload.members("planning", &scanner) { key, scanner in
      switch key {
      case "rule": rule = String(decoding: try scanner.skip(), as: UTF8.self)
      case "partition": partition = Int(try scanner.integer())
      case "after": after = try scanner.string()
      case "partitions": partitions = Int(try scanner.integer())
      default: try scanner.skip()
      }
    }
    guard !rule.isEmpty, partition >= 0, partition < partitions else {
      throw WireError.invalid("'planning' cannot be")
    }
  }

  /// Where it goes on behind a page; nil behind the last partition's last one.
  func behind(_ next: String?) -> JobPlanning? {
    var behind = self
    if let next {
      behind.after = next
    } else {
      (behind.partition, behind.after) = (partition + 1, "")
    }
    return behind.partition < partitions ? behind : nil
  }
}

/// A page of a segment's customers, as a job takes it: `{"id", "from", "to"?, "chunk"?}`.
struct PlannedPage: Sendable, Equatable {
  var id: String
  var from: JobPlanning
  /// Nil when the segment has no more customers.
  var to: JobPlanning?
  /// Nil when the page is empty.
  var chunk: JobChunk?

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("id", id)
      writer.key("from")
      from.write(&writer)
      if let to {
        writer.key("to")
        to.write(&writer)
      }
      if let chunk { writer.member("chunk", raw: chunk.encoded()) }
    }
  }

  init(id: String, from: JobPlanning, to: JobPlanning?, chunk: JobChunk?) {
    (self.id, self.from, self.to, self.chunk) = (id, from, to, chunk)
  }

  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var (id, from, to) = ("", JobPlanning?.none, JobPlanning?.none)
    var chunk: JobChunk?
    try Payload.read(payload) { key, scanner in
      switch key {
      case "id": id = try scanner.string()
      case "from": from = try JobPlanning(&scanner)
      case "to": to = try JobPlanning(&scanner)
      case "chunk": chunk = try JobChunk(try scanner.skip())
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    guard let from else { throw .invalid("'from' is missing") }
    self.init(id: id, from: from, to: to, chunk: chunk)
  }
}
