import Logging
import Wire

/// One log line as bytes: pure, bounded, and without secrets.
struct LogLine {
  /// How a line is written.
  enum Format: String, Sendable { case text, json }

  /// No line is longer, newline included: up to here a pipe takes a line whole (PIPE_BUF).
  static let bytesMax = 4096
  /// Longer values are cut, in bytes.
  static let valueBytesMax = 2048

  var micros: Int64
  var level: Logger.Level
  var service: String
  var instance: String
  var message: String
  var metadata: Logger.Metadata

  /// The line with its newline.
  func bytes(_ format: Format) -> [UInt8] {
    let pairs = metadata.sorted { $0.key < $1.key }.map { ($0.key, Redaction.shown($0.key, $0.value)) }
    var kept = pairs
    // Members are dropped from the end until the line fits; that happens about never.
    while true {
      let line = format == .json ? json(kept, dropped: kept.count < pairs.count) : text(kept)
      if line.count < Self.bytesMax { return line + [UInt8(ascii: "\n")] }
      if kept.isEmpty { return shortened(format) }
      kept.removeLast()
    }
  }

  /// Escapes make text up to six times longer, so even a cut message may not fit.
  private func shortened(_ format: Format) -> [UInt8] {
    var line = self
    line.metadata = [:]
    line.message = Self.cut(message, to: Self.valueBytesMax / 8)
    line.service = Self.cut(service, to: 64)
    line.instance = Self.cut(instance, to: 64)
    return line.bytes(format)
  }

  private func json(_ pairs: [(String, String)], dropped: Bool) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("ts", Timestamp.text(micros: micros))
      writer.member("level", level.rawValue)
      writer.member("service", service)
      writer.member("instance", instance)
      writer.member("message", Self.cut(message, to: Self.valueBytesMax))
      for (key, value) in pairs {
        writer.key(text: Self.members.contains(key) ? "metadata_" + key : key)
        writer.string(Self.cut(value, to: Self.valueBytesMax))
      }
      if dropped { writer.member("metadata_dropped", true) }
    }
  }

  /// The names that a line has by itself; metadata of such a name is written with a prefix.
  private static let members: Set<String> = [
    "ts", "level", "service", "instance", "message", "metadata_dropped",
  ]

  private func text(_ pairs: [(String, String)]) -> [UInt8] {
    var line = Timestamp.text(micros: micros) + " " + level.rawValue.uppercased() + " " + instance + ": "
    line += Self.oneLine(Self.cut(message, to: Self.valueBytesMax))
    for (key, value) in pairs {
      line += " \(Self.oneLine(key))=" + Self.quoted(Self.cut(value, to: Self.valueBytesMax))
    }
    return Array(line.utf8)
  }

  /// A prefix of whole characters; U+2026 says that something is missing.
  static func cut(_ text: String, to bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: bytes)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return text[..<end] + "\u{2026}"
  }

  /// A line stays one line, and no control character reaches a terminal.
  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  private static func quoted(_ text: String) -> String {
    let plain = oneLine(text)
    guard plain.isEmpty || plain.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else {
      return plain
    }
    return "\"" + plain.replacing("\"", with: "\\\"") + "\""
  }
}
