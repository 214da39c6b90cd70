import Contracts
import Foundation
import Storage
import Support
import Testing
import Wire

@testable import Journal

/// State follows from intake and journals, and from nothing else.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RebuildTests {
  /// The day on which the town's state is lost.
  private static let loss = 9

  @Test(arguments: Engine.tested)
  func lostStateIsFoldedAgainAlike(_ engine: Engine) async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max))
    print("lostStateIsFoldedAgainAlike: \(engine), seed \(story.seed)")
    let town = try Town(engine)
    try await town.open()
    let life = TownLife(town: town, story: story)
    try await life.live(0..<Self.loss)
    try await town.check("before the loss, \(life.told)")
    let before = try await town.portraits(story.customers)
    await town.close()
    try town.forgetState()
    try await town.open()
    try await town.advance(to: Story.midnight(Self.loss - 1))
    #expect(try await town.portraits(story.customers) == before, "\(life.told)")
    try await life.live(Self.loss..<story.arrivals.count)
    _ = try await life.end()
  }

  @Test func aReplacedJournalIsRefusedByItsFollowers() async throws {
    let story = Story(seed: 1)
    let town = try Town()
    try await town.open()
    let life = TownLife(town: town, story: story)
    try await life.live(0..<2)
    let partitions = Set(story.arrivals[..<2].joined().map { Town.partition(of: $0.customer) })
    #expect(partitions.count == Town.partitions)
    let customer = try #require(story.arrivals[0].first?.customer)
    let before = try await town.rewards(customer)
    await town.close(.ingestion)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(town.place.folder.path)/ingestion.sqlite\(suffix)")
    }
    try await town.open(.ingestion)
    try await town.push(story.arrivals[2], key: "to the new journal")
    let scoring = try #require(town.scoring.node)
    let missions = try #require(town.missions.node)
    try await stopped(scoring)
    try await stopped(missions)
    #expect(String(decoding: scoring.health().first ?? [], as: UTF8.self).contains("data_loss"))
    let refusal = await #expect(throws: WireError.self) { try await town.scores(customer) }
    #expect(refusal?.status == .dataLoss)
    #expect(try await town.rewards(customer) == before)
    await town.end()
  }

  /// Waits until a node has stopped all its partitions.
  private func stopped<Main: Fold, Defs: Fold>(_ node: Node<Main, Defs>) async throws {
    let deadline = ContinuousClock.now + .milliseconds(Town.patienceMilliseconds)
    while node.main.stopped.count < Town.partitions, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(Town.tickMilliseconds))
    }
    #expect(node.main.stopped.count == Town.partitions)
    #expect(node.main.stopped.values.allSatisfy { $0.status == .dataLoss }, "\(node.main.stopped)")
  }
}
