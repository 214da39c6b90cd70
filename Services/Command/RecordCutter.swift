/// Cuts a file, which comes in pieces of any size, into records; each byte is looked at once.
///
/// Line ends are LF or CRLF, inside of quotes they belong to the field. A byte order mark and empty lines are
/// passed over. What is cut wrongly is not lost: it goes to Ingestion as it stands and is rejected there.
struct RecordCutter: Sendable {
  /// A longer record is no record, in bytes.
  static let recordBytesMax = 262_144
  /// So much of such a record is kept, in bytes.
  static let keptBytesMax = 8_192

  private let format: SourceFile.Format
  private var buffer: [UInt8] = []
  /// Where the record begins that is being looked at, and how far that is done.
  private var start = 0
  private var index = 0
  private var isFirst = true
  private var isFinished = false
  private var inQuotes = false
  private var atFieldStart = true
  /// The byte before was a closing quote, which a second one makes a quote in the text.
  private var justClosed = false
  /// The byte before took the next one's meaning away.
  private var isEscaped = false
  /// The rest of the line belongs to a record that was cut.
  private var isPassing = false

  init(_ format: SourceFile.Format) { self.format = format }

  /// Takes the next piece.
  mutating func append(_ bytes: some Collection<UInt8>) {
    buffer.removeSubrange(..<start)
    index -= start
    start = 0
    buffer.append(contentsOf: bytes)
  }

  /// Says that there are no more pieces.
  mutating func finish() { isFinished = true }

  /// The next record; nil when more bytes are needed, or at the end.
  mutating func next() -> ArraySlice<UInt8>? {
    guard passMark() else { return nil }
    while true {
      while index < buffer.count {
        if let record = step() { return record }
      }
      guard isFinished, start < buffer.count else { return nil }
      if inQuotes { return giveUp() }
      if let record = take(until: buffer.count, next: buffer.count) { return record }
    }
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Whether it is known that there is no byte order mark any more.
  private mutating func passMark() -> Bool {
    guard isFirst else { return true }
    let head = buffer.prefix(Self.mark.count)
    guard isFinished || head.count == Self.mark.count || !Self.mark.starts(with: head) else { return false }
    isFirst = false
    if head.elementsEqual(Self.mark) {
      start = Self.mark.count
      index = start
    }
    return true
  }

  /// Looks at one byte.
  private mutating func step() -> ArraySlice<UInt8>? {
    let byte = buffer[index]
    if isPassing {
      index += 1
      start = index
      if byte == 0x0A { isPassing = false }
      return nil
    }
    if byte == 0x0A, !inQuotes { return take(until: index, next: index + 1) }
    if index - start >= Self.recordBytesMax { return giveUp() }
    if format.isCSV, let quote = format.quote { look(byte, quote) }
    index += 1
    return nil
  }

  private mutating func look(_ byte: UInt8, _ quote: UInt8) {
    if inQuotes {
      if isEscaped {
        isEscaped = false
      } else if byte == format.escape {
        isEscaped = true
      } else if byte == quote {
        inQuotes = false
        justClosed = true
      }
      return
    }
    if byte == quote, atFieldStart || justClosed && format.escape == nil { inQuotes = true }
    atFieldStart = byte == format.delimiter
    justClosed = false
  }

  private mutating func begin(_ next: Int) {
    start = next
    index = next
    inQuotes = false
    atFieldStart = true
    justClosed = false
    isEscaped = false
  }

  private mutating func take(until end: Int, next: Int) -> ArraySlice<UInt8>? {
    let first = start
    let last = end > first && buffer[end - 1] == 0x0D ? end - 1 : end
    begin(next)
    return last > first ? buffer[first..<last] : nil
  }

  /// An open quote, or a line without an end: the first line is given out as it is.
  private mutating func giveUp() -> ArraySlice<UInt8>? {
    if let line = buffer[start..<index].firstIndex(of: 0x0A) { return take(until: line, next: line + 1) }
    let first = start
    if isFinished, index == buffer.count, index - start < Self.recordBytesMax {
      return take(until: index, next: index)
    }
    isPassing = true
    begin(index)
    return buffer[first..<first + Self.keptBytesMax]
  }
}
