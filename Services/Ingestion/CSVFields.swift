/// Takes the fields of one raw record one after the other, unquoting only where there are quotes.
struct CSVFields {
  private let record: ArraySlice<UInt8>
  private let dialect: CSVDialect
  private var at: Int
  private var isAtEnd = false
  /// What is wrong with the record; the fields before it are right.
  private(set) var flaw: String?

  init(_ record: ArraySlice<UInt8>, _ dialect: CSVDialect) {
    self.record = record
    self.dialect = dialect
    at = record.startIndex
  }

  /// All fields of a record.
  static func all(_ record: ArraySlice<UInt8>, _ dialect: CSVDialect) -> [ArraySlice<UInt8>] {
    var fields = CSVFields(record, dialect)
    var result: [ArraySlice<UInt8>] = []
    while let field = fields.next() { result.append(field) }
    return result
  }

  /// The next field without its quotes, or nil after the last one.
  @inline(__always)
  mutating func next() -> ArraySlice<UInt8>? {
    if isAtEnd { return nil }
    if at < record.endIndex, record[at] == dialect.quote { return quoted() }
    let start = at
    at = delimiter(from: start)
    let field = record[start..<at]
    passDelimiter()
    return field
  }

  @inline(__always)
  private func delimiter(from start: Int) -> Int {
    let delimiter = dialect.delimiter
    return record.withUnsafeBufferPointer { bytes in
      var index = start - record.startIndex
      while index < bytes.count, bytes[index] != delimiter { index += 1 }
      return index + record.startIndex
    }
  }

  /// A record ends without a delimiter; with one, an empty field follows.
  @inline(__always)
  private mutating func passDelimiter() {
    if at < record.endIndex { at += 1 } else { isAtEnd = true }
  }

  private mutating func quoted() -> ArraySlice<UInt8> {
    let start = at + 1
    var copied: [UInt8]?
    at = start
    while at < record.endIndex {
      let byte = record[at]
      let next = at + 1 < record.endIndex ? record[at + 1] : nil
      let escapes = dialect.escape == nil ? byte == dialect.quote && next == byte : byte == dialect.escape
      if escapes, let next {
        copied = (copied ?? Array(record[start..<at])) + [next]
        at += 2
        continue
      }
      if byte == dialect.quote { break }
      copied?.append(byte)
      at += 1
    }
    let field = copied.map { $0[...] } ?? record[start..<at]
    close()
    return field
  }

  private mutating func close() {
    guard at < record.endIndex else {
      flaw = "a quoted field does not end"
      isAtEnd = true
      return
    }
    at += 1
    if at < record.endIndex, record[at] != dialect.delimiter {
      flaw = "text after a closing quote"
      at = delimiter(from: at)
    }
    passDelimiter()
  }
}
