import Wire

/// Which records of a source these are: `<source>/<run>/<from>-<to>`.
///
/// In the text `%` and `/` of the source are written `%25` and `%2F`, so that no two chunks share a text.
struct ChunkName: Sendable, Hashable, CustomStringConvertible {
  let source: String
  /// A file's name or an idempotency key.
  let run: String
  /// Where the chunk begins and ends in its run, in the asker's own count.
  let from: Int64
  let to: Int64

  /// Throws `invalid_argument` for names that are empty, too long or have control characters.
  init(source: String, run: String, from: Int64, to: Int64) throws(WireError) {
    try Self.check("source", source, MappingLimits.nameBytesMax)
    try Self.check("run", run, IngestionLimits.runBytesMax)
    guard from >= 0, to >= from else { throw .invalid("'from' and 'to' must be 0 or more, in this order") }
    self.source = source
    self.run = run
    self.from = from
    self.to = to
  }

  /// The source's part of the text, with the slash.
  static func prefix(source: String) -> String {
    var text = ""
    for character in source.unicodeScalars {
      switch character {
      case "%": text += "%25"
      case "/": text += "%2F"
      default: text.unicodeScalars.append(character)
      }
    }
    return text + "/"
  }

  var description: String { "\(Self.prefix(source: source))\(run)/\(from)-\(to)" }

  static func check(_ member: String, _ text: String, _ bytesMax: Int) throws(WireError) {
    let visible = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard !text.isEmpty, text.utf8.count <= bytesMax, visible else {
      throw .invalid("'\(member)' needs 1 to \(bytesMax) bytes without control characters")
    }
  }
}
