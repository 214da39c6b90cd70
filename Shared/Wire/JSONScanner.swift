/// Why JSON text was refused.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes from the beginning of the text.
  public let offset: Int
  public let reason: String
  public var description: String { "\(reason) at byte \(offset)" }
}

/// A member's name as it stands in the text, to switch over without making strings.
public struct JSONKey: Sendable, CustomStringConvertible {
  public let bytes: ArraySlice<UInt8>
  @inlinable init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  @inlinable
  public static func ~= (pattern: StaticString, key: JSONKey) -> Bool {
    guard pattern.utf8CodeUnitCount == key.bytes.count else { return false }
    return pattern.withUTF8Buffer { name in key.bytes.withUnsafeBufferPointer { $0.elementsEqual(name) } }
  }
}

/// Pulls values out of JSON text (RFC 8259) in one pass, strictly: grammar, UTF-8, depth.
///
///     try scanner.beginObject()
///     while let key = try scanner.nextKey() {
///       switch key { case "at": at = try scanner.integer()  default: try scanner.skip() }
///     }
public struct JSONScanner {
  /// Deeper nesting is refused.
  public static let depthMax = 64

  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var index: Int
  @usableFromInline let end: Int
  /// Directly after `{` or `[`, where no comma is due.
  @usableFromInline var fresh = false

  @inlinable public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
    end = bytes.endIndex
  }

  @inlinable public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// What the next value is, by its first byte.
  public enum Kind: Sendable { case object, array, string, number, bool, null }

  @inlinable
  public mutating func kind() throws(JSONError) -> Kind {
    space()
    switch peek {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error("a value was expected")
    }
  }

  @inlinable @inline(__always) var peek: UInt8 { index < end ? bytes[index] : 0 }

  @usableFromInline @inline(never) func error(_ reason: String) -> JSONError {
    JSONError(offset: index - bytes.startIndex, reason: reason)
  }

  @inlinable @inline(__always)
  mutating func space() {
    while index < end {
      let byte = bytes[index]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      index += 1
    }
  }

  @inlinable @inline(__always)
  mutating func expect(_ byte: UInt8, _ reason: StaticString) throws(JSONError) {
    space()
    guard index < end, bytes[index] == byte else { throw error("\(reason)") }
    index += 1
  }

  @inlinable
  public mutating func beginObject() throws(JSONError) {
    try expect(UInt8(ascii: "{"), "an object was expected")
    fresh = true
  }

  @inlinable
  public mutating func beginArray() throws(JSONError) {
    try expect(UInt8(ascii: "["), "an array was expected")
    fresh = true
  }

  /// The next member's name, or nil at the object's end.
  @inlinable
  public mutating func nextKey() throws(JSONError) -> JSONKey? {
    space()
    if peek == UInt8(ascii: "}"), index < end {
      index += 1
      fresh = false
      return nil
    }
    if !fresh {
      try expect(UInt8(ascii: ","), "a comma or } was expected")
      space()
    }
    fresh = false
    let key = try text()
    try expect(UInt8(ascii: ":"), "a colon was expected")
    return JSONKey(bytes: key.escaped ? try unescape(key.slice)[...] : key.slice)
  }

  /// Whether another element follows; false consumes the array's end.
  @inlinable
  public mutating func nextElement() throws(JSONError) -> Bool {
    space()
    if peek == UInt8(ascii: "]"), index < end {
      index += 1
      fresh = false
      return false
    }
    if !fresh { try expect(UInt8(ascii: ","), "a comma or ] was expected") }
    fresh = false
    return true
  }

  /// Nothing but white space may follow.
  @inlinable
  public mutating func finish() throws(JSONError) {
    space()
    guard index == end else { throw error("text after the value") }
  }

  /// Consumes `null` if it is next.
  @inlinable
  public mutating func takeNull() throws(JSONError) -> Bool {
    space()
    guard peek == UInt8(ascii: "n"), index < end else { return false }
    try literal("null")
    return true
  }

  @usableFromInline
  mutating func literal(_ word: StaticString) throws(JSONError) {
    let count = word.utf8CodeUnitCount
    let matches =
      index + count <= end
      && word.withUTF8Buffer { $0.elementsEqual(bytes[index..<index + count]) }
    guard matches else { throw error("a value was expected") }
    index += count
  }

  @inlinable
  public mutating func bool() throws(JSONError) -> Bool {
    space()
    if peek == UInt8(ascii: "t") {
      try literal("true")
      return true
    }
    if peek == UInt8(ascii: "f") {
      try literal("false")
      return false
    }
    throw error("true or false was expected")
  }

  /// A string value.
  @inlinable
  public mutating func string() throws(JSONError) -> String {
    space()
    let text = try text()
    if text.escaped { return String(decoding: try unescape(text.slice), as: UTF8.self) }
    return String(decoding: text.slice, as: UTF8.self)
  }

  /// A string value's UTF-8, without a copy where it holds no escapes.
  @inlinable
  public mutating func stringBytes() throws(JSONError) -> ArraySlice<UInt8> {
    space()
    let text = try text()
    return text.escaped ? try unescape(text.slice)[...] : text.slice
  }

  /// A string or `null`.
  public mutating func optionalString() throws(JSONError) -> String? { try takeNull() ? nil : try string() }

  /// A whole number in 64 bits, without fraction or exponent.
  @inlinable
  public mutating func integer() throws(JSONError) -> Int64 {
    let slice = try number()
    var rest = slice[...]
    let negative = rest.first == UInt8(ascii: "-")
    if negative { rest = rest.dropFirst() }
    var value: Int64 = 0
    for byte in rest {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
        throw error("a whole number was expected")
      }
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = product.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      if over || overflow { throw error("the number is too large") }
      value = sum
    }
    if negative { return value }
    if value == Int64.min { throw error("the number is too large") }
    return -value
  }

  /// A decimal, rounded at six places.
  @inlinable
  public mutating func decimal() throws(JSONError) -> Decimal6 {
    guard let value = Decimal6(text: try number()) else { throw error("the number is too large") }
    return value
  }

  /// A number's own text.
  @inlinable
  public mutating func number() throws(JSONError) -> ArraySlice<UInt8> {
    space()
    let start = index
    if peek == UInt8(ascii: "-") { index += 1 }
    if peek == UInt8(ascii: "0") { index += 1 } else { try digits() }
    if peek == UInt8(ascii: ".") {
      index += 1
      try digits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      index += 1
      if peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") { index += 1 }
      try digits()
    }
    return bytes[start..<index]
  }

  @inlinable @inline(__always)
  mutating func digits() throws(JSONError) {
    let start = index
    while index < end, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") { index += 1 }
    if index == start { throw error("a digit was expected") }
  }

  /// Passes over one value of any kind and gives its text.
  @discardableResult
  public mutating func skip() throws(JSONError) -> ArraySlice<UInt8> {
    space()
    let start = index
    try skip(depth: 0)
    return bytes[start..<index]
  }

  private mutating func skip(depth: Int) throws(JSONError) {
    guard depth < Self.depthMax else { throw error("nested deeper than \(Self.depthMax)") }
    switch try kind() {
    case .object:
      try beginObject()
      while try nextKey() != nil { try skip(depth: depth + 1) }
    case .array:
      try beginArray()
      while try nextElement() { try skip(depth: depth + 1) }
    case .string:
      let text = try text()
      if text.escaped { _ = try unescape(text.slice) }
    case .number: _ = try number()
    case .bool: _ = try bool()
    case .null: try literal("null")
    }
  }
}
