import Contracts
import Journal
import Testing
import Wire

@testable import Badging

@Suite struct DefinitionChangeTests {
  private func changed(_ slug: String, _ change: (inout BadgeDefinition) -> Void) throws -> BadgeDefinition {
    var badge = try DefaultBadges.badge(slug)
    badge.version += 1
    badge.origin = .operator
    change(&badge)
    return badge
  }

  @Test func aNewComparisonIsAwardedByItsCrossing() throws {
    let stage = try Stage()
    try stage.up(engagement(40))
    try stage.define(try changed("power_user.silver") { $0.criteria = engagement(45) })
    #expect(try stage.settle() == [])
    let told = try stage.up(engagement(45), cause: "definition").told
    #expect(told == ["+power_user.silver"])
    let output = try #require(stage.twin.outputs.last)
    let award = try #require(try AwardEntry(output[...]))
    #expect(award.reason == .definition)
    #expect(try stage.audit() == [])
  }

  @Test func anEditWithoutANewComparisonIsSwept() throws {
    let stage = try Stage()
    for number in 1...3 { try stage.up(engagement(40), "C-\(number)") }
    try stage.down(engagement(40), "C-2")
    try stage.define(try changed("power_user.silver") { $0.criteria = engagement(40) })
    #expect(Entry.told(try stage.settle()) == ["+power_user.silver", "+power_user.silver"])
    #expect(try stage.held("C-2") == ["power_user.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func aSweepGoesOverAllCustomersInSlices() throws {
    let stage = try Stage()
    let count = BadgingFold.sweepMax + 7
    let comparison = try identity(of: engagement(40))
    let ups = (1...count).map {
      Entry.crossing(
        CrossingEntry(
          customer: "C-\($0)", comparison: comparison, change: .up, asOf: 0, events: 1, cause: "event"))
    }
    try stage.twin.feed(.crossings, ups, now: stage.now)
    stage.fed[.crossings] = ups
    try stage.define(try changed("power_user.silver") { $0.criteria = engagement(40) })
    #expect(try stage.settle().count == count)
    #expect(stage.twin.registers.awards["power_user.silver"] == count)
    #expect(stage.twin.registers.sweptTo == nil)
    #expect(try stage.audit() == [])
  }

  @Test func anEditOfTheNameStartsNoSweep() throws {
    let stage = try Stage()
    try stage.define(try changed("power_user.silver") { $0.name = "Keen" })
    #expect(stage.twin.registers.sweptTo == nil)
  }

  @Test func aBadgeThatIsNotActiveIsNotAwarded() throws {
    let stage = try Stage()
    try stage.define(try changed("power_user.bronze") { $0.isActive = false })
    #expect(try stage.up(engagement(60)).told == ["+power_user.silver"])
    let told = try stage.outcome(.completed, "m-7-1", points: 0, badge: "power_user", level: "bronze")
    #expect(told == ["notice mission.completed"])
    try stage.define(try changed("power_user.bronze") { $0.isActive = true })
    #expect(Entry.told(try stage.settle()) == ["+power_user.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func whatCeasedToBeWatchedIsNotBelievedLater() throws {
    let stage = try Stage()
    try stage.up(engagement(60), "C-1")
    try stage.define(try changed("power_user.silver") { $0.criteria = engagement(70) })
    try stage.define(try changed("power_user.silver") { $0.criteria = engagement(60) })
    try stage.settle()
    // Scoring says nothing of C-1, for whom it is not true any more by now.
    #expect(try stage.row().truths == [])
    let told = try stage.up(engagement(60), "C-2", cause: "definition").told
    #expect(told == ["+power_user.bronze", "+power_user.silver"])
    #expect(try stage.audit() == [])
  }

  @Test func aCrossingMayComeBeforeItsDefinition() throws {
    let stage = try Stage()
    #expect(try stage.up(engagement(50), cause: "definition").told == [])
    try stage.define(try changed("power_user.silver") { $0.criteria = engagement(50) })
    #expect(Entry.told(try stage.settle()) == ["+power_user.bronze", "+power_user.silver"])
    #expect(try stage.audit() == [])
  }
}
