import Storage
import Support
import Testing

/// However a town's records arrive, what is counted is the same.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct OrderTests {
  @Test(arguments: Telling.allCases)
  func anyTellingCountsTheSame(_ telling: Telling) async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max))
    print("anyTellingCountsTheSame: \(telling), seed \(story.seed)")
    let plain = try await lasting(story, nil)
    let other = try await lasting(story, telling)
    plain.expectSame(as: other, "\(telling), seed \(story.seed)")
  }

  private func lasting(_ story: Story, _ telling: Telling?) async throws -> Lasting {
    let town = try Town()
    try await town.open()
    let life = TownLife(town: town, story: story, telling: telling)
    try await life.live(0..<story.arrivals.count)
    try await life.compare(lastDay: story.arrivals.count - 1)
    try await town.check(life.told)
    let lasting = try await Lasting(town, story.customers)
    await town.end()
    return lasting
  }
}
