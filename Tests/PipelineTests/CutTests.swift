import Journal
import Storage
import Support
import Testing

/// Whoever is broken off wherever, and comes again: nothing is lost and nothing is done twice.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct CutTests {
  /// A cut comes at one of the first passages of a point.
  private static let passages = 1...3

  @Test func cutsAtEveryPointOfEveryServiceChangeNothing() async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max), customers: 12, days: 9)
    print("cutsAtEveryPointOfEveryServiceChangeNothing: seed \(story.seed)")
    let whole = try await TownLife.whole(story)
    for point in CutPoint.allCases {
      let cut = try await live(story, point, .sqlite)
      cut.expectSameDecisions(as: whole, "cut when \(point), seed \(story.seed)")
    }
    // There every partition is committed by itself, and one that falls leaves the others standing.
    guard Engine.tested.contains(.postgres) else { return }
    let cut = try await live(story, .committed, .postgres)
    cut.expectSameDecisions(as: whole, "cut on PostgreSQL, seed \(story.seed)")
  }

  /// One service after the other is broken off, and comes again while clients try on.
  private func live(_ story: Story, _ point: CutPoint, _ engine: Engine) async throws -> Lasting {
    let town = try Town(engine)
    try await town.open()
    let life = TownLife(town: town, story: story)
    var random = SeededGenerator(seed: story.seed)
    try await town.withRepairs {
      try await life.live(0..<story.arrivals.count) { _ in
        // One that was not broken off yet has another day.
        let next = Town.services[town.cutter.fired % Town.services.count]
        town.cutter.arm(point, of: next, passage: Int.random(in: Self.passages, using: &random))
      }
    }
    #expect(town.cutter.fired >= Town.services.count, "\(point), \(life.told)")
    return try await life.end()
  }
}
