import Wire

/// JSON whose form is another service's matter: members in their order, numbers as they are written.
enum JSONTree: Sendable, Hashable {
  case object([Member])
  case array([JSONTree])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  struct Member: Sendable, Hashable {
    let name: String
    var value: JSONTree
  }

  /// Reads one text to its end.
  init(_ text: ArraySlice<UInt8>) throws(JSONError) {
    var scanner = JSONScanner(text)
    self = try Self.read(&scanner)
    try scanner.finish()
  }

  private static func read(_ scanner: inout JSONScanner) throws(JSONError) -> JSONTree {
    switch try scanner.kind() {
    case .object:
      var members: [Member] = []
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        members.append(Member(name: key.description, value: try read(&scanner)))
      }
      return .object(members)
    case .array:
      var elements: [JSONTree] = []
      try scanner.beginArray()
      while try scanner.nextElement() { elements.append(try read(&scanner)) }
      return .array(elements)
    case .string: return .string(try scanner.string())
    case .number: return .number(String(decoding: try scanner.number(), as: UTF8.self))
    case .bool: return .bool(try scanner.bool())
    case .null:
      _ = try scanner.takeNull()
      return .null
    }
  }

  func write(_ writer: inout JSONWriter) {
    switch self {
    case .object(let members):
      writer.object { writer in
        for member in members {
          writer.key(text: member.name)
          member.value.write(&writer)
        }
      }
    case .array(let elements): writer.array { writer in for element in elements { element.write(&writer) } }
    case .string(let text): writer.string(text)
    case .number(let text): writer.raw(text.utf8)
    case .bool(let value): writer.bool(value)
    case .null: writer.null()
    }
  }

  /// A member's value; `.null` where there is none.
  subscript(_ name: String) -> JSONTree {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.name == name }?.value ?? .null
  }

  var members: [Member] { if case .object(let members) = self { members } else { [] } }
  var elements: [JSONTree] { if case .array(let elements) = self { elements } else { [] } }
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  var isNull: Bool { self == .null }

  /// A string without its quotes, anything else as JSON.
  var shown: String {
    if case .string(let text) = self { return text }
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Both together, as two replicas each tell their part: whole numbers add up, objects are laid over each
  /// other, arrays of numbers add up place by place, other arrays follow each other.
  func merged(with other: JSONTree) -> JSONTree {
    switch (self, other) {
    case (.null, _): return other
    case (.object(var members), .object(let more)):
      for member in more {
        if let place = members.firstIndex(where: { $0.name == member.name }) {
          members[place].value = members[place].value.merged(with: member.value)
        } else {
          members.append(member)
        }
      }
      return .object(members)
    case (.array(let left), .array(let right)):
      let numbers = left.count == right.count && (left + right).allSatisfy { $0.integer != nil }
      return .array(numbers ? zip(left, right).map { $0.merged(with: $1) } : left + right)
    case (.number(let left), .number(let right)):
      guard let sum = Decimal6(left).flatMap({ left in Decimal6(right).map { left + $0 } }) else {
        return self
      }
      return .number(sum.description)
    default: return self
    }
  }
}
