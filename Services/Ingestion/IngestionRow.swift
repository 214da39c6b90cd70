import Wire

/// A REVERSAL that came before the record it names.
struct WaitingReversal: Sendable, Hashable {
  /// The number of its `reversal_waiting` entry.
  var number: Int64
  /// Its own name.
  var source: String
  var id: String
  var shape: Int
  /// Whose record it waits for.
  var customer = ""
}

/// A row of Ingestion's state. Keys: `c:<customer>`, `w:<mark in hex>`; kept as truth: `!c:<chunk>`,
/// `!p:<chunk>`, `!r:<chunk>:<index>`, `!s:<source>`, `!t:<source>`, `!f:<source>/<file>`, `!j:<number>`,
/// `!n:jobs`, `!y:<source>`, `!g:<source>`,
/// `!h:<source>`.
enum IngestionRow: Sendable, Hashable {
  /// The number of the customer's last entry.
  case customer(Int64)
  // The others are apart, so that the many rows of customers are small.
  /// A customer of whose zone something is known.
  indirect case resident(Residence)
  indirect case waiting(WaitingReversal)
  indirect case part(PartRow)
  indirect case chunk(ChunkRow)
  indirect case rejected(RejectedRow)
  indirect case totals(TotalsRow)
  indirect case source(SourceDefinition)
  indirect case file(FileRow)
  indirect case job(JobRow)
  indirect case sync(SyncRow)
  indirect case feed(FeedRow)
  indirect case held(HeldPage)
  /// The last number that was given.
  case counter(Int64)

  static func customerKey(_ customer: String) -> String { "c:\(customer)" }
  static let waitingPrefix = "w:"
  static func waitingKey(_ mark: UInt128) -> String { waitingPrefix + mark.hex }
  static func partKey(_ chunk: String) -> String { "!p:\(chunk)" }
  static func chunkKey(_ chunk: String) -> String { "!c:\(chunk)" }
  static func sourceKey(_ source: String) -> String { "!s:\(source)" }
  static func totalsKey(_ source: String) -> String { "!t:\(source)" }
  static func fileKey(_ source: String, _ file: String) -> String {
    "!f:\(ChunkName.prefix(source: source))\(file)"
  }
  static func jobKey(_ number: Int64) -> String { "!j:\(number)" }
  static func syncKey(_ source: String) -> String { "!y:\(source)" }
  static func feedKey(_ source: String) -> String { "!g:\(source)" }
  static func heldKey(_ source: String) -> String { "!h:\(source)" }
  static let jobCounterKey = "!n:jobs"
  static let rejectedRows = "!r:"
  static func rejectedPrefix(_ chunk: String) -> String { rejectedRows + chunk + ":" }

  /// Places have leading zeros, so that keys are in the records' order.
  static func rejectedKey(_ chunk: String, _ index: Int) -> String {
    let digits = String(index)
    return rejectedPrefix(chunk) + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The version of the rows' form.
  private static let form: UInt64 = 2

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else {
      throw PackedError(offset: 0, reason: "a row of another form")
    }
    switch try reader.unsigned() {
    case 0: self = .customer(try reader.signed())
    case 1:
      self = .waiting(
        WaitingReversal(
          number: try reader.signed(), source: try reader.text(), id: try reader.text(),
          shape: try reader.number(), customer: try reader.text()))
    case 2: self = .part(try PartRow(&reader))
    case 3: self = .chunk(try ChunkRow(&reader))
    case 4: self = .rejected(try RejectedRow(&reader))
    case 5: self = .totals(try TotalsRow(&reader))
    case 6: self = .source(try SourceDefinition(&reader))
    case 7: self = .file(try FileRow(&reader))
    case 8: self = .job(try JobRow(&reader))
    case 9: self = .sync(try SyncRow(&reader))
    case 10: self = .counter(try reader.signed())
    case 11: self = .resident(try Residence(&reader))
    case 20: self = .feed(try FeedRow(&reader))
    case 21: self = .held(try HeldPage(&reader))
    default: throw PackedError(offset: 1, reason: "a row of an unknown kind")
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    switch self {
    case .customer(let last):
      writer.unsigned(0)
      writer.signed(last)
    case .resident(let row): Self.pack(11, &writer, row.pack)
    case .waiting(let waiting):
      writer.unsigned(1)
      writer.signed(waiting.number)
      writer.text(waiting.source)
      writer.text(waiting.id)
      writer.count(waiting.shape)
      writer.text(waiting.customer)
    case .part(let row): Self.pack(2, &writer, row.pack)
    case .chunk(let row): Self.pack(3, &writer, row.pack)
    case .rejected(let row): Self.pack(4, &writer, row.pack)
    case .totals(let row): Self.pack(5, &writer, row.pack)
    case .source(let row): Self.pack(6, &writer, row.pack)
    case .file(let row): Self.pack(7, &writer, row.pack)
    case .job(let row): Self.pack(8, &writer, row.pack)
    case .sync(let row): Self.pack(9, &writer, row.pack)
    case .feed(let row): Self.pack(20, &writer, row.pack)
    case .held(let page): Self.pack(21, &writer, page.pack)
    case .counter(let last):
      writer.unsigned(10)
      writer.signed(last)
    }
  }

  private static func pack(_ kind: UInt64, _ writer: inout PackedWriter, _ row: (inout PackedWriter) -> Void)
  {
    writer.unsigned(kind)
    row(&writer)
  }
}

/// A partition's own registers.
struct IngestionRegisters: Sendable, Hashable {
  /// REVERSALs that wait for their record: while there is none, no event is looked up for one.
  var waiting = 0

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == 1 else {
      throw PackedError(offset: 0, reason: "registers of another form")
    }
    waiting = try reader.number()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(1)
    writer.count(waiting)
  }
}
