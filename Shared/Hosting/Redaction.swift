import Logging

/// Keeps secrets out of log lines by the names of their keys.
enum Redaction {
  static let mask = "********"
  /// A key with one of these words in it is never shown.
  static let words: Set<String> = ["key", "token", "secret", "password", "authorization"]

  /// A metadata value as text; masked when its key, or a key inside it, names a secret.
  static func shown(_ key: String, _ value: Logger.MetadataValue) -> String {
    if isSecret(key) { return mask }
    switch value {
    case .string(let text): return text
    case .stringConvertible(let object): return object.description
    case .array(let values): return "[" + values.map { shown("", $0) }.joined(separator: ", ") + "]"
    case .dictionary(let members):
      let texts = members.sorted { $0.key < $1.key }.map { "\($0.key): \(shown($0.key, $0.value))" }
      return "{" + texts.joined(separator: ", ") + "}"
    }
  }

  /// `api_key`, `apiKey` and `X-Authorization` name secrets, `monkey` does not.
  static func isSecret(_ key: String) -> Bool {
    var word = ""
    for character in key {
      let begins = character.isUppercase && word.last?.isUppercase != true
      if begins || !character.isLetter {
        if words.contains(word.lowercased()) { return true }
        word = ""
      }
      if character.isLetter { word.append(character) }
    }
    return words.contains(word.lowercased())
  }
}
