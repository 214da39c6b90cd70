import Wire

/// The first payload of the requests that bring raw records; the records follow, one payload each.
///
/// Records: `{"source", "run", "from", "to", "header"?, "detail"?}`; preview the same, only `source` or a
/// `definition` needed; push: `{"source"?, "source_type"?, "key"?, "detail"?}`.
struct RecordsRequest: Sendable {
  var source: String?
  var sourceType = "custom"
  /// A run's name: a file's, or an idempotency key.
  var run: String?
  var from: Int64 = 0
  var to: Int64?
  /// A CSV file's first record.
  var header: ArraySlice<UInt8>?
  var detail = false
  /// A preview's instant, unix microseconds, where it is not the clock's: records are judged as of then.
  var now: Int64?
  /// A mapping to try out.
  var definition: ArraySlice<UInt8>?
  /// The raw records as they came.
  private(set) var records: [ArraySlice<UInt8>]
  /// Tells these records from others under the same name: the header and the records.
  private(set) var digest: String

  /// Not secret: a digest only tells one chunk from another.
  static let digestKey = SipHash.Key(low: 0x632d_6c65_7275_616c, high: 0x7473_6567_6964_2d6b)

  /// Throws `invalid_argument`, or `resource_exhausted` for more than `recordsMax` records.
  init(_ payloads: Frames, recordsMax: Int) throws(WireError) {
    guard payloads.count <= recordsMax + 1 else {
      throw .exhausted("at most \(recordsMax) records at a time")
    }
    records = payloads.dropFirst().map { $0 }
    digest = ""
    try Payload.read(payloads.first) { key, scanner in try member(key, &scanner) }
    digest = hashed()
  }

  private func hashed() -> String {
    var hash = SipHash(key: Self.digestKey, wide: true)
    for part in [header ?? []] + records {
      withUnsafeBytes(of: UInt64(part.count).littleEndian) { hash.update($0) }
      hash.update(part)
    }
    let (low, high) = hash.final128()
    return (UInt128(high) << 64 | UInt128(low)).hex
  }

  private mutating func member(_ key: JSONKey, _ scanner: inout JSONScanner) throws {
    switch key {
    case "source": source = try scanner.string()
    case "source_type": sourceType = try scanner.string()
    case "run", "key": run = try scanner.string()
    case "from": from = try scanner.integer()
    case "to": to = try scanner.integer()
    case "header": header = try scanner.stringBytes()
    case "now": now = try scanner.integer()
    case "detail": detail = try scanner.bool()
    case "definition": definition = try scanner.skip()
    default: throw WireError.invalid("'\(key)' is no member of this request")
    }
  }
}
