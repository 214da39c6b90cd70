import Contracts
import Journal
import Wire

/// One file on its way into chunks: where it stands, and the checksum of all before.
struct FileReading {
  private var stream: FileStream
  private let reader: RawRecordReader
  private var splitter: RecordSplitter
  /// Of all bytes before `offset`.
  private var sum = Checksum()
  /// What the splitter has been fed from `offset` on.
  private var ahead: [UInt8] = []
  /// Where the next chunk begins.
  private(set) var offset: Int64
  /// Where a chunk ends that was begun before; 0 for none.
  private let pending: Int64
  /// The last record that was cut out.
  private var last: Int64
  private var isAtEnd = false
  /// When the file was last written to, unix nanoseconds.
  private let modified: Int64
  /// The row that stands for the bytes before `offset`.
  let base: FileRow

  init(
    _ whole: FileStream, _ form: RecordForm, _ known: FileRow, modified: Int64
  ) throws(FileProblem) {
    self.modified = modified
    stream = whole
    let (reader, headerEnd) = try Self.reader(stream, form)
    self.reader = reader
    base = try Self.base(&stream, known, &sum)
    pending = base.pending
    offset = max(base.offset, headerEnd)
    guard try sum.advance(&stream, to: offset) else {
      throw FileProblem("a file became shorter while it was read")
    }
    last = offset
    splitter = RecordSplitter(format: form.format, offset: offset)
  }

  /// A file is the known one as far as it begins with what was read of that; else nothing of it was read.
  ///
  /// Leaves the stream and the sum at the row's place.
  private static func base(
    _ stream: inout FileStream, _ known: FileRow, _ sum: inout Checksum
  ) throws(FileProblem) -> FileRow {
    if known.offset == 0 { return known }
    if stream.mayHold(known.offset), try sum.advance(&stream, to: known.offset), sum.text == known.checksum {
      if known.resume == known.offset { return known }
      if try !stream.hasMore() { return known }
      return try grown(&stream, known, &sum)
    }
    stream.rewind()
    sum = Checksum()
    return FileRow()
  }

  /// The row before a last record that had no line end, and now goes on.
  private static func grown(
    _ stream: inout FileStream, _ known: FileRow, _ sum: inout Checksum
  ) throws(FileProblem) -> FileRow {
    stream.rewind()
    sum = Checksum()
    guard try sum.advance(&stream, to: known.resume) else {
      throw FileProblem("a file became shorter while it was read")
    }
    var row = known
    row.offset = known.resume
    row.checksum = row.offset == 0 ? "" : sum.text
    row.pending = 0
    row.stored = stream.isPacked ? 0 : row.offset
    return row
  }

  /// How records are taken apart, and where they begin: a CSV file's header is read from its beginning.
  private static func reader(
    _ stream: FileStream, _ form: RecordForm
  ) throws(FileProblem) -> (RawRecordReader, Int64) {
    guard form.hasHeader else { return (form.reader(header: nil), 0) }
    var stream = stream
    var splitter = RecordSplitter(format: form.format)
    while true {
      if let record = splitter.next() { return (form.reader(header: record.bytes), record.next) }
      let piece = try stream.next()
      if piece.isEmpty { break }
      splitter.append(piece)
    }
    splitter.finish()
    let header = splitter.next()
    return (form.reader(header: header?.bytes ?? []), header?.next ?? 0)
  }

  /// Cuts out the next chunk and shows each record.
  mutating func chunk(
    _ recordsMax: Int, _ take: (RawRecord) -> Void
  ) throws(FileProblem) -> (records: [ArraySlice<UInt8>], isLast: Bool) {
    let from = offset
    var end = from
    var records: [ArraySlice<UInt8>] = []
    var isLast = false
    while true {
      if let record = splitter.next() {
        take(record.flaw == nil ? reader.read(record.bytes) : reader.flawed(record))
        records.append(record.bytes)
        last = record.offset
        end = record.next
        if isFull(records.count, recordsMax, from, end) { break }
      } else if isAtEnd {
        isLast = true
        end = from + Int64(ahead.count)
        break
      } else {
        try feed()
      }
    }
    pass(Int(end - from))
    return (records, isLast)
  }

  private func isFull(_ count: Int, _ recordsMax: Int, _ from: Int64, _ end: Int64) -> Bool {
    if count >= recordsMax { return true }
    return pending > from ? end >= pending : end - from >= FileConnector.chunkBytesMax
  }

  private mutating func feed() throws(FileProblem) {
    let piece = try stream.next()
    if piece.isEmpty {
      splitter.finish()
      isAtEnd = true
    } else {
      splitter.append(piece)
      ahead += piece
    }
  }

  /// Counts bytes among those that were taken.
  private mutating func pass(_ count: Int) {
    if count == 0 { return }
    sum.take(ahead[..<count])
    ahead.removeSubrange(..<count)
    offset += Int64(count)
  }

  /// The file's row as it stands now.
  func row(isLast: Bool) -> FileRow {
    var row = FileRow()
    row.offset = offset
    row.checksum = sum.text
    row.resume = offset == base.offset ? base.resume : offset
    row.stored = stream.isPacked ? stream.stored : offset
    guard isLast else { return row }
    // Without a line end the last record may not be whole yet.
    if offset > last, sum.lastByte != 0x0A { row.resume = last }
    row.modified = modified
    return row
  }
}

/// The checksum of a content's beginning.
private struct Checksum {
  /// Not secret: a checksum only tells one content from another. The ASCII text `laurel-file-sums`.
  private static let key = SipHash.Key(low: 0x662d_6c65_7275_616c, high: 0x736d_7573_2d65_6c69)

  private var hash = SipHash(key: Self.key, wide: true)
  private(set) var lastByte: UInt8?

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    hash.update(bytes)
    lastByte = bytes.last ?? lastByte
  }

  /// Takes a stream's bytes up to a place; false if it has fewer.
  mutating func advance(_ stream: inout FileStream, to place: Int64) throws(FileProblem) -> Bool {
    try stream.advance(to: place) { take($0) }
  }

  /// In hexadecimal digits.
  var text: String {
    let (low, high) = hash.final128()
    return UInt128(high: high, low: low).hex
  }
}
