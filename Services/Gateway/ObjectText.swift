import Wire

/// A JSON object's members as the texts that stand there: for bodies and answers of which few members matter.
struct ObjectText: Sendable {
  let members: [(name: String, value: ArraySlice<UInt8>)]

  /// Reads an object's text; throws `invalid_argument` for anything else, and for a name that is there twice.
  init(_ text: ArraySlice<UInt8>) throws(WireError) {
    var members: [(name: String, value: ArraySlice<UInt8>)] = []
    var names: Set<String> = []
    do throws(JSONError) {
      var scanner = JSONScanner(text)
      try scanner.beginObject()
      while let key = try scanner.nextKey() { members.append((key.description, try scanner.skip())) }
      try scanner.finish()
    } catch {
      throw .invalid("the text is not a JSON object: \(error)", cause: error)
    }
    for member in members where !names.insert(member.name).inserted {
      throw .invalid("'\(member.name)' is there twice")
    }
    self.members = members
  }

  /// The text of a member's value, nil when it is not there or null.
  subscript(_ name: String) -> ArraySlice<UInt8>? {
    guard let value = members.first(where: { $0.name == name })?.value else { return nil }
    return value.elementsEqual("null".utf8) ? nil : value
  }

  /// A member's string, nil when it is not there or null.
  func string(_ name: String) throws(WireError) -> String? {
    try read(name, "text") { scanner throws(JSONError) in try scanner.string() }
  }

  /// A member's whole number, nil when it is not there or null.
  func integer(_ name: String) throws(WireError) -> Int64? {
    try read(name, "a whole number") { scanner throws(JSONError) in try scanner.integer() }
  }

  /// A member's truth value, nil when it is not there or null.
  func bool(_ name: String) throws(WireError) -> Bool? {
    try read(name, "true or false") { scanner throws(JSONError) in try scanner.bool() }
  }

  /// The texts of a member's elements; none when it is not there or null.
  func elements(_ name: String) throws(WireError) -> [ArraySlice<UInt8>] {
    try read(name, "a list") { scanner throws(JSONError) in
      var elements: [ArraySlice<UInt8>] = []
      try scanner.beginArray()
      while try scanner.nextElement() { elements.append(try scanner.skip()) }
      return elements
    } ?? []
  }

  private func read<Value>(
    _ name: String, _ what: String, _ body: (inout JSONScanner) throws(JSONError) -> Value
  ) throws(WireError) -> Value? {
    guard let text = self[name] else { return nil }
    var scanner = JSONScanner(text)
    do throws(JSONError) { return try body(&scanner) } catch {
      throw WireError(
        .invalidArgument, "'\(name)' must be \(what)", details: Self.details(name), cause: error)
    }
  }

  /// Names the field for programs.
  private static func details(_ name: String) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("field", name)
      writer.member("code", "invalid")
    }
  }
}
