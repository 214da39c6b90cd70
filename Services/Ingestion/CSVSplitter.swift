/// One raw record as it stands in its file.
struct SplitRecord: Sendable, Hashable {
  /// The record without its line end.
  let bytes: ArraySlice<UInt8>
  /// Where its first byte is in the file.
  let offset: Int64
  /// Where the next record begins: the place to resume at once this one is safe.
  let next: Int64
  /// Why it cannot be read (too long, an open quote); the bytes are then its beginning.
  let flaw: String?
}

/// Cuts a file, which comes in pieces of any size, into records; a value that can be kept and resumed.
///
/// Line ends are LF or CRLF, inside of quotes they belong to the field. A byte order mark and empty lines are
/// passed over. An open quote spoils only its own first line: the next record begins on the line after it.
struct RecordSplitter: Sendable {
  /// Longer records are cut and flawed, in bytes.
  static let recordBytesMax = 262_144
  /// So much of a record that is too long is kept, in bytes.
  static let flawedBytesMax = 8_192

  private let quoting: Quoting?
  private var buffer: [UInt8] = []
  /// The first byte of the buffer that was not given out.
  private var start = 0
  /// Where `start` is in the file.
  private(set) var offset: Int64
  private var finished = false
  /// The beginning of a record that is too long, whose end was not seen yet.
  private var cut: (bytes: ArraySlice<UInt8>, offset: Int64)?

  private struct Quoting {
    let delimiter: UInt8
    let quote: UInt8
    let escape: UInt8?
  }

  /// Begins at a place in the file where a record begins.
  init(format: RecordFormat, offset: Int64 = 0) {
    self.offset = offset
    if case .csv(let dialect, _) = format, let quote = dialect.quote {
      quoting = Quoting(delimiter: dialect.delimiter, quote: quote, escape: dialect.escape)
    } else {
      quoting = nil
    }
  }

  /// Takes the next piece of the file.
  mutating func append(_ bytes: some Collection<UInt8>) {
    assert(!finished)
    buffer.removeSubrange(..<start)
    start = 0
    buffer.append(contentsOf: bytes)
  }

  /// Says that there are no more pieces.
  mutating func finish() { finished = true }

  /// The next record; nil when more bytes are needed, or at the end.
  mutating func next() -> SplitRecord? {
    guard passByteOrderMark() else { return nil }
    while start < buffer.count {
      if cut != nil {
        guard let record = endOfCut() else { return nil }
        return record
      }
      guard let end = recordEnd() else { return incomplete() }
      if end.bytes - start > Self.recordBytesMax { return tooLong() }
      let record = take(end, flaw: nil)
      if !record.bytes.isEmpty { return record }
    }
    return finished ? restOfCut() : nil
  }

  /// Where a record ends: without its line end, and with it.
  private typealias End = (bytes: Int, line: Int)

  private mutating func take(_ end: End, flaw: String?) -> SplitRecord {
    let first = offset
    let bytes = buffer[start..<(flaw == nil ? end.bytes : min(end.bytes, start + Self.flawedBytesMax))]
    advance(to: end.line)
    return SplitRecord(bytes: bytes, offset: first, next: offset, flaw: flaw)
  }

  private mutating func advance(to index: Int) {
    offset += Int64(index - start)
    start = index
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Whether it is known that there is no mark (any more).
  private mutating func passByteOrderMark() -> Bool {
    guard offset == 0 else { return true }
    let present = buffer[start...].prefix(3)
    if present.elementsEqual(Self.mark) {
      advance(to: start + 3)
      return true
    }
    return finished || present.count == 3 || !Self.mark.starts(with: present)
  }

  private func recordEnd() -> End? {
    guard let quoting else { return lineEnd(from: start) }
    guard let line = lineEnd(from: start) else {
      return finished && quotedEnd(quoting) != nil ? (buffer.count, buffer.count) : nil
    }
    return buffer[start..<line.bytes].contains(quoting.quote) ? quotedEnd(quoting) : line
  }

  /// The end of the line; the last one of the file may lack it.
  private func lineEnd(from begin: Int) -> End? {
    let index = buffer.withUnsafeBufferPointer { bytes in
      var index = begin
      while index < bytes.count, bytes[index] != 0x0A { index += 1 }
      return index
    }
    return ended(at: index)
  }

  private func ended(at index: Int) -> End? {
    if index == buffer.count { return finished && quoting == nil ? (index, index) : nil }
    let carriage = index > start && buffer[index - 1] == 0x0D
    return (carriage ? index - 1 : index, index + 1)
  }

  /// The first line end outside of quotes, or the file's end if no quote is open there.
  private func quotedEnd(_ quoting: Quoting) -> End? {
    var index = start
    var fieldStart = true
    while index < buffer.count {
      let byte = buffer[index]
      if byte == quoting.quote, fieldStart {
        guard let close = closingQuote(after: index, quoting) else { return nil }
        index = close
        fieldStart = false
      } else if byte == 0x0A {
        return ended(at: index)
      } else {
        fieldStart = byte == quoting.delimiter
      }
      index += 1
    }
    return finished ? (buffer.count, buffer.count) : nil
  }

  private func closingQuote(after open: Int, _ quoting: Quoting) -> Int? {
    var index = open + 1
    while index < buffer.count {
      let byte = buffer[index]
      if let escape = quoting.escape, byte == escape {
        index += 2
      } else if byte == quoting.quote {
        guard index + 1 < buffer.count else { return finished ? index : nil }
        if quoting.escape != nil || buffer[index + 1] != quoting.quote { return index }
        index += 2
      } else {
        index += 1
      }
    }
    return nil
  }

  /// No end in sight: wait for more, or give up on the record.
  private mutating func incomplete() -> SplitRecord? {
    if finished {
      return take(firstLine() ?? (buffer.count, buffer.count), flaw: "a quoted field does not end")
    }
    return buffer.count - start > Self.recordBytesMax ? tooLong() : nil
  }

  /// A record over several lines gives up its first line; a single line is passed over to its end.
  private mutating func tooLong() -> SplitRecord? {
    let flaw = "longer than \(Self.recordBytesMax) bytes"
    if let line = firstLine() { return take(line, flaw: flaw) }
    cut = (buffer[start..<start + Self.flawedBytesMax], offset)
    return endOfCut()
  }

  private func firstLine() -> End? {
    guard let index = buffer[start...].firstIndex(of: 0x0A) else { return nil }
    return ended(at: index)
  }

  private mutating func endOfCut() -> SplitRecord? {
    guard let line = buffer[start...].firstIndex(of: 0x0A) else {
      advance(to: buffer.count)
      return finished ? restOfCut() : nil
    }
    advance(to: line + 1)
    return restOfCut()
  }

  private mutating func restOfCut() -> SplitRecord? {
    guard let (bytes, first) = cut else { return nil }
    cut = nil
    return SplitRecord(
      bytes: bytes, offset: first, next: offset, flaw: "longer than \(Self.recordBytesMax) bytes")
  }
}
