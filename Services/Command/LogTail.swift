import Foundation

/// The end of a log file, as far as it was written since a moment.
struct LogTail: Sendable {
  /// Lines that are shown.
  static let linesMax = 8
  /// Bytes that are looked at.
  static let bytesMax: UInt64 = 16_384

  let path: String
  /// Where the file ended at that moment.
  private let start: UInt64

  /// Remembers where the file ends now.
  init(_ path: String) {
    self.path = path
    start = (try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).seekToEnd()) ?? 0
  }

  /// The last lines since then.
  var lines: [String] {
    guard let file = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)),
      let end = try? file.seekToEnd(), end > start
    else { return [] }
    try? file.seek(toOffset: max(start, end > Self.bytesMax ? end - Self.bytesMax : 0))
    let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).suffix(Self.linesMax).map(String.init)
  }
}
