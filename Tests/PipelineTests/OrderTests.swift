import Testing

/// However a town's records arrive, what is counted is the same.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct OrderTests {
  @Test func everyTellingCountsTheSame() async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max))
    print("everyTellingCountsTheSame: seed \(story.seed)")
    let plain = try await TownLife.whole(story)
    for telling in Telling.allCases {
      let other = try await TownLife.whole(story, telling)
      other.expectSame(as: plain, "\(telling), seed \(story.seed)")
    }
  }
}
