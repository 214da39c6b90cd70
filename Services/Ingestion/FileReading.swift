import Contracts
import Wire

/// One file on its way into chunks: where it stands, and the checksum of all before.
struct FileReading {
  /// Bytes that are read at once.
  private static let pieceBytes = 1_048_576
  /// Not secret: a checksum only tells one content from another. The ASCII text `laurel-file-sums`.
  private static let key = SipHash.Key(low: 0x662d_6c65_7275_616c, high: 0x736d_7573_2d65_6c69)

  private let file: FileDescriptor
  private let reader: RecordSource
  private var splitter: RecordSplitter
  private var hash: SipHash
  /// Bytes of the file when it was opened; what is written behind them is for the next run.
  private let size: Int64
  /// Up to where the splitter has been fed.
  private var fed: Int64
  /// Where the next chunk begins.
  private(set) var offset: Int64
  /// Where a chunk ends that was begun before; 0 for none.
  private var pending: Int64
  /// The last record that was cut out.
  private var last: Int64
  private var isAtEnd = false
  var modified: Int64 = 0
  /// The row that stands for the bytes before `offset`.
  private(set) var base: FileRow

  /// How records are taken apart.
  struct RecordSource {
    let reader: RawRecordReader
    let headerEnd: Int64
  }

  init(_ file: FileDescriptor, _ form: RecordForm, _ known: FileRow) throws(FileProblem) {
    self.file = file
    size = try file.size()
    reader = try Self.source(file, size, form)
    var sum = Checksum(file)
    var row = FileRow()
    // A file is the known one as far as it begins with what was read of that.
    if known.offset > 0, known.offset <= size {
      let isGrown = size > known.offset && known.resume < known.offset
      let start = isGrown ? known.resume : known.offset
      try sum.move(to: start)
      let before = sum
      try sum.move(to: known.offset)
      if sum.text == known.checksum {
        row = known
        if isGrown {
          (row.offset, row.checksum, row.pending) = (start, start == 0 ? "" : before.text, 0)
          sum = before
        }
      }
    } else if known.offset == 0 {
      row = known
    }
    if row.offset == 0 { sum = Checksum(file) }
    base = row
    pending = row.pending
    offset = max(row.offset, reader.headerEnd)
    try sum.move(to: offset)
    hash = sum.hash
    last = offset
    fed = offset
    splitter = RecordSplitter(format: form.format, offset: offset)
  }

  /// The reader of a file's records; a CSV file's header is read from its beginning.
  private static func source(
    _ file: FileDescriptor, _ size: Int64, _ form: RecordForm
  ) throws(FileProblem) -> RecordSource {
    guard form.hasHeader else { return RecordSource(reader: form.reader(header: nil), headerEnd: 0) }
    var splitter = RecordSplitter(format: form.format)
    var fed: Int64 = 0
    while true {
      if let record = splitter.next() {
        return RecordSource(reader: form.reader(header: record.bytes), headerEnd: record.next)
      }
      if fed >= size { break }
      let piece = try file.read(at: fed, count: Int(min(Int64(pieceBytes), size - fed)))
      if piece.isEmpty { break }
      splitter.append(piece)
      fed += Int64(piece.count)
    }
    splitter.finish()
    let header = splitter.next()
    return RecordSource(reader: form.reader(header: header?.bytes ?? []), headerEnd: header?.next ?? 0)
  }

  /// Cuts out the next chunk and shows each record.
  mutating func chunk(
    _ recordsMax: Int, _ take: (RawRecord) -> Void
  ) throws(FileProblem) -> (records: [ArraySlice<UInt8>], isLast: Bool) {
    let from = offset
    var records: [ArraySlice<UInt8>] = []
    var isLast = false
    while true {
      if let record = splitter.next() {
        take(record.flaw == nil ? reader.reader.read(record.bytes) : reader.reader.flawed(record))
        records.append(record.bytes)
        last = record.offset
        offset = record.next
        if isFull(records.count, recordsMax, from) { break }
      } else if isAtEnd {
        isLast = true
        offset = fed
        break
      } else {
        try feed()
      }
    }
    try Checksum.move(&hash, file, from, to: offset)
    return (records, isLast)
  }

  private func isFull(_ count: Int, _ recordsMax: Int, _ from: Int64) -> Bool {
    if count >= recordsMax { return true }
    return pending > from ? offset >= pending : offset - from >= FileConnector.chunkBytesMax
  }

  private mutating func feed() throws(FileProblem) {
    let piece = fed < size ? try file.read(at: fed, count: Int(min(Int64(Self.pieceBytes), size - fed))) : []
    if piece.isEmpty {
      splitter.finish()
      isAtEnd = true
    } else {
      splitter.append(piece)
      fed += Int64(piece.count)
    }
  }

  /// The file's row as it stands now.
  func row(isLast: Bool) throws(FileProblem) -> FileRow {
    var row = FileRow()
    row.offset = offset
    row.checksum = Checksum.text(hash)
    row.resume = offset
    if offset == base.offset { row.resume = base.resume }
    if isLast, offset > last, try file.read(at: offset - 1, count: 1) != [0x0A] { row.resume = last }
    if isLast { row.modified = modified }
    return row
  }

  /// The checksum of a file's beginning.
  private struct Checksum {
    let file: FileDescriptor
    var hash = SipHash(key: FileReading.key, wide: true)
    private var at: Int64 = 0

    init(_ file: FileDescriptor) { self.file = file }

    mutating func move(to end: Int64) throws(FileProblem) {
      try Self.move(&hash, file, at, to: end)
      at = end
    }

    static func move(
      _ hash: inout SipHash, _ file: FileDescriptor, _ start: Int64, to end: Int64
    ) throws(FileProblem) {
      var at = start
      while at < end {
        let piece = try file.read(at: at, count: Int(min(Int64(FileReading.pieceBytes), end - at)))
        if piece.isEmpty { throw FileProblem("a file became shorter while it was read") }
        hash.update(piece)
        at += Int64(piece.count)
      }
    }

    var text: String { Self.text(hash) }

    static func text(_ hash: SipHash) -> String {
      let (low, high) = hash.final128()
      return UInt128(high: high, low: low).hex
    }
  }
}
