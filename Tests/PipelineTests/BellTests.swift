import Testing

/// Bells save time; nothing depends on them.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct BellTests {
  @Test func withoutAnyBellEverythingArrivesByTicks() async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max), customers: 12, days: 9)
    print("withoutAnyBellEverythingArrivesByTicks: seed \(story.seed)")
    let town = try Town(isSilent: true)
    try await town.open()
    let life = TownLife(town: town, story: story)
    try await life.live(0..<story.arrivals.count)
    _ = try await life.end()
  }
}
