/// Parameters in the form libpq takes: one buffer, and an offset, a length and a format for each.
///
/// Integers and text travel as text, so that the server reads them as the type it inferred (smallint, bigint,
/// numeric); blobs and arrays travel in binary.
struct PostgresParameters {
  private static let textFormat: CInt = 0
  private static let binaryFormat: CInt = 1

  private var buffer: [UInt8] = []
  /// Where each value starts; nil is NULL.
  private var offsets: [Int?] = []
  private var lengths: [CInt] = []
  private var formats: [CInt] = []

  init(_ values: [SQLValue]) throws(StorageError) {
    for value in values { try append(value) }
  }

  init(_ batch: Batch, _ rows: Range<Int>) throws(StorageError) {
    try self.init(batch.scalars)
    for column in batch.columns { try append(column[rows]) }
  }

  private mutating func append(_ value: SQLValue) throws(StorageError) {
    try value.refuseZero()
    let start = buffer.count
    var format = Self.textFormat
    switch value {
    case .null: break
    case .integer(let integer): buffer.append(contentsOf: String(integer).utf8)
    case .text(let text): buffer.append(contentsOf: text.utf8)
    case .blob(let blob):
      buffer.append(contentsOf: blob)
      format = Self.binaryFormat
    }
    add(start, isNull: value == .null, format)
    // Text ends at a zero for libpq; behind a blob it does no harm and keeps the buffer from being empty.
    buffer.append(0)
  }

  private mutating func add(_ start: Int, isNull: Bool, _ format: CInt) {
    offsets.append(isNull ? nil : start)
    lengths.append(CInt(buffer.count - start))
    formats.append(format)
  }

  /// An array of one dimension: dimensions, "has NULL", element type, count, lower bound, then the elements.
  private mutating func append(_ values: ArraySlice<SQLValue>) throws(StorageError) {
    let start = buffer.count
    let hasNull = values.contains(.null)
    let element = values.lazy.compactMap(\.elementType).first ?? PostgresType.text.rawValue
    for word in [1, hasNull ? 1 : 0, Int32(element), Int32(values.count), 1] { append(word) }
    for value in values {
      try value.refuseZero()
      append(element: value)
    }
    add(start, isNull: false, Self.binaryFormat)
  }

  private mutating func append(element value: SQLValue) {
    switch value {
    case .null: append(-1)
    case .integer(let integer):
      append(8)
      withUnsafeBytes(of: integer.bigEndian) { buffer.append(contentsOf: $0) }
    case .text(var text):
      append(Int32(text.utf8.count))
      text.withUTF8 { buffer.append(contentsOf: $0) }
    case .blob(let blob):
      append(Int32(blob.count))
      buffer.append(contentsOf: blob)
    }
  }

  private mutating func append(_ word: Int32) {
    withUnsafeBytes(of: word.bigEndian) { buffer.append(contentsOf: $0) }
  }

  /// The four C arrays of PQexecPrepared; they live until `body` returns.
  func withArrays<T>(
    _ body: (CInt, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<CInt>?, UnsafePointer<CInt>?) -> T
  ) -> T {
    buffer.withUnsafeBytes { bytes in
      let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      let values = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
      return body(CInt(values.count), values, lengths, formats)
    }
  }
}

/// The PostgreSQL types that are read and written, with their OIDs from pg_type.
enum PostgresType: UInt32 {
  case bool = 16
  case bytea = 17
  case name = 19
  case int8 = 20
  case int2 = 21
  case int4 = 23
  case text = 25
  case oid = 26
  case json = 114
  case float4 = 700
  case float8 = 701
  case unknown = 705
  case bpchar = 1042
  case varchar = 1043
  case void = 2278
  case jsonb = 3802
}

extension SQLValue {
  /// The OID of the element of a PostgreSQL array of such values.
  fileprivate var elementType: UInt32? {
    switch self {
    case .null: nil
    case .integer: PostgresType.int8.rawValue
    case .text: PostgresType.text.rawValue
    case .blob: PostgresType.bytea.rawValue
    }
  }
}
