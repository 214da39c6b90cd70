import Journal
import Support
import Testing
import Wire

@testable import Ingestion

/// Rows come back as they were, and damaged ones are refused.
struct RowTests {
  private static let chunk = ChunkRow(
    source: "ü", digest: "d", openedAt: -3,
    counts: RecordCounts(accepted: 1, duplicate: 2, rejected: 3, skipped: 4),
    answer: [1, 2, 3])

  static let rows: [IngestionRow] = [
    .customer(4_711), .waiting(WaitingReversal(number: 9, source: "s", id: "x", shape: 32)),
    .part(
      PartRow(
        source: "s",
        fates: [
          .accepted(1_000_000), .accepted(1_000_001), .duplicate(3), .refused(.reversalOfReversal),
          .refused(.reversalTooOld), .accepted(1_000_002), .duplicate(Int64.max >> 4),
        ])),
    .chunk(chunk), .chunk(ChunkRow(source: "s", digest: "", openedAt: 0)),
    .rejected(RejectedRow(source: "s", index: 7, raw: [0, 255], stage: "map", code: "c", message: "m")),
    .totals(TotalsRow()),
    .source(
      SourceDefinition(sourceName: "n", sourceType: "cdr", version: 3, mapping: "{}", origin: .default)),
    .source(deleted), .file(file), .file(FileRow()), .job(job), .counter(Int64.max),
    .sync(SyncRow(job: 7, status: .cancelled, at: -1, failures: 3)), .feed(feed), .feed(FeedRow()),
    .held(HeldPage(page, at: feed.place, identity: "x")),
    .resident(
      Residence(
        last: 7, updates: [ZoneUpdate(at: -4, source: "s", id: "ü", shape: 2, zone: "Europe/Berlin")])),
  ]

  private static let deleted: SourceDefinition = {
    var row = SourceDefinition(sourceName: "n", sourceType: "app", mapping: "{}")
    (row.connection, row.syncFrequency) = (#"{"kind":"push"}"#, "weekly")
    (row.isActive, row.isDeleted, row.createdAt, row.updatedAt) = (false, true, -5, Int64.max)
    return row
  }()

  private static let page = FeedPage(
    records: [Array("{}".utf8)[...], Array("[1]".utf8)[...]], next: "8", isLast: true, repeats: 2)

  private static let feed = FeedRow(
    place: FeedPlace(identity: "x", cursor: "7", seen: [.max, 0, FeedRow.mark("ü".utf8)]), records: 4_711)

  private static let file: FileRow = {
    var row = FileRow()
    (row.offset, row.checksum, row.resume) = (1 << 40, "c0ffee", 9)
    (row.pending, row.modified, row.stored) = (1 << 41, 1_700_000_000_000_000_000, 1 << 39)
    return row
  }()

  private static let job: JobRow = {
    var row = JobRow(source: "n", holder: "i#1", startedAt: 3)
    (row.status, row.endedAt, row.done, row.total, row.error) = (.failed, 4, 5, 6, "why")
    row.counts = RecordCounts(accepted: 1, duplicate: 2, rejected: 3, skipped: 4)
    (row.unit, row.isScheduled) = (.records, true)
    return row
  }()

  @Test(arguments: rows)
  func roundTrip(row: IngestionRow) throws {
    #expect(try IngestionRow.unpack(row.packed) == row)
  }

  @Test func registers() throws {
    var registers = IngestionRegisters()
    registers.waiting = 300
    #expect(try IngestionRegisters.unpack(registers.packed) == registers)
    #expect(throws: PackedError.self) { try IngestionRegisters.unpack([2, 0]) }
  }

  @Test("a part costs about a byte an event")
  func compact() {
    let fates = (1...10_000).map { DraftFate.accepted(Int64($0) + 5_000_000) }
    #expect(IngestionRow.part(PartRow(source: "s", fates: fates)).packed.count < 10_100)
  }

  @Test("every cut row is refused, and no damage traps")
  func damage() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for row in Self.rows {
      let bytes = row.packed
      for count in 0..<bytes.count {
        #expect(throws: PackedError.self, "\(row)") { try IngestionRow.unpack(Array(bytes.prefix(count))) }
      }
      for _ in 0..<200 {
        var damaged = bytes
        damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        // Only that it comes back: a changed digit still is a row.
        _ = try? IngestionRow.unpack(damaged)
      }
    }
  }
}
