import Contracts
import Journal
import Support
import Synchronization
import Testing

@testable import Ingestion

/// Runs of the file connector that are broken off.
struct CrashTests {
  private static func lines(_ numbers: Range<Int>) -> String {
    numbers.map { "C-\($0 % 7),\($0),2024-05-31T10:00:00Z,r\($0)\n" }.joined()
  }

  @Test("a crash at any commit neither loses nor repeats a record", arguments: CutPoint.allCases)
  func crash(point: CutPoint) async throws {
    let office = try Office(chunkRecords: 16)
    var running = try await office.start()
    try await office.define()
    try office.write("a.csv", "who,seconds,at,id\n" + Self.lines(0..<40))
    try office.write("b.csv", "who,seconds,at,id\n" + Self.lines(30..<70) + "broken\n")
    running = try await Self.throughCrashes(at: point, office, running)
    let totals = try await office.text(IngestionMethod.sourceTotals, #"{"source":"calls"}"#)
    #expect(
      totals.hasPrefix(
        #"{"source":"calls","records":81,"accepted":70,"duplicate":10,"rejected":1,"skipped":0,"#)
        && totals.contains(#""open_chunks":0"#), "\(totals)")
    try await office.check()
    await running.stop()
    await office.end()
  }

  /// Runs that are cut at a point until one comes through, and one more; gives what runs then.
  ///
  /// Each life ends at the same step of its run; the next one takes a step more or less.
  static func throughCrashes(
    at point: CutPoint, _ office: Office, _ first: Office.Running
  ) async throws -> Office.Running {
    var running = first
    var crashes = 0
    for life in 0..<12 {
      await running.stop()
      let cuts = Cuts(point, passage: life % 4 + 1)
      running = try await office.start(cut: cuts.pass)
      guard await Self.isCut(office, cuts) else { break }
      crashes += 1
    }
    #expect(crashes >= 4)
    await running.stop()
    running = try await office.start()
    let last = try await office.sync()
    #expect(last.status == "done", "\(last.error)")
    return running
  }

  /// Begins a run and tells whether it was cut before its end.
  static func isCut(_ office: Office, _ cuts: Cuts) async -> Bool {
    let run = Task {
      if (try? await office.sync()) != nil { cuts.tell.yield(false) }
    }
    defer { run.cancel() }
    for await isCut in cuts.told { return isCut }
    return false
  }

  @Test("a run whose process is gone is seen as failed, and the next one begins")
  func interrupted() throws {
    let home = try PartitionUnderTest()
    func begin(_ holder: String, now: Int64) throws -> String {
      let payload = Array(#"{"source":"calls","holder":"\#(holder)"}"#.utf8)
      return text(try home.twin.command(IngestionMethod.beginSync, [payload], now: now).first ?? [])
    }
    #expect(try begin("one#1", now: 5).hasPrefix(#"{"job":1,"started":true,"#))
    #expect(try begin("one#1", now: 6).hasPrefix(#"{"job":1,"started":false,"#))
    guard case .job(let row) = try home.row("!j:1") else {
      Issue.record("no job")
      return
    }
    #expect(row.seen(by: "one#1") == row)
    #expect(row.seen(by: "one#2").status == .failed)
    #expect(try begin("one#2", now: 7).hasPrefix(#"{"job":2,"started":true,"#))
    guard case .job(let ended) = try home.row("!j:1") else {
      Issue.record("no job")
      return
    }
    #expect(ended.status == .failed)
    #expect(ended.endedAt == 7)
    // A step of the run that is over changes nothing.
    let step = FileStep(job: JobRef(number: 1, holder: "one#1"), name: "a", from: 0, row: FileRow())
    let request = ChunkRequest(chunk: "calls/a@x/0-1", source: "calls", digest: "x", file: step)
    let error = refusal { try home.twin.command(Method.openChunk, [request.encoded()], now: 8) }
    #expect(error?.status == .failedPrecondition)
    #expect(try home.row("!c:calls/a@x/0-1") == nil)
    #expect(try home.row("!f:calls/a") == nil)
  }
}

/// Cuts a node's life at the n-th time that a point is passed.
final class Cuts: Sendable {
  /// Stands for a process that is no more.
  struct Cut: Error {}

  /// True when the cut came, or what else ended the wait.
  let told: AsyncStream<Bool>
  let tell: AsyncStream<Bool>.Continuation
  private let point: CutPoint
  private let left: Mutex<Int>

  init(_ point: CutPoint, passage: Int) {
    self.point = point
    left = Mutex(passage)
    (told, tell) = AsyncStream.makeStream()
  }

  func pass(_ passed: CutPoint) throws {
    guard passed == point else { return }
    let isNow = left.withLock { left in
      left -= 1
      return left == 0
    }
    guard isNow else { return }
    tell.yield(true)
    throw Cut()
  }
}
