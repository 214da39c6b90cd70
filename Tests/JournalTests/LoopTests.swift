import Contracts
import Foundation
import Messaging
import Storage
import Support
import Synchronization
import Testing
import Wire

@testable import Journal

@Suite(.serialized, .timeLimit(.minutes(3)))
struct LoopTests {
  private static func lines(_ count: Int, customers: Int = 7, from: Int = 0) -> [String] {
    (from..<from + count).map { "k\($0 % customers) \($0 + 1) \($0 + 1_000_000)" }
  }

  private static func sum(_ lines: [String]) -> [String: Int64] {
    lines.reduce(into: [:]) { sums, line in
      let words = line.split(separator: " ")
      sums["c:\(words[0])", default: 0] += Int64(words[1]) ?? 0
    }
  }

  @Test(arguments: Engine.tested)
  func everythingArrivesOnceAndFoldsAgainAlike(_ engine: Engine) async throws {
    let toy = try ToyCluster(engine)
    let (edge, sums) = (try await toy.edge(), try await toy.sums())
    try await edge.seed()
    try await sums.seed()
    let lines = Self.lines(500)
    try await toy.send(1, lines)
    try await toy.send(1, Array(lines.shuffled().prefix(100)))
    _ = try await toy.bonus(1, "k0", key: "b1")
    try await toy.settle(edge, sums)
    toy.cluster.clock.advance(to: ToyCluster.start + 2 * Micros.second)
    edge.node.timePassed()
    sums.node.timePassed()
    try await toy.settle(edge, sums)
    var expected = Self.sum(lines)
    expected["c:k0", default: 0] += 1_000
    #expect(try await toy.state(sums) == expected)
    try await toy.audit(edge, sums)
    await toy.end(edge, sums)
  }

  @Test func withoutBellsEverythingArrivesByTicks() async throws {
    let toy = try ToyCluster(.sqlite)
    let (edge, sums) = (try await toy.edge(silent: true), try await toy.sums(silent: true))
    try await edge.seed()
    try await sums.seed()
    let lines = Self.lines(100)
    try await toy.send(2, lines)
    try await toy.settle(edge, sums)
    #expect(try await toy.state(sums) == Self.sum(lines))
    await toy.end(edge, sums)
  }

  @Test func aKeyHasOneEffectAndOneAnswer() async throws {
    let toy = try ToyCluster(.sqlite)
    let (edge, sums) = (try await toy.edge(), try await toy.sums())
    try await edge.seed()
    try await sums.seed()
    let first = try await toy.bonus(3, "a", key: "same")
    let again = try await toy.bonus(3, "a", key: "same")
    #expect(first == again)
    #expect(String(decoding: first.first ?? [], as: UTF8.self).contains(#""position":{"partition":3"#))
    let error = await #expect(throws: WireError.self) { try await toy.bonus(3, "b", key: "same") }
    #expect(error?.status == .failedPrecondition)
    #expect(try await toy.state(sums) == ["c:a": 1_000])
    await toy.end(edge, sums)
  }

  @Test(arguments: CutPoint.allCases, Engine.tested)
  func aCutAtAnyPointLosesAndDoublesNothing(_ point: CutPoint, _ engine: Engine) async throws {
    let toy = try ToyCluster(engine)
    let count = Mutex(0)
    let cut: @Sendable (CutPoint) throws -> Void = { reached in
      guard reached == point else { return }
      let number = count.withLock { count in
        count += 1
        return count
      }
      if number % 4 == 0 { throw CutError() }
    }
    var edge = try await toy.edge()
    var sums = try await toy.sums()
    try await edge.seed()
    try await sums.seed()
    await edge.stop()
    await sums.stop()
    let lines = Self.lines(300)
    for (turn, part) in stride(from: 0, to: 300, by: 50).enumerated() {
      edge = try await toy.edge("edge\(turn)", cut: cut)
      sums = try await toy.sums("sums\(turn)", cut: cut)
      for start in stride(from: part, to: part + 50, by: 10) {
        let payloads = Frames([Array("1".utf8)] + lines[start..<start + 10].map { Array($0.utf8) })
        _ = try? await toy.client.call(
          "ingestion", "edge/append", partition: 1, payloads, timeoutMilliseconds: 100, key: "k\(start)")
      }
      await edge.stop()
      await sums.stop()
    }
    edge = try await toy.edge("edge-last")
    sums = try await toy.sums("sums-last")
    for start in stride(from: 0, to: 300, by: 10) {
      try await toy.send(1, Array(lines[start..<start + 10]), key: "k\(start)")
    }
    try await toy.settle(edge, sums)
    #expect(try await toy.state(sums) == Self.sum(lines))
    try await toy.audit(edge, sums)
    await toy.end(edge, sums)
  }

  @Test func lostStateTablesAreFoldedAgain() async throws {
    let toy = try ToyCluster(.sqlite)
    var (edge, sums) = (try await toy.edge(), try await toy.sums())
    try await edge.seed()
    try await sums.seed()
    let lines = Self.lines(200)
    try await toy.send(0, lines)
    _ = try await toy.bonus(0, "k1", key: "x")
    try await toy.settle(edge, sums)
    let before = try await toy.state(sums)
    await edge.stop()
    await sums.stop()
    for database in [toy.edgeDatabase, toy.sumsDatabase] {
      let session = try Session.open(database)
      for table in ["state", "folded", "identity", "timer"] { try session.script("DELETE FROM \(table)") }
      session.close()
    }
    edge = try await toy.edge()
    sums = try await toy.sums()
    try await toy.settle(edge, sums)
    #expect(try await toy.state(sums) == before)
    try await toy.send(0, Array(lines.prefix(20)))
    try await toy.settle(edge, sums)
    #expect(try await toy.state(sums) == before)
    try await toy.audit(edge, sums)
    await toy.end(edge, sums)
  }

  @Test func aReplacedJournalIsRefused() async throws {
    let toy = try ToyCluster(.sqlite)
    var edge = try await toy.edge()
    let sums = try await toy.sums()
    try await edge.seed()
    try await sums.seed()
    try await toy.send(0, Self.lines(50))
    try await toy.settle(edge, sums)
    await edge.stop()
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(toy.folder.path)/edge.sqlite\(suffix)")
    }
    edge = try await toy.edge()
    try await edge.seed()
    try await toy.send(0, Self.lines(10, from: 500))
    while sums.node.main.stopped[0] == nil { try await Task.sleep(for: .milliseconds(10)) }
    #expect(sums.node.main.stopped[0]?.status == .dataLoss)
    #expect(String(decoding: sums.node.health().first ?? [], as: UTF8.self).contains("data_loss"))
    await toy.end(edge, sums)
  }

  @Test func anUnreadableEntryIsParkedAndTheRestGoesOn() async throws {
    let toy = try ToyCluster(.sqlite)
    let (edge, sums) = (try await toy.edge(), try await toy.sums())
    try await edge.seed()
    try await sums.seed()
    try await toy.send(0, ["a 1 1", "bad", "a 2 2"])
    try await toy.settle(edge, sums)
    #expect(try await toy.state(sums) == ["c:a": 3])
    let progress = try #require(await sums.node.main.owner(of: 0).progress(of: 0))
    #expect(progress.parked == [ParkedEntry(journal: .events, number: 2)])
    let report = String(decoding: try await sums.node.rebuildAll().first ?? [], as: UTF8.self)
    #expect(report.contains(#""differences":0"#), "\(report)")
    await toy.end(edge, sums)
  }
}
