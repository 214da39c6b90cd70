import Wire

/// The members of a request's payload, read one by one; refusals name the member.
struct Fields: Sendable {
  private var values: [String: ArraySlice<UInt8>] = [:]

  /// More members than this are refused.
  private static let countMax = 32
  /// The longest name of a customer or a badge, UTF-8 bytes.
  private static let nameBytesMax = 128

  init(_ payloads: Frames) throws(WireError) {
    guard let payload = payloads.first else { throw .invalid("the payload is missing") }
    try self.init(payload)
  }

  init(_ payload: ArraySlice<UInt8>) throws(WireError) {
    do throws(JSONError) {
      var scanner = JSONScanner(payload)
      try scanner.beginObject()
      while let key = try scanner.nextKey(), values.count <= Self.countMax {
        values[key.description] = try scanner.skip()
      }
      if values.count <= Self.countMax { try scanner.finish() }
    } catch {
      throw .invalid("the payload: \(error)")
    }
    guard values.count <= Self.countMax else { throw .invalid("more than \(Self.countMax) members") }
  }

  var names: [String] { values.keys.sorted() }

  /// The member's JSON text.
  func raw(_ name: String) -> ArraySlice<UInt8>? { values[name] }

  /// A name of 1 to 128 bytes.
  func text(_ name: String) throws(WireError) -> String {
    try string(name, bytesMax: Self.nameBytesMax)
  }

  func string(_ name: String, bytesMax: Int) throws(WireError) -> String {
    let text = try value(name, "a text") { (scanner) throws(JSONError) in try scanner.string() }
    guard let text else { throw .invalid("'\(name)' is missing") }
    guard (1...bytesMax).contains(text.utf8.count) else {
      throw .invalid("'\(name)' must have 1 to \(bytesMax) bytes")
    }
    return text
  }

  func bool(_ name: String) throws(WireError) -> Bool? {
    try value(name, "true or false") { (scanner) throws(JSONError) in try scanner.bool() }
  }

  /// A whole number in a range; nil when it is not given.
  func number(_ name: String, in range: ClosedRange<Int>) throws(WireError) -> Int? {
    let number = try value(name, "a whole number") { (scanner) throws(JSONError) in try scanner.integer() }
    guard let number else { return nil }
    guard let value = Int(exactly: number), range.contains(value) else {
      throw .invalid("'\(name)' must be \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A decimal; nil when it is not given.
  func decimal(_ name: String) throws(WireError) -> Decimal6? {
    try value(name, "a number") { (scanner) throws(JSONError) in try scanner.decimal() }
  }

  /// One of a type's words.
  func word<T: RawRepresentable & CaseIterable>(_ name: String) throws(WireError) -> T
  where T.RawValue == String {
    if let value = T(rawValue: try text(name)) { return value }
    throw .invalid("'\(name)' must be one of \(T.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private func value<T>(
    _ name: String, _ what: String, _ read: (inout JSONScanner) throws(JSONError) -> T
  ) throws(WireError) -> T? {
    guard let text = values[name] else { return nil }
    var scanner = JSONScanner(text)
    do throws(JSONError) { return try read(&scanner) } catch { throw .invalid("'\(name)' must be \(what)") }
  }
}
