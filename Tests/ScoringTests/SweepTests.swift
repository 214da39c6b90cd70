import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct SweepTests {
  @Test func daysThatPassMoveScores() throws {
    let story = try Story()
    try story.badge("idle", Criteria.idle)
    try story.badge("fresh", #"{">=":[{"var":"engagement"},10]}"#)
    try story.call()
    let crossings = try story.pass(days: 6)
    #expect(crossings.map(\.told) == ["down", "up"])
    #expect(crossings.map(\.cause) == ["sweep", "sweep"])
    #expect(crossings.map(\.events) == [1, 1])
    #expect(crossings.map { Zone.utc.day(ofMicros: $0.asOf) - Story.today } == [1, 4])
    #expect(try story.audit() == [])
  }

  /// Midnight is the operator's.
  @Test func sweepsComeAtLocalMidnight() throws {
    let zone = try Zone(named: "Asia/Tashkent")
    let story = try Story(zone: zone)
    try story.badge("idle", #"{">=":[{"var":"days_since_last_activity"},1]}"#)
    try story.call()
    let crossing = try #require(try story.pass(days: 1).first)
    #expect(crossing.asOf == zone.start(of: Story.today + 1))
    #expect(crossing.asOf == Story.noon + 7 * Micros.hour)
    #expect(story.twin.registers.sweepAt == zone.start(of: Story.today + 2))
  }

  /// More customers than one slice holds, in one instant.
  @Test(arguments: [999, 1_000, 1_001, 2_500]) func slicesReachEveryCustomer(count: Int) throws {
    let story = try Story()
    try story.badge("idle", Criteria.idle)
    let entries = (0..<count).map { Story.event(.init(customer: "c\($0)")) }
    _ = try story.feed(.events, entries)
    #expect(story.twin.registers.customers == count)
    let crossings = try story.pass(days: 4)
    #expect(Set(crossings.map(\.customer)).count == count)
    #expect(crossings.count == count)
    #expect(Set(crossings.map(\.asOf)).count == 1)
    #expect(story.twin.registers.crossings == Int64(count))
    #expect(story.twin.registers.sweepCursor == "")
  }

  @Test func aPartitionWithoutCustomersWaitsForNothing() throws {
    let story = try Story()
    try story.badge("idle", Criteria.idle)
    #expect(story.twin.registers.sweepAt == 0)
    #expect(try story.pass(days: 400) == [])
    #expect(story.twin.progress.intake == 1)
  }

  @Test func rowsAreWrittenOnlyWhenSomethingChanged() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(1))
    try story.call()
    let row = try story.row()
    try story.pass(days: 60)
    #expect(try story.row() == row)
    try story.pass(days: 1)
    #expect(try story.row().live.isEmpty)
  }
}
