import Contracts
import Foundation
import Glibc
import Messaging
import Support
import Synchronization
import Testing
import Wire

/// Processes are killed under load; afterwards every accepted event has exactly one effect.
@Suite(.serialized) struct KillTests {
  /// Kills in an ordinary run; `LAUREL_SOAK=1` makes it 5,000.
  static let kills = ProcessInfo.processInfo.environment["LAUREL_SOAK"] == nil ? 50 : 5_000

  @Test func randomKillsLoseAndDoubleNothing() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("kill seed: \(seed)")
    var random = SeededGenerator(seed: seed)
    let town = try Processes()
    try await town.startAll()
    let load = Load(town, seed: seed)
    let sending = Task { await load.run() }
    for _ in 0..<Self.kills {
      try await Task.sleep(for: .milliseconds(Int.random(in: 50...500, using: &random)))
      try town.killAndStart(town.names.randomElement(using: &random) ?? "scoring")
    }
    load.stop()
    await sending.value
    try await town.ready()
    #expect(load.failures.isEmpty, "\(load.failures.prefix(3))")
    print("\(load.sent) events sent through \(Self.kills) kills")
    #expect(load.sent > 100)
    let rebuild = try await town.laurel("rebuild")
    #expect(rebuild.code == 0, "\(rebuild.output)")
    let audit = try await town.laurel("audit")
    #expect(audit.code == 0, "\(audit.output)")
    let status = try await town.laurel("status", "--json")
    #expect(status.code == 0, "\(status.output)")
    #expect(try await load.journaled() == load.sent)
    let codes = await town.stopAll()
    #expect(codes.values.allSatisfy { $0 == 0 }, "\(codes)")
    let left = try FileManager.default.contentsOfDirectory(atPath: town.home + "/run")
    #expect(left.filter { $0.hasSuffix(".rpc") || $0.hasSuffix(".bell") }.isEmpty, "\(left)")
  }

  @Test(.enabled(if: PrivatePostgres.isAvailable, "PostgreSQL is not installed"))
  func aStoppedOwnerIsTakenOverAndFenced() async throws {
    let database = try PrivatePostgres.shared().freshDatabaseText()
    let town = try Processes(
      scoring: ["scoring-a", "scoring-b"],
      more: [.scoring: ["LAUREL_DATABASE": database]])
    try await town.startAll()
    let load = Load(town, seed: 7)
    let sending = Task { await load.run() }
    try await shared(town, between: ["scoring-a", "scoring-b"])
    let before = town.owned(by: "scoring-a")
    #expect(!before.isEmpty)
    town.signal("scoring-a", SIGSTOP)
    let begin = ContinuousClock.now
    while !before.isSubset(of: town.owned(by: "scoring-b")) {
      try await Task.sleep(for: .milliseconds(20))
      if ContinuousClock.now - begin > .seconds(20) { break }
    }
    let took = ContinuousClock.now - begin
    print("takeover after \(took)")
    #expect(took < .seconds(5))
    try await Task.sleep(for: .seconds(1))
    town.signal("scoring-a", SIGCONT)
    try await shared(town, between: ["scoring-a", "scoring-b"])
    load.stop()
    await sending.value
    try await town.ready()
    #expect(load.failures.isEmpty, "\(load.failures.prefix(3))")
    let rebuild = try await town.laurel("rebuild")
    #expect(rebuild.code == 0, "\(rebuild.output)")
    let audit = try await town.laurel("audit")
    #expect(audit.code == 0, "\(audit.output)")
    #expect(try await load.journaled() == load.sent)
    _ = await town.stopAll()
  }

  /// Waits until both replicas own their share.
  private func shared(_ town: Processes, between names: [String]) async throws {
    for _ in 0..<300 {
      if names.allSatisfy({ town.owned(by: $0).count >= 4 }) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("the partitions are not shared: \(names.map(town.owned(by:))) \(town.logs())")
  }
}

extension Processes {
  /// The customer partitions that a replica announces.
  func owned(by instance: String) -> Set<Int> {
    Set(directory.replicas.first { $0.instance == instance }?.partitions.filter { $0 < 8 } ?? [])
  }
}

/// Sends events of a few customers, each batch under its key until it is durable.
final class Load: Sendable {
  private struct State {
    var sent = 0
    var failures: [String] = []
    var isStopped = false
  }

  private let town: Processes
  private let state = Mutex(State())
  private let seed: UInt64

  init(_ town: Processes, seed: UInt64) {
    self.town = town
    self.seed = seed
  }

  var sent: Int { state.withLock(\.sent) }
  var failures: [String] { state.withLock(\.failures) }
  func stop() { state.withLock { $0.isStopped = true } }

  func run() async {
    var random = SeededGenerator(seed: seed)
    let now = Int64(Date().timeIntervalSince1970)
    var number = 0
    while !state.withLock(\.isStopped) {
      var payloads = Frames([JSONWriter.object { $0.member("detail", false) }])
      for _ in 0..<20 {
        number += 1
        let (customer, at) = (
          Int.random(in: 0..<40, using: &random), now - Int64.random(in: 0..<600_000, using: &random)
        )
        let type = number <= 40 ? "ACTIVATION" : "CALL_OUTGOING"
        let id = number <= 40 ? number - 1 : customer
        payloads.append(
          JSONWriter.object { writer in
            writer.member("customer_id", "k\(id)")
            writer.member("event_type", type)
            if number > 40 { writer.member("value", 60) }
            writer.member("timestamp", at)
            writer.member("source_event_id", "n\(number)")
          })
      }
      await send(payloads, key: "load-\(number)")
    }
  }

  private func send(_ payloads: Frames, key: String) async {
    for _ in 0..<200 {
      do {
        let reply = try await town.directory.call(
          "ingestion", "ingestion.v1/push", payloads, timeoutMilliseconds: 3_000, key: key, retry: true)
        let text = String(decoding: reply.first ?? [], as: UTF8.self)
        state.withLock { state in
          if text.contains(#""accepted":20"#) { state.sent += 20 } else { state.failures.append(text) }
        }
        return
      } catch {
        try? await Task.sleep(for: .milliseconds(50))
      }
    }
    state.withLock { $0.failures.append("batch \(key) was never taken") }
  }

  /// The accepted events of the source in Ingestion's own count.
  func journaled() async throws -> Int {
    let reply = try await town.directory.call(
      "ingestion", "ingestion.v1/totals", timeoutMilliseconds: 5_000, retry: true)
    let object = try JSONSerialization.jsonObject(with: Data(reply.first ?? [])) as? [String: Any]
    let sources = object?["sources"] as? [String: [String: Any]]
    return sources?["push"]?["accepted"] as? Int ?? -1
  }
}
