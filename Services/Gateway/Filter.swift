import Wire

/// Which elements of a list are wanted: those with exactly these members.
struct Filter: Sendable {
  private var wanted: [(member: String, value: [UInt8])] = []

  var isEmpty: Bool { wanted.isEmpty }

  init() {}

  /// Wants a member to be a text.
  init(_ member: String, is text: String) { want(member, text) }

  private mutating func want(_ member: String, _ text: String) {
    var writer = JSONWriter()
    writer.string(text)
    wanted.append((member, writer.bytes))
  }

  /// Wants a member to be the text of a parameter, if that is there.
  mutating func text(_ parameter: String, member: String? = nil, _ call: Call) {
    guard let text = call.query[parameter] else { return }
    want(member ?? parameter, text)
  }

  /// The same for a text that is one of a type's words; throws a 400 that names them.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ parameter: String, _ type: Word.Type, _ call: Call
  ) throws where Word.RawValue == String {
    guard let text = call.query[parameter] else { return }
    let _: Word = try Call.word(text, parameter)
    self.text(parameter, call)
  }

  /// The same for `true` or `false`; throws a 400 for anything else.
  mutating func bool(_ parameter: String, _ call: Call) throws {
    guard let text = call.query[parameter] else { return }
    guard text == "true" || text == "false" else {
      throw Problem.field(parameter, "invalid", "is true or false")
    }
    wanted.append((parameter, Array(text.utf8)))
  }

  func keeps(_ element: ArraySlice<UInt8>) throws(WireError) -> Bool {
    let object = try ObjectText(element)
    return wanted.allSatisfy { want in object[want.member]?.elementsEqual(want.value) ?? false }
  }
}
