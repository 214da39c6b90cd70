import Foundation
import Glibc
import Messaging
import Support
import Testing
import Wire

/// Ingestion is killed while a connector runs; afterwards every record was accepted exactly once.
@Suite(.serialized) struct SyncKillTests {
  /// Records of one run, in files of so many.
  static let records = 200_000
  static let fileRecords = 10_000
  /// Kills of one round; `LAUREL_SOAK=1` makes it twenty rounds.
  static let kills = 10
  static let isSoak = ProcessInfo.processInfo.environment["LAUREL_SOAK"] != nil
  static let rounds = isSoak ? 20 : 1

  @Test(arguments: 1...rounds)
  func aKilledRunLosesAndRepeatsNothing(round: Int) async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("sync kill seed: \(seed)")
    var random = SeededGenerator(seed: seed)
    let town = try Processes()
    let ingestion = Ingestion(town)
    try ingestion.write()
    try town.start("ingestion")
    try await ingestion.define()
    var (inside, before) = (0, 0)
    for number in 0..<Self.kills {
      // Every fourth dies while it starts.
      if number % 4 != 3 { before = try await ingestion.read() }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
      if before < Self.records { inside += 1 }
      try town.killAndStart("ingestion")
    }
    print("\(inside) of \(Self.kills) kills fell into the sync, the last one after \(before) records or more")
    #expect(inside > 0)
    while try await ingestion.read() < Self.records { try await Task.sleep(for: .milliseconds(100)) }
    try await ingestion.check()
    await ingestion.close()
    _ = await town.stopAll()
  }
}

/// The one process of Ingestion, asked at its own socket.
private struct Ingestion {
  let town: Processes
  private let caller: Caller?

  init(_ town: Processes) {
    self.town = town
    caller = try? Caller(url: "ipc://\(town.home)/run/ingestion.rpc", name: "test")
  }

  private var files: String { town.home + "/feed" }

  /// The files of calls of 1,000 customers, each record once.
  func write() throws {
    try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
    let count = SyncKillTests.fileRecords
    for file in 0..<SyncKillTests.records / count {
      var text = "who,seconds,at,id\n"
      for number in file * count..<(file + 1) * count {
        text += "k\(number % 1_000),\(number % 600),2024-05-31T10:00:00Z,r\(number)\n"
      }
      try Data(text.utf8).write(to: URL(filePath: "\(files)/\(100 + file).csv"))
    }
  }

  func close() async { await caller?.close() }

  /// Asks until somebody answers.
  private func ask(_ method: String, _ payload: String) async throws -> [String: Any] {
    for _ in 0..<600 {
      if let reply = try? await caller?.call(
        method, Frames([Array(payload.utf8)]), timeoutMilliseconds: 120_000),
        let object = try JSONSerialization.jsonObject(with: Data(reply.first ?? [])) as? [String: Any]
      {
        return object
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("\(method) is not answered: \(town.logs())")
    return [:]
  }

  /// Its schedule begins the run, and goes on with it after each kill.
  func define() async throws {
    let definition =
      #"{"definition":{"name":"calls","type":"cdr","sync_frequency":"real_time","connection_config":"#
      + #"{"kind":"file","directory":"\#(files)","glob":"*.csv","format":"csv"},"events":[{"customer_id":"#
      + #""who","event_type":{"const":"CALL_OUTGOING"},"value":"seconds","timestamp":"at","#
      + #""source_event_id":"id"}]}}"#
    _ = try await ask("ingestion.v1/put-source", definition)
  }

  /// Records that closed chunks have counted.
  func read() async throws -> Int { try await totals()["records"] as? Int ?? 0 }

  private func totals() async throws -> [String: Any] {
    try await ask("ingestion.v1/source-totals", #"{"source":"calls"}"#)
  }

  func check() async throws {
    let totals = try await totals()
    let expected = ["records": SyncKillTests.records, "accepted": SyncKillTests.records]
    for name in ["records", "accepted", "duplicate", "rejected", "skipped", "open_chunks"] {
      #expect(totals[name] as? Int == expected[name] ?? 0, "\(name)")
    }
    let jobs = try await ask("jobs/list", #"{"limit":1000}"#)["results"] as? [[String: Any]] ?? []
    for name in ["read", "accepted", "duplicate", "done"] {
      let bytes = try name == "done" ? size() : nil
      let expected = bytes ?? (name == "duplicate" ? 0 : SyncKillTests.records)
      #expect(jobs.reduce(0) { $0 + ($1[name] as? Int ?? 0) } == expected, "\(name) of \(jobs.count) jobs")
    }
    let heads = try await ask("journal/heads", #"{"journal":"events"}"#)
    let found = (heads["heads"] as? [String: [String: Any]] ?? [:]).values
    #expect(found.reduce(0) { $0 + ($1["head"] as? Int ?? 0) } == SyncKillTests.records, "\(heads)")
    let audit = try await ask("audit/run", "{}")
    #expect((audit["findings"] as? [String]) == [], "\(audit["findings"] ?? "none")")
    // To fold all of it again takes longer than all kills.
    if SyncKillTests.isSoak {
      let rebuild = try await ask("rebuild/run", "{}")
      #expect(rebuild["differences"] as? Int == 0, "\(rebuild)")
    }
  }

  private func size() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: files).reduce(0) { sum, name in
      let facts = try FileManager.default.attributesOfItem(atPath: "\(files)/\(name)")
      return sum + ((facts[.size] as? Int) ?? 0)
    }
  }
}
