import Contracts
import Journal
import Testing
import Wire

@testable import Ingestion

/// The books of chunks at a source's home.
struct ChunkTests {
  private let chunk = "cdr/calls.csv/0-3"

  private func open(_ partition: PartitionUnderTest, digest: String = "d", _ rows: [RejectedRow] = []) throws
    -> Frames
  {
    var payloads = Frames([ChunkRequest(chunk: chunk, source: "cdr", digest: digest).encoded()])
    for row in rows { row.append(to: &payloads) }
    return try partition.twin.command(Method.openChunk, payloads.map { Array($0) }, now: 7)
  }

  private func close(_ partition: PartitionUnderTest, _ counts: RecordCounts, answer: String) throws -> String
  {
    let request = ChunkRequest(chunk: chunk, source: "cdr", counts: counts)
    let reply = try partition.twin.command(
      Method.closeChunk, [request.encoded(), Array(answer.utf8)], now: PartitionUnderTest.now)
    return text(reply.array()[1])
  }

  private func rejected(_ index: Int) -> RejectedRow {
    RejectedRow(
      source: "cdr", index: index, raw: "a,b".utf8, stage: "map", code: "bad_record", message: "why")
  }

  @Test("a chunk counts once, however often it is begun and ended")
  func once() throws {
    let partition = try PartitionUnderTest()
    #expect(try open(partition, [rejected(2)]).count == 1)
    #expect(try totals(partition).open == 1)
    #expect(try open(partition, [rejected(1)]).count == 1)
    #expect(try totals(partition).open == 1)
    #expect(try partition.twin.reader.keys(prefix: "!r:", limit: 9) == ["!r:cdr/calls.csv/0-3:000001"])
    #expect(try partition.twin.audit() == [])
    let counts = RecordCounts(accepted: 1, duplicate: 0, rejected: 1, skipped: 1)
    #expect(try close(partition, counts, answer: "{1}") == "{1}")
    #expect(try close(partition, RecordCounts(accepted: 9), answer: "{2}") == "{1}")
    #expect(text(try open(partition).array()[1]) == "{1}")
    let total = try totals(partition)
    #expect(total.counts == counts)
    #expect(total.counts.records == 3)
    #expect(total.chunks == 1)
    #expect(total.open == 0)
    #expect(total.lastAt == PartitionUnderTest.now)
    #expect(try partition.twin.audit() == [])
  }

  @Test("other records under the name of a chunk are refused")
  func reused() throws {
    let partition = try PartitionUnderTest()
    _ = try open(partition)
    let error = refusal { _ = try open(partition, digest: "e") }
    #expect(error?.status == .failedPrecondition)
    let details = try #require(error?.details)
    #expect(text(details[...]).contains("idempotency_key_reused"))
  }

  @Test("a chunk that was not begun cannot end")
  func unknown() throws {
    let partition = try PartitionUnderTest()
    #expect(refusal { _ = try close(partition, RecordCounts(), answer: "{}") }?.status == .notFound)
  }

  @Test("a rejected record keeps its bytes and a reason of limited length")
  func kept() throws {
    let partition = try PartitionUnderTest()
    let long = String(repeating: "ü", count: 400)
    let raw: [UInt8] = [0xFF, 0x00, 0x22]
    let row = RejectedRow(source: "cdr", index: 0, raw: raw, stage: "read", code: "bad_record", message: long)
    _ = try open(partition, [row])
    guard case .rejected(let kept) = try partition.row(IngestionRow.rejectedKey(chunk, 0)) else {
      Issue.record("no row")
      return
    }
    #expect(kept.raw == raw)
    #expect(kept.message == String(repeating: "ü", count: 250))
    #expect(kept.at == 7)
  }

  @Test("no two chunks share a text")
  func names() throws {
    let one = try ChunkName(source: "a", run: "b/c", from: 0, to: 1)
    let two = try ChunkName(source: "a/b", run: "c", from: 0, to: 1)
    let three = try ChunkName(source: "a%2Fb", run: "c", from: 0, to: 1)
    #expect(Set([one, two, three].map(\.description)) == ["a/b/c/0-1", "a%2Fb/c/0-1", "a%252Fb/c/0-1"])
    for (source, run) in [("", "r"), ("s", ""), ("s\n", "r"), ("s", "r\u{7F}")] {
      #expect(throws: WireError.self) { try ChunkName(source: source, run: run, from: 0, to: 1) }
    }
    #expect(throws: WireError.self) { try ChunkName(source: "s", run: "r", from: 2, to: 1) }
  }

  private func totals(_ partition: PartitionUnderTest) throws -> TotalsRow {
    guard case .totals(let totals) = try partition.row("!t:cdr") else { return TotalsRow() }
    return totals
  }
}
