import Wire

/// An object inside of `connection_config`, asked for its members by kind; errors name the member's path.
struct ConnectionMembers {
  /// A member's name and its text.
  struct Pair: Sendable, Hashable {
    let name: String
    let value: String
  }

  private let place: String
  private var members: [(name: String, value: ArraySlice<UInt8>)] = []

  init(_ text: ArraySlice<UInt8>, _ path: String = "connection_config") throws(WireError) {
    place = path
    do throws(JSONError) {
      var scanner = JSONScanner(text)
      try scanner.beginObject()
      while let key = try scanner.nextKey() { members.append((key.description, try scanner.skip())) }
    } catch { throw .invalid("'\(path)': \(error)", cause: error) }
  }

  /// Throws for a member that is none of these.
  func only(_ names: Set<String>) throws(WireError) {
    if let other = members.first(where: { !names.contains($0.name) }) {
      throw .invalid(
        "'\(place).\(other.name)' is no member here: there are \(names.sorted().joined(separator: ", "))")
    }
  }

  func text(_ name: String) throws(WireError) -> String? {
    try read(name, "text") { scanner throws(JSONError) in try scanner.string() }
  }

  func bool(_ name: String) throws(WireError) -> Bool? {
    try read(name, "true or false") { scanner throws(JSONError) in try scanner.bool() }
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(WireError) -> Int? {
    let what = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let number = try read(name, what) { scanner throws(JSONError) in Int(try scanner.integer()) }
    guard let number else { return nil }
    guard range.contains(number) else { throw .invalid("'\(place).\(name)' must be \(what)") }
    return number
  }

  func path(_ name: String) throws(WireError) -> FieldPath? {
    guard let text = try text(name), !text.isEmpty else { return nil }
    guard let found = FieldPath(text) else {
      throw .invalid("'\(place).\(name)' is no path such as data.items")
    }
    return found
  }

  /// A text that is one of a type's words.
  func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws(WireError) -> Word?
  where Word.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("'\(place).\(name)' is none of \(words)")
    }
    return word
  }

  func object(_ name: String) throws(WireError) -> ConnectionMembers? {
    guard let text = self[name] else { return nil }
    return try ConnectionMembers(text, "\(place).\(name)")
  }

  /// The members of an object whose values are texts, numbers or truth values.
  func pairs(_ name: String) throws(WireError) -> [Pair] {
    guard let object = try object(name) else { return [] }
    var pairs: [Pair] = []
    for (name, value) in object.members {
      let isText = value.first == UInt8(ascii: "\"")
      guard let text = try isText ? object.text(name) : String(decoding: value, as: UTF8.self),
        value.first != UInt8(ascii: "{"), value.first != UInt8(ascii: "[")
      else { throw .invalid("'\(object.place).\(name)' must be text") }
      pairs.append(Pair(name: name, value: text))
    }
    return pairs
  }

  /// A member's own text; nil when it is not there or null.
  subscript(_ name: String) -> ArraySlice<UInt8>? {
    guard let value = members.first(where: { $0.name == name })?.value else { return nil }
    return value.elementsEqual("null".utf8) ? nil : value
  }

  private func read<Value>(
    _ name: String, _ what: String, _ body: (inout JSONScanner) throws(JSONError) -> Value
  ) throws(WireError) -> Value? {
    guard let text = self[name] else { return nil }
    var scanner = JSONScanner(text)
    do throws(JSONError) { return try body(&scanner) } catch {
      throw .invalid("'\(place).\(name)' must be \(what)", cause: error)
    }
  }
}
