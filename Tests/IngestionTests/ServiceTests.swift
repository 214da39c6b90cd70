import Contracts
import Journal
import Messaging
import Storage
import Support
import Testing
import Wire

@testable import Ingestion

/// Ingestion as a running node: raw records in, entries, counts and rejected records out.
final class ServiceTests: Sendable {
  typealias Running = LocalNode<IngestionFold, SourcesFold>

  private static let partitions = 4
  private static let now = RFC3339.micros("2024-06-01T12:00:00Z".utf8) ?? 0

  private let folder: ScratchFolder
  private let cluster = LocalCluster(now: ServiceTests.now)
  private let client: Directory

  init() throws {
    folder = try ScratchFolder()
    client = cluster.client()
  }

  private func start() async throws -> Running {
    let settings = cluster.settings(
      .ingestion, "ingestion-1", database: try folder.database(.sqlite, "ingestion"),
      partitions: Self.partitions,
      scratch: folder.path)
    let running = try await cluster.start(
      settings, main: IngestionFold(), definitions: SourcesFold()
    ) { ingestionRoutes($0, zone: .utc) }
    try await running.seed()
    return running
  }

  private func stop(_ running: Running) async {
    await running.stop()
    await client.close()
    cluster.stop()
  }

  private func call(_ method: String, _ payloads: [String], key: String? = nil) async throws -> String {
    let reply = try await client.call(
      "ingestion", method, Frames(payloads.map { Array($0.utf8) }), timeoutMilliseconds: 20_000, key: key,
      retry: true)
    return text(reply.first ?? [])
  }

  private static let definition =
    #"{"name":"calls","type":"cdr","format":{"kind":"csv"},"skip":{"==":[{"var":"way"},"missed"]},"events":["#
    + #"{"customer_id":"who","event_type":{"path":"way","map":{"out":"CALL_OUTGOING","undo":"REVERSAL"}},"#
    + #""value":"seconds","timestamp":"at","source_event_id":"id","reverses_id":"of"}]}"#

  private static let header = "who,way,seconds,at,id,of"

  @Test("a chunk goes in once: counts, rejected records, events, audit, rebuild")
  func chunk() async throws {
    let running = try await start()
    _ = try await call(Method.putSource, [#"{"definition":\#(Self.definition)}"#], key: "put")
    let head = #"{"source":"calls","run":"a/b.csv","from":0,"to":6,"header":"\#(Self.header)","detail":true}"#
    let records = [
      "C-1,out,60,2024-05-31T10:00:00Z,r1,", "C-2,missed,0,2024-05-31T10:00:00Z,r2,",
      "C-3,out,60,1980-01-01T00:00:00Z,r3,", "C-4,out,60,2024-05-31T10:00:00Z,r4,",
      "C-1,out,60,2024-05-31T10:00:00Z,r1,", "C-1,undo,,,r6,r1",
    ]
    let answer = try await call(Method.records, [head] + records)
    #expect(
      answer.hasPrefix(
        #"{"records":6,"accepted":3,"duplicate":1,"rejected":1,"skipped":1,"errors":[{"index":2,"#))
    #expect(try await call(Method.records, [head] + records) == answer)
    let totals = try await call(Method.totals, ["{}"])
    #expect(
      totals.hasPrefix(
        #"{"sources":{"calls":{"records":6,"accepted":3,"duplicate":1,"rejected":1,"skipped":1,"#
          + #""chunks":1,"open_chunks":0,"#
      ))
    let rejected = try await call(Method.rejected, [#"{"source":"calls"}"#])
    #expect(rejected.contains(#""id":"calls/a/b.csv/0-6:000002","source":"calls","index":2,"#))
    #expect(rejected.contains(#""code":"implausible_timestamp""#))
    #expect(rejected.contains(records[2]))
    let events = try await call(Method.events, [#"{"customer_id":"C-1","limit":1}"#])
    #expect(events.contains(#""kind":"reversal""#))
    #expect(events.hasSuffix(#""next":2}"#))
    #expect(
      try await call(Method.events, [#"{"customer_id":"nobody"}"#])
        == #"{"customer_id":"nobody","events":[],"next":0}"#)
    try await checkWhole()
    await stop(running)
  }

  /// Takes back in a later chunk, whose originals are fetched from the journal.
  @Test("a REVERSAL in a later chunk carries its original; pushes are known by their key")
  func push() async throws {
    let running = try await start()
    let login =
      #"{"customer_id":"C-1","event_type":"APP_LOGIN","timestamp":1717156800,"source_event_id":"l-1"}"#
    let head = #"{"source":"shop","source_type":"app","detail":true}"#
    let first = try await call(Method.push, [head, login], key: "k-1")
    #expect(first.contains(#""results":[{"status":"accepted","event_id":"e-"#))
    #expect(first.contains(#""customer_id":"C-1","event_type":"APP_LOGIN"}]"#))
    #expect(try await call(Method.push, [head, login], key: "k-1") == first)
    #expect(
      try await call(Method.push, [head, login], key: "k-2").contains(
        #"{"status":"duplicate","event_id":"e-"#))
    let undo = #"{"customer_id":"C-1","event_type":"REVERSAL","reverses":{"source_event_id":"l-1"}}"#
    _ = try await call(Method.push, [head, undo], key: "k-3")
    let events = try await call(Method.events, [#"{"customer_id":"C-1"}"#])
    #expect(events.contains(#""original_number":1,"original":{"v":1,"kind":"event","id":"e-"#))
    await #expect(throws: WireError.self) { try await self.call(Method.push, [head, undo], key: "k-1") }
    #expect(
      try await call(Method.push, ["{}", "{", login]).hasPrefix(
        #"{"records":2,"accepted":1,"duplicate":0,"rejected":1,"#))
    try await checkWhole()
    await stop(running)
  }

  @Test("a preview stores nothing; sources are listed; a bad mapping is refused")
  func definitions() async throws {
    let running = try await start()
    let preview = try await call(
      Method.preview,
      [
        #"{"definition":\#(Self.definition),"header":"\#(Self.header)"}"#,
        "C-1,out,60,2024-05-31T10:00:00Z,r1,",
      ])
    #expect(preview.hasPrefix(#"{"outcomes":[{"index":0,"fate":"event","customer_id":"C-1""#))
    #expect(try await call(Method.totals, ["{}"]) == #"{"sources":{}}"#)
    let sources = try await call(Method.sources, ["{}"])
    #expect(
      sources.hasPrefix(
        #"{"sources":[{"id":"app","source_name":"app","source_type":"app","version":1,"origin":"default","#
          + #""mapping":{"name":"app","#
      ))
    let bad = Self.definition.replacing("cdr", with: "letters")
    await #expect(throws: WireError.self) {
      try await self.call(Method.putSource, [#"{"definition":\#(bad)}"#])
    }
    await #expect(throws: WireError.self) {
      try await self.call(Method.records, [#"{"source":"nothing","run":"r","from":0,"to":1}"#, "x"])
    }
    await stop(running)
  }

  private func checkWhole() async throws {
    #expect(try await call("audit/run", ["{}"]).contains(#""findings":[]"#))
    let rebuilt = try await call("rebuild/run", ["{}"])
    #expect(rebuilt.contains(#""differences":0,"#), "\(rebuilt)")
  }
}
