import Wire

/// Reads a draft that is written exactly as `EventDraft` writes one, plain text only, a third as costly as
/// any JSON.
///
/// It gives nil for everything else, also where it is right: that is read the long way.
struct CanonicalDraft {
  private(set) var customer = 0..<0
  private(set) var type = 0..<0
  private(set) var source = 0..<0
  private(set) var id = 0..<0
  private(set) var shape = 1
  /// An object by its first byte; its text is not looked at.
  private(set) var metadata: Range<Int>?

  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0

  /// The offsets of the members in the text, which must live as long as this value.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    guard take(#"{"customer_id":""#), let customer = string(), take(#","at":"#), integer() != nil,
      take(#","type":""#), let type = string()
    else { return nil }
    if take(#","value":"#), !number() { return nil }
    if take(#","unit":""#), string() == nil { return nil }
    guard take(#","day":"#), integer() != nil, take(#","source":""#), let source = string(),
      take(#","source_type":""#), string() != nil, take(#","source_event_id":""#), let id = string()
    else { return nil }
    if take(#","shape":"#) {
      guard let shape = integer() else { return nil }
      self.shape = shape
    }
    _ = take(#","quiet":true"#)
    if take(#","metadata":"#) {
      guard at < text.count else { return nil }
      metadata = at..<text.count - 1
      at = text.count - 1
    }
    guard take("}"), at == text.count else { return nil }
    (self.customer, self.type, self.source, self.id) = (customer, type, source, id)
  }

  /// Passes over this text, if it is next.
  @inline(__always)
  private mutating func take(_ expected: StaticString) -> Bool {
    let count = expected.utf8CodeUnitCount
    guard at + count <= text.count else { return false }
    for offset in 0..<count where text[at + offset] != expected.utf8Start[offset] { return false }
    at += count
    return true
  }

  /// A string whose first quote has been taken: printable ASCII without escapes.
  @inline(__always)
  private mutating func string() -> Range<Int>? {
    let start = at
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return start..<at - 1
      }
      if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\\") { return nil }
      at += 1
    }
    return nil
  }

  /// A whole number of so few digits that none overflows, without leading zeros.
  private static let digitsMax = 18

  @inline(__always)
  private mutating func integer() -> Int? {
    let isNegative = take("-")
    let start = at
    var value = 0
    while at < text.count, text[at] >= UInt8(ascii: "0"), text[at] <= UInt8(ascii: "9"),
      at - start < Self.digitsMax
    {
      value = value * 10 + Int(text[at] - UInt8(ascii: "0"))
      at += 1
    }
    guard at > start, at == start + 1 || text[start] != UInt8(ascii: "0") else { return nil }
    return isNegative ? -value : value
  }

  @inline(__always)
  private mutating func number() -> Bool {
    guard integer() != nil else { return false }
    guard take(".") else { return true }
    let start = at
    while at < text.count, text[at] >= UInt8(ascii: "0"), text[at] <= UInt8(ascii: "9") { at += 1 }
    return at > start
  }
}
