import Contracts
import Storage
import Support
import Testing
import Wire

@testable import Journal

@Suite(.serialized, .timeLimit(.minutes(3)))
struct SnapshotTests {
  private static let partition = 1

  private static func lines(_ numbers: Range<Int>) -> [String] {
    numbers.map { "k\($0 % 7) \($0 + 1) \($0 + 1_000_000)" }
  }

  /// A rebuild of both, and what its report says of a member, added up.
  private func rebuild(_ edge: ToyCluster.Edge, _ sums: ToyCluster.Sums, whole: Bool = false) async throws
    -> (from: Int64, differences: Int64)
  {
    var result: (from: Int64, differences: Int64) = (0, 0)
    for report in [
      try await edge.node.rebuildAll(isWhole: whole), try await sums.node.rebuildAll(isWhole: whole),
    ] {
      var scanner = JSONScanner(try #require(report.first))
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "from_snapshot": result.from += try scanner.integer()
        case "differences": result.differences += try scanner.integer()
        default: try scanner.skip()
        }
      }
    }
    return result
  }

  /// A run of two loads with a rebuild between them, and its state at the end.
  private func run(_ toy: ToyCluster) async throws -> (
    edge: ToyCluster.Edge, sums: ToyCluster.Sums, state: [String: Int64]
  ) {
    let (edge, sums) = (try await toy.edge(), try await toy.sums())
    try await edge.seed()
    try await sums.seed()
    try await toy.send(Self.partition, Self.lines(0..<300))
    _ = try await toy.bonus(Self.partition, "k1", key: "first")
    try await toy.settle(edge, sums)
    let first = try await rebuild(edge, sums)
    #expect(first.from == 0 && first.differences == 0)
    try await toy.send(Self.partition, Self.lines(250..<400))
    _ = try await toy.bonus(Self.partition, "k2", key: "second")
    try await toy.settle(edge, sums)
    return (edge, sums, try await toy.state(sums))
  }

  /// Runs statements on both stores, which no process has open.
  private func change(_ toy: ToyCluster, _ statements: [String]) throws {
    for database in [toy.edgeDatabase, toy.sumsDatabase] {
      let session = try Session.open(database)
      for statement in statements { try session.script(statement) }
      session.close()
    }
  }

  private static let loseState = ["state", "folded", "identity", "timer"].map { "DELETE FROM \($0)" }

  @Test(arguments: Engine.tested)
  func aRebuildBeginsAtTheLastOnesSnapshot(_ engine: Engine) async throws {
    let toy = try ToyCluster(engine)
    let (edge, sums, _) = try await run(toy)
    let tail = try await rebuild(edge, sums)
    #expect(tail.from > 0 && tail.differences == 0)
    let whole = try await rebuild(edge, sums, whole: true)
    #expect(whole.from == 0 && whole.differences == 0)
    await toy.end(edge, sums)
  }

  @Test(arguments: Engine.tested)
  func lostStateComesFromTheSnapshotAndTheTail(_ engine: Engine) async throws {
    let toy = try ToyCluster(engine)
    let (edge, sums, state) = try await run(toy)
    await edge.stop()
    await sums.stop()
    // Without the intake before the snapshot, nothing but the snapshot can give the state back.
    try change(
      toy,
      Self.loseState + [
        """
        DELETE FROM page WHERE journal = 'intake' AND partition = \(Self.partition) AND first + count - 1 <=
        (SELECT max(intake) FROM snapshot WHERE snapshot.partition = \(Self.partition))
        """
      ])
    let (again, follower) = (try await toy.edge(), try await toy.sums())
    try await toy.settle(again, follower)
    #expect(try await toy.state(follower) == state)
    try await toy.send(Self.partition, Self.lines(0..<400))
    try await toy.settle(again, follower)
    #expect(try await toy.state(follower) == state, "identities came back: all are duplicates")
    await toy.end(again, follower)
  }

  @Test(arguments: [
    "UPDATE snapshot SET bytes = substr(bytes, 1, length(bytes) - 1) || x'07' WHERE part = 1",
    "DELETE FROM snapshot WHERE part = 1", "UPDATE snapshot SET version = 99",
    "UPDATE snapshot SET bytes = x'ff' WHERE part = 0",
    "UPDATE snapshot SET intake = 1000000",
  ])
  func aSnapshotThatCannotBeUsedIsPassedOver(_ damage: String) async throws {
    let toy = try ToyCluster(.sqlite)
    let (edge, sums, state) = try await run(toy)
    await edge.stop()
    await sums.stop()
    try change(toy, Self.loseState + [damage])
    let (again, follower) = (try await toy.edge(), try await toy.sums())
    try await toy.settle(again, follower)
    #expect(try await toy.state(follower) == state)
    let rebuilt = try await rebuild(again, follower)
    #expect(rebuilt.from == 0 && rebuilt.differences == 0)
    try await toy.audit(again, follower)
    await toy.end(again, follower)
  }

  @Test("a fold that differs leaves no snapshot")
  func differencesLeaveNone() async throws {
    let toy = try ToyCluster(.sqlite)
    let (edge, sums) = (try await toy.edge(), try await toy.sums())
    try await edge.seed()
    try await sums.seed()
    try await toy.send(Self.partition, Self.lines(0..<50))
    try await toy.settle(edge, sums)
    let session = try Session.open(toy.sumsDatabase)
    try session.script("DELETE FROM state WHERE partition = \(Self.partition) AND key = x'633a6b31'")
    #expect(try await rebuild(edge, sums).differences > 0)
    let kept = try session.query(
      "SELECT count(*) FROM snapshot WHERE partition = \(Self.partition)"
    ) { $0.integer(0) }
    #expect(kept == [0])
    session.close()
    await toy.end(edge, sums)
  }
}
