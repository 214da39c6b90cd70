/// Texts taken as their bytes.
///
/// Swift's own prefixes are of characters, and a mark at the beginning of an id (U+0301, U+FF9F) belongs to
/// the character before it: `"c:" + id` would not begin with `"c:"`, nor give the id back.
extension String {
  /// What follows the first bytes; cut inside a scalar, it begins with U+FFFD.
  public func dropping(bytes count: Int) -> String { String(decoding: utf8.dropFirst(count), as: UTF8.self) }

  /// Whether the bytes begin with those of another text.
  public func begins(with text: String) -> Bool { utf8.starts(with: text.utf8) }
}
