/// A value as it stands in a raw record.
enum RawValue: Sendable, Hashable {
  /// A CSV field or a JSON string, without quotes and escapes.
  case text(ArraySlice<UInt8>)
  /// A JSON number as it is written.
  case number(ArraySlice<UInt8>)
  case bool(Bool)
  case null
  /// The text of a JSON object or array.
  case json(ArraySlice<UInt8>)

  /// Null and the empty text are no value.
  var isMissing: Bool {
    switch self {
    case .null: true
    case .text(let text): text.isEmpty
    case .number, .bool, .json: false
    }
  }

  /// What is written, for maps, ids and people.
  var written: ArraySlice<UInt8> {
    switch self {
    case .text(let text), .number(let text), .json(let text): text
    case .bool(let value): Array((value ? "true" : "false").utf8)[...]
    case .null: []
    }
  }
}

extension ArraySlice<UInt8> {
  /// Whether no byte has its highest bit set; such text is valid UTF-8.
  @inline(__always)
  var isASCII: Bool {
    withUnsafeBufferPointer { bytes in
      var bits: UInt8 = 0
      for byte in bytes { bits |= byte }
      return bits < 0x80
    }
  }
}

/// Where a value is in a raw record: members by name, elements by number: `usage.items[0].name`, `a\.b`.
///
/// In CSV a path is a column's name, or `[2]` for the third column.
struct FieldPath: Sendable, Hashable, CustomStringConvertible {
  enum Step: Sendable, Hashable {
    case member([UInt8])
    case element(Int)
  }

  /// Longer paths are refused, in bytes.
  static let bytesMax = 256
  /// Deeper paths are refused, in steps.
  static let stepsMax = 16
  /// Elements past this are refused.
  static let elementMax = 9_999

  let steps: [Step]
  let description: String

  /// nil when the text is no path.
  init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= Self.bytesMax else { return nil }
    var parser = FieldPathParser(rest: Array(text.utf8)[...])
    guard let steps = parser.steps(), steps.count <= Self.stepsMax else { return nil }
    self.steps = steps
    description = text
  }

  static func == (left: FieldPath, right: FieldPath) -> Bool { left.steps == right.steps }
  func hash(into hasher: inout Hasher) { hasher.combine(steps) }

  /// The column's name, where the path is only members: a header may have dots.
  var column: [UInt8]? {
    var name: [UInt8] = []
    for (index, step) in steps.enumerated() {
      guard case .member(let part) = step else { return nil }
      if index > 0 { name.append(UInt8(ascii: ".")) }
      name += part
    }
    return name
  }

  /// The column's number, where the path is `[n]`.
  var columnNumber: Int? {
    guard steps.count == 1, case .element(let number) = steps[0] else { return nil }
    return number
  }
}

private struct FieldPathParser {
  var rest: ArraySlice<UInt8>

  mutating func steps() -> [FieldPath.Step]? {
    var steps: [FieldPath.Step] = []
    while let byte = rest.first {
      if byte == UInt8(ascii: "[") {
        guard let element = element() else { return nil }
        steps.append(.element(element))
        continue
      }
      if !steps.isEmpty {
        guard byte == UInt8(ascii: ".") else { return nil }
        rest.removeFirst()
      }
      guard let name = name() else { return nil }
      steps.append(.member(name))
    }
    return steps
  }

  private mutating func element() -> Int? {
    guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
    let digits = rest[(rest.startIndex + 1)..<end]
    guard let number = Int(String(decoding: digits, as: UTF8.self)), digits.first != UInt8(ascii: "+"),
      (0...FieldPath.elementMax).contains(number)
    else { return nil }
    rest = rest[(end + 1)...]
    return number
  }

  private mutating func name() -> [UInt8]? {
    var name: [UInt8] = []
    while let byte = rest.first, byte != UInt8(ascii: "."), byte != UInt8(ascii: "[") {
      rest.removeFirst()
      guard byte == UInt8(ascii: "\\") else {
        name.append(byte)
        continue
      }
      guard let escaped = rest.popFirst() else { return nil }
      name.append(escaped)
    }
    return name.isEmpty ? nil : name
  }
}

/// One record, of which only the values that a mapping asks for were taken out.
struct RawRecord: Sendable {
  enum Flaw: Sendable, Hashable {
    /// It could not be taken apart at all.
    case unreadable(String)
    /// It has another number of fields than the header.
    case columns(expected: Int, found: Int)
  }

  /// The whole record, byte for byte.
  let bytes: ArraySlice<UInt8>
  /// By the slot of the mapping's path; nil where the record has no such value.
  let values: [RawValue?]
  let flaw: Flaw?
}
