import Contracts
import Testing
import Wire

@testable import Badging

@Suite struct AwardTests {
  @Test func aHigherLevelBringsTheLowerOnes() throws {
    let stage = try Stage()
    let told = try stage.up(engagement(80)).told
    #expect(told == ["+power_user.bronze", "+power_user.silver", "+power_user.gold"])
    #expect(try stage.up(engagement(40)).told == [])
    #expect(try stage.up(engagement(95)).told == ["+power_user.platinum"])
    #expect(try stage.audit() == [])
  }

  @Test func anAwardStaysWhenItsCriterionBecomesFalse() throws {
    let stage = try Stage()
    try stage.up(engagement(40))
    #expect(try stage.down(engagement(40)) == [])
    #expect(try stage.held() == ["power_user.bronze"])
    #expect(try stage.up(engagement(40)).told == [])
    #expect(try stage.audit() == [])
  }

  @Test func aReversalTakesTheEvidenceAndTheAward() throws {
    let stage = try Stage()
    let up = try stage.up(engagement(40))
    #expect(try stage.revoke(up.number, of: engagement(40)) == ["-power_user.bronze"])
    #expect(try stage.held() == [])
    let output = try #require(stage.twin.outputs.last)
    let entry = try #require(try AwardEntry(output[...]))
    #expect(entry.evidence == [.crossing(up.number)])
    #expect(entry.reason == .reversal)
    #expect(entry.id == "a-7-1")
    #expect(try stage.up(engagement(40)).told == ["+power_user.bronze"])
    #expect(try stage.row().held[0].place == 2)
    #expect(try stage.audit() == [])
  }

  @Test func anEarlierUpStillSupportsIt() throws {
    let stage = try Stage()
    try stage.up(engagement(40))
    try stage.down(engagement(40))
    let second = try stage.up(engagement(40))
    #expect(try stage.revoke(second.number, of: engagement(40)) == [])
    #expect(try stage.held() == ["power_user.bronze"])
    #expect(try stage.revoke(1, of: engagement(40)) == ["-power_user.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func aHigherLevelSupportsTheLowerOne() throws {
    let stage = try Stage()
    let bronze = try stage.up(engagement(40))
    let silver = try stage.up(engagement(60))
    #expect(try stage.revoke(bronze.number, of: engagement(40)) == [])
    #expect(try stage.held() == ["power_user.bronze", "power_user.silver"])
    let told = try stage.revoke(silver.number, of: engagement(60))
    #expect(Set(told) == ["-power_user.bronze", "-power_user.silver"])
    #expect(try stage.audit() == [])
  }

  @Test func aRevokedDownLeavesWhatIsTrueNow() throws {
    let stage = try Stage()
    let first = try stage.up(engagement(40))
    try stage.down(engagement(40))
    try stage.revoke(first.number, of: engagement(40))
    #expect(try stage.held() == [])
    #expect(try stage.row().truths == [])
    #expect(try stage.audit() == [])
  }

  @Test func oneOfTwoComparisonsIsEnough() throws {
    let either = #"{"or":[{">=":[{"var":"referrals"},3]},{"<":[0,{"var":"missions_completed.loyalty"}]}]}"#
    let badge = BadgeDefinition(
      badgeType: "referrer", level: .bronze, name: "R", description: "R", criteria: either)
    let stage = try Stage([badge])
    let up = try stage.up(#"{">=":[{"var":"referrals"},3]}"#)
    #expect(up.told == ["+referrer.bronze"])
    let completed = try stage.outcome(.completed, "m-7-1", category: "loyalty", points: 0)
    #expect(completed == ["notice mission.completed"])
    #expect(try stage.revoke(up.number, of: #"{">=":[{"var":"referrals"},3]}"#) == [])
    let revoked = try stage.outcome(.revoked, "m-7-1", category: "loyalty", points: 0)
    #expect(revoked == ["notice mission.revoked", "-referrer.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func bothOfTwoComparisonsAreNeeded() throws {
    let gap = #"{">=":[{"var":"longest_return_gap_days"},30]}"#
    let both = #"{"and":[\#(gap),{">=":[{"var":"missions_completed.correction"},1]}]}"#
    let badge = BadgeDefinition(
      badgeType: "comeback_hero", level: .bronze, name: "C", description: "C", criteria: both)
    let stage = try Stage([badge])
    try stage.outcome(.completed, "m-7-1", category: "correction")
    let up = try stage.up(gap)
    #expect(up.told == ["+comeback_hero.bronze"])
    #expect(try stage.revoke(up.number, of: gap) == ["-comeback_hero.bronze"])
    #expect(try stage.up(gap).told == ["+comeback_hero.bronze"])
    try stage.down(gap)
    let told = try stage.outcome(.revoked, "m-7-1", category: "correction")
    #expect(told == ["notice mission.revoked", "points -120", "-comeback_hero.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func missionsOfACategoryAreCounted() throws {
    let badge = BadgeDefinition(
      badgeType: "comeback_hero", level: .silver, name: "C", description: "C",
      criteria: #"{">=":[{"var":"missions_completed.correction"},3]}"#)
    let stage = try Stage([badge])
    for mission in 1...4 {
      let told = try stage.outcome(.completed, "m-7-\(mission)", category: "correction", points: 0)
      #expect(told.contains("+comeback_hero.silver") == (mission == 3))
      try stage.outcome(.completed, "m-7-9\(mission)", category: "revenue", points: 0)
    }
    let fourth = try stage.outcome(.revoked, "m-7-2", category: "correction", points: 0)
    #expect(fourth == ["notice mission.revoked"])
    let third = try stage.outcome(.revoked, "m-7-1", category: "correction", points: 0)
    #expect(third == ["notice mission.revoked", "-comeback_hero.silver"])
    let again = try stage.outcome(.completed, "m-7-1", occasion: 2, category: "correction", points: 0)
    #expect(again == ["notice mission.completed", "+comeback_hero.silver"])
    #expect(try stage.audit() == [])
  }

  @Test func customersDoNotMeet() throws {
    let stage = try Stage()
    try stage.up(engagement(40), "C-1")
    let other = try stage.up(engagement(40), "C-1:2")
    try stage.revoke(other.number, of: engagement(40), "C-1:2")
    #expect(try stage.held("C-1") == ["power_user.bronze"])
    #expect(try stage.held("C-1:2") == [])
    #expect(try stage.audit() == [])
  }
}
