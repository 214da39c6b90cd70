import Testing
@Suite(.serialized)
struct SoakTests {
  @Test(arguments: 0..<12) func small(_ n: Int) async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max), customers: 12, days: 9)
    let town = try Town()
    try await town.open()
    let life = TownLife(town: town, story: story)
    try await life.live(0..<story.arrivals.count)
    print("TOTALS", String(decoding: try await town.ask(.badging, "badging.v1/totals", ["{}"]), as: UTF8.self))
    print("MISSIONS", String(decoding: try await town.ask(.missions, "missions.v1/totals", ["{}"]), as: UTF8.self))
    _ = try await life.end()
  }
}
