/// Writes JSON straight into bytes: members and elements in the order they are given, commas by itself.
///
/// It trusts its caller to open and close in order; text is escaped, never trusted.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8]

  /// Begins with an empty buffer that has room for `capacity` bytes.
  public init(capacity: Int = 0) {
    bytes = []
    if capacity > 0 { bytes.reserveCapacity(capacity) }
  }

  /// Goes on in a buffer that already ends inside an open object or array, or is empty.
  public init(continuing bytes: [UInt8]) { self.bytes = bytes }

  /// Forgets what was written and keeps the memory.
  public mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// The text of one object.
  public static func object(_ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
    var writer = JSONWriter()
    try writer.object(body)
    return writer.bytes
  }

  /// `{ ... }` around what the body writes.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    begin(UInt8(ascii: "{"))
    try body(&self)
    bytes.append(UInt8(ascii: "}"))
  }

  /// `[ ... ]` around what the body writes.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    begin(UInt8(ascii: "["))
    try body(&self)
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func begin(_ byte: UInt8) {
    separate()
    bytes.append(byte)
  }

  /// A comma, unless this is the first of its object or array, or a member's value.
  @inline(__always)
  private mutating func separate() {
    guard let last = bytes.last else { return }
    if last != UInt8(ascii: "{"), last != UInt8(ascii: "["), last != UInt8(ascii: ":") {
      bytes.append(UInt8(ascii: ","))
    }
  }

  /// A member's name that needs no escaping.
  @inline(__always)
  public mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  /// A member's name made from data.
  public mutating func key(text name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A string value.
  public mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { escape($0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string value from UTF-8 that is known to be valid.
  public mutating func string(utf8 text: some Collection<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    if text.withContiguousStorageIfAvailable({ escape($0) }) == nil {
      Array(text).withUnsafeBufferPointer { escape($0) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in 0..<text.count {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: text[start..<index])
      escape(byte)
      start = index + 1
    }
    bytes.append(contentsOf: text[start..<text.count])
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(Self.hex[Int(byte >> 4)])
      bytes.append(Self.hex[Int(byte & 15)])
    }
  }

  static let hex = Array("0123456789abcdef".utf8)

  /// A whole number.
  public mutating func integer(_ value: some BinaryInteger) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.append(decimal: UInt64(value.magnitude))
  }

  /// A decimal in plain notation.
  public mutating func decimal(_ value: Decimal6) {
    separate()
    value.append(to: &bytes)
  }

  /// `true` or `false`.
  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }

  /// `null`.
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// JSON text that is known to be valid.
  public mutating func raw(_ text: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  /// A member with a string.
  public mutating func member(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }
  /// A member with a whole number.
  public mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }
  /// A member with a decimal.
  public mutating func member(_ name: StaticString, _ value: Decimal6) {
    key(name)
    decimal(value)
  }
  /// A member with a truth value.
  public mutating func member(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }
  /// A member with JSON text.
  public mutating func member(_ name: StaticString, raw value: some Collection<UInt8>) {
    key(name)
    raw(value)
  }
  /// A member with a string, left out when there is none.
  public mutating func member(_ name: StaticString, optional value: String?) {
    if let value { member(name, value) }
  }
  /// A member with a whole number, left out when there is none.
  public mutating func member(_ name: StaticString, optional value: (some BinaryInteger)?) {
    if let value { member(name, value) }
  }
}

extension [UInt8] {
  /// Appends a whole number's decimal digits.
  @inline(__always)
  public mutating func append(decimal value: UInt64) {
    if value < 10 {
      append(UInt8(ascii: "0") + UInt8(value))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value
      var start = 20
      while rest > 0 {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      append(contentsOf: digits[start..<20])
    }
  }
}
