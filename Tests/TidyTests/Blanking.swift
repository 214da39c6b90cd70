/// Swift text with comments and string literals turned into spaces, line by line and byte by byte as before.
///
/// Knows nested comments, escapes, interpolations, multi-line and raw strings; not regex literals, which this
/// project does without.
struct Blanking {
  private let bytes: [UInt8]
  private var result: [UInt8]
  private var index = 0

  static func code(of text: String) -> String {
    var blanking = Blanking(Array(text.utf8))
    blanking.run()
    return String(decoding: blanking.result, as: UTF8.self)
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    result = bytes
  }

  private func has(_ word: StaticString, at place: Int) -> Bool {
    let count = word.utf8CodeUnitCount
    guard place + count <= bytes.count else { return false }
    return word.withUTF8Buffer { $0.elementsEqual(bytes[place..<place + count]) }
  }

  /// Passes over bytes; those that are not code become spaces, except line ends.
  private mutating func pass(_ count: Int, code: Bool = false) {
    let end = min(index + count, bytes.count)
    for place in index..<end where !code && bytes[place] != 10 { result[place] = 32 }
    index = end
  }

  private mutating func run() {
    while index < bytes.count { step() }
  }

  private mutating func step() {
    if has("//", at: index) {
      while index < bytes.count, bytes[index] != 10 { pass(1) }
    } else if has("/*", at: index) {
      comment()
    } else if let hashes = literal() {
      string(hashes: hashes)
    } else {
      pass(1, code: true)
    }
  }

  private mutating func comment() {
    var depth = 0
    repeat {
      let opens = has("/*", at: index)
      let closes = has("*/", at: index)
      depth += opens ? 1 : closes ? -1 : 0
      pass(opens || closes ? 2 : 1)
    } while depth > 0 && index < bytes.count
  }

  /// How many hashes open the string literal that begins here, or nil when none does.
  private func literal() -> Int? {
    let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
    return has("\"", at: index + hashes) ? hashes : nil
  }

  private mutating func string(hashes: Int) {
    pass(hashes)
    let quotes = has("\"\"\"", at: index) ? 3 : 1
    pass(quotes)
    while index < bytes.count {
      if closes(quotes, hashes) { return pass(quotes + hashes) }
      // A string on one line that does not end there was no string after all.
      if quotes == 1, bytes[index] == 10 { return }
      if escapes(hashes) { escape(hashes) } else { pass(1) }
    }
  }

  private func closes(_ quotes: Int, _ hashes: Int) -> Bool {
    let end = index + quotes + hashes
    guard end <= bytes.count else { return false }
    return bytes[index..<index + quotes].allSatisfy { $0 == UInt8(ascii: "\"") }
      && bytes[index + quotes..<end].allSatisfy { $0 == UInt8(ascii: "#") }
  }

  private func escapes(_ hashes: Int) -> Bool {
    guard has("\\", at: index), index + hashes < bytes.count else { return false }
    return bytes[index + 1..<index + 1 + hashes].allSatisfy { $0 == UInt8(ascii: "#") }
  }

  private mutating func escape(_ hashes: Int) {
    pass(1 + hashes)
    guard has("(", at: index) else { return pass(1) }
    interpolation()
  }

  /// What is interpolated is code, so that a forbidden call does not hide in a string.
  private mutating func interpolation() {
    var depth = 0
    repeat {
      if has("(", at: index) { depth += 1 }
      if has(")", at: index) { depth -= 1 }
      if let hashes = literal() { string(hashes: hashes) } else { pass(1, code: true) }
    } while depth > 0 && index < bytes.count
  }
}
