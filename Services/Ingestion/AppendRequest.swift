import Wire

/// The first payload of `ingestion.v1/append`; behind it come the originals, and then the drafts.
///
/// `{"partition", "partitions", "chunk", "source", "detail"?, "reversals"?: [place...], "originals"?: n}`; an
/// original is `{"number", "entry"}`, an entry that a REVERSAL of this part takes back.
struct AppendRequest: Sendable, Hashable {
  var partition: Int
  /// How many customer partitions there are, which the owner's handler checks: no customer goes astray.
  var partitions: Int
  /// The chunk's name as text.
  var chunk: String
  var source: String
  /// Whether the answer says of each draft what became of it.
  var detail = false
  /// Which of the drafts are REVERSALs.
  var reversals: [Int] = []
  /// How many originals follow before the drafts.
  var originals = 0

  init(
    partition: Int, of partitions: Int, chunk: String, source: String, detail: Bool = false,
    reversals: [Int] = []
  ) {
    self.partition = partition
    self.partitions = partitions
    self.chunk = chunk
    self.source = source
    self.detail = detail
    self.reversals = reversals
  }

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("partition", partition)
      writer.member("partitions", partitions)
      writer.member("chunk", chunk)
      writer.member("source", source)
      if detail { writer.member("detail", true) }
      if !reversals.isEmpty {
        writer.key("reversals")
        writer.array { writer in for place in reversals { writer.integer(place) } }
      }
      if originals > 0 { writer.member("originals", originals) }
    }
  }

  /// Reads what `encoded` made; throws `invalid_argument`.
  init(_ bytes: ArraySlice<UInt8>?) throws(WireError) {
    self.init(partition: -1, of: 0, chunk: "", source: "")
    try Payload.read(bytes) { key, scanner in
      switch key {
      case "partition": partition = Int(try scanner.integer())
      case "partitions": partitions = Int(try scanner.integer())
      case "chunk": chunk = try scanner.string()
      case "source": source = try scanner.string()
      case "detail": detail = try scanner.bool()
      case "originals": originals = Int(try scanner.integer())
      case "reversals":
        try scanner.beginArray()
        while try scanner.nextElement() { reversals.append(Int(try scanner.integer())) }
      default: try scanner.skip()
      }
    }
    try ChunkName.check("source", source, MappingLimits.nameBytesMax)
    guard (1...Partitioning.countMax).contains(partitions), (0..<partitions).contains(partition),
      !chunk.isEmpty,
      originals >= 0
    else {
      throw .invalid("an append names its 'partition' among how many 'partitions', and its 'chunk'")
    }
  }
}

/// An entry that a REVERSAL takes back, as it travels beside the drafts.
struct Original: Sendable, Hashable {
  var number: Int64
  /// The whole entry; `gone` where retention has dropped it.
  var entry: [UInt8]

  /// Stands for an entry that is kept no more.
  static let gone = Array("null".utf8)

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("number", number)
      writer.member("entry", raw: entry)
    }
  }

  init(number: Int64, entry: [UInt8]) {
    self.number = number
    self.entry = entry
  }

  init(_ bytes: ArraySlice<UInt8>?) throws(WireError) {
    self.init(number: 0, entry: [])
    try Payload.read(bytes) { key, scanner in
      switch key {
      case "number": number = try scanner.integer()
      case "entry": entry = Array(try scanner.skip())
      default: try scanner.skip()
      }
    }
  }
}

/// Request payloads that are one JSON object.
enum Payload {
  /// Shows each member; throws `invalid_argument` for what is no object, and what `member` throws.
  static func read(
    _ bytes: ArraySlice<UInt8>?, _ member: (JSONKey, inout JSONScanner) throws -> Void
  ) throws(WireError) {
    guard let bytes else { throw .invalid("the payload is missing") }
    do {
      var scanner = JSONScanner(bytes)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        do { try member(key, &scanner) } catch let error as JSONError {
          throw WireError.invalid("'\(key)': \(error)", cause: error)
        }
      }
      try scanner.finish()
    } catch let error as WireError {
      throw error
    } catch {
      throw .invalid("the payload: \(error)", cause: error)
    }
  }
}
