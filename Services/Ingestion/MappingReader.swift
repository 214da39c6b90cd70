import Wire

/// A JSON scanner whose errors name the mapping's member.
struct MappingReader {
  private var scanner: JSONScanner

  init(text: [UInt8]) { scanner = JSONScanner(text) }

  private mutating func scan<Result>(
    _ field: String, _ body: (inout JSONScanner) throws(JSONError) -> Result
  ) throws(MappingError) -> Result {
    do throws(JSONError) { return try body(&scanner) } catch {
      throw MappingError(field: field, reason: error.description)
    }
  }

  mutating func finish() throws(MappingError) {
    try scan("mapping") { (scanner) throws(JSONError) in try scanner.finish() }
  }

  mutating func kind(_ field: String) throws(MappingError) -> JSONScanner.Kind {
    try scan(field) { (scanner) throws(JSONError) in try scanner.kind() }
  }

  mutating func beginObject(_ field: String) throws(MappingError) {
    try scan(field) { (scanner) throws(JSONError) in try scanner.beginObject() }
  }

  mutating func beginArray(_ field: String) throws(MappingError) {
    try scan(field) { (scanner) throws(JSONError) in try scanner.beginArray() }
  }

  mutating func nextKey(_ field: String) throws(MappingError) -> String? {
    try scan(field) { (scanner) throws(JSONError) in try scanner.nextKey()?.description }
  }

  mutating func nextElement(_ field: String) throws(MappingError) -> Bool {
    try scan(field) { (scanner) throws(JSONError) in try scanner.nextElement() }
  }

  mutating func string(_ field: String) throws(MappingError) -> String {
    try scan(field) { (scanner) throws(JSONError) in try scanner.string() }
  }

  mutating func bool(_ field: String) throws(MappingError) -> Bool {
    try scan(field) { (scanner) throws(JSONError) in try scanner.bool() }
  }

  /// A number as it is written.
  mutating func number(_ field: String) throws(MappingError) -> String {
    try scan(field) { (scanner) throws(JSONError) in String(decoding: try scanner.number(), as: UTF8.self) }
  }

  mutating func takeNull(_ field: String) throws(MappingError) -> Bool {
    try scan(field) { (scanner) throws(JSONError) in try scanner.takeNull() }
  }

  /// Passes over a value and gives its text.
  mutating func skip(_ field: String) throws(MappingError) -> ArraySlice<UInt8> {
    try scan(field) { (scanner) throws(JSONError) in try scanner.skip() }
  }

  /// A string, number or truth value; null and what has parts is refused.
  mutating func scalar(_ field: String) throws(MappingError) -> RawValue {
    try scan(field) { (scanner) throws(JSONError) in
      switch try scanner.kind() {
      case .string, .null, .object, .array: .text(try scanner.stringBytes())
      case .number: .number(try scanner.number())
      case .bool: .bool(try scanner.bool())
      }
    }
  }
}
