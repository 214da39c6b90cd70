import Wire

/// Secrets inside of a connection, which never come back from the API (domain.md 2).
enum Secrets {
  /// What stands in their place.
  static let mask = "***"
  /// A member is secret if its name has one of these, in any case.
  private static let words = [
    "password", "passwd", "passphrase", "secret", "token", "api_key", "apikey", "api-key", "private_key",
    "credential", "authorization", "cookie", "signature",
  ]

  static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return words.contains { name.contains($0) }
  }

  /// A JSON text with every secret masked; what is no JSON comes back as nothing.
  static func masked(_ text: some Collection<UInt8>) -> [UInt8] {
    copied(text, known: nil)
  }

  /// A JSON text whose masked secrets are those of a known text again, at the same members.
  static func restored(_ text: some Collection<UInt8>, from known: some Collection<UInt8>) -> [UInt8] {
    copied(text, known: Array(known))
  }

  private static func copied(_ text: some Collection<UInt8>, known: [UInt8]?) -> [UInt8] {
    var scanner = JSONScanner(Array(text)[...])
    var writer = JSONWriter()
    do { try copy(&scanner, &writer, known?[...], masks: known == nil) } catch { return Array("{}".utf8) }
    return writer.bytes
  }

  private static func copy(
    _ scanner: inout JSONScanner, _ writer: inout JSONWriter, _ known: ArraySlice<UInt8>?, masks: Bool
  ) throws {
    switch try scanner.kind() {
    case .object:
      let before = members(known)
      try scanner.beginObject()
      try writer.object { writer in
        while let key = try scanner.nextKey() {
          let name = key.description
          writer.key(text: name)
          if isSecret(name) {
            writer.raw(masks ? maskText[...] : secret(try scanner.skip(), before[name]))
            if masks { try scanner.skip() }
          } else {
            try copy(&scanner, &writer, before[name], masks: masks)
          }
        }
      }
    case .array:
      try scanner.beginArray()
      try writer.array { writer in
        while try scanner.nextElement() { try copy(&scanner, &writer, nil, masks: masks) }
      }
    case .string:
      let given = try scanner.skip()
      writer.raw(masks ? address(given) : hasMask(given) ? known.map { restored(given, $0) } ?? given : given)
    default: writer.raw(try scanner.skip())
    }
  }

  private static func hasMask(_ text: ArraySlice<UInt8>) -> Bool {
    text.count > mask.utf8.count + 2 && String(decoding: text, as: UTF8.self).contains(mask)
  }

  /// An address whose secrets are masked is the known one, if that is the same but for them.
  private static func restored(_ given: ArraySlice<UInt8>, _ known: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    address(known).elementsEqual(given) ? known : given
  }

  /// A text's JSON, where it is an address without a password and the values of secret parameters.
  private static func address(_ json: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var scanner = JSONScanner(json)
    guard let text = try? scanner.string(), let slashes = text.firstRange(of: "://") else { return json }
    let scheme = text[..<slashes.upperBound]
    let rest = text[slashes.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var shown = String(scheme)
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at]
      shown += (user.firstIndex(of: ":").map { "\(user[..<$0]):\(mask)" } ?? String(user)) + authority[at...]
    } else {
      shown += authority
    }
    shown += parameters(rest[authority.endIndex...])
    var writer = JSONWriter()
    writer.string(shown)
    return shown == text ? json : writer.bytes[...]
  }

  private static func parameters(_ text: Substring) -> String {
    guard let mark = text.firstIndex(of: "?") else { return String(text) }
    let parts = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
    let shown = parts.map { part in
      let name = part.prefix { $0 != "=" }
      return isSecret(String(name)) && name.endIndex < part.endIndex ? "\(name)=\(mask)" : String(part)
    }
    return String(text[...mark]) + shown.joined(separator: "&")
  }

  private static let maskText = Array("\"\(mask)\"".utf8)

  /// A masked value is the one that is known.
  private static func secret(_ given: ArraySlice<UInt8>, _ known: ArraySlice<UInt8>?) -> ArraySlice<UInt8> {
    given.elementsEqual(maskText) ? known ?? given : given
  }

  private static func members(_ text: ArraySlice<UInt8>?) -> [String: ArraySlice<UInt8>] {
    guard let text else { return [:] }
    var found: [String: ArraySlice<UInt8>] = [:]
    // What is no object has no members.
    try? Payload.read(text) { found[$0.description] = try $1.skip() }
    return found
  }
}
