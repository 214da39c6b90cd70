import Contracts
import Testing
import Wire

@testable import Badging

@Suite struct QuietTests {
  @Test func quietCrossingsWaitForTheFirstLoudEntry() throws {
    let stage = try Stage()
    #expect(try stage.up(engagement(60), quiet: true).told == [])
    #expect(try stage.up(engagement(95), quiet: true).told == [])
    #expect(try stage.down(engagement(95), quiet: true) == [])
    #expect(try stage.row().isWaiting)
    let told = try stage.outcome(.generated, "m-7-1")
    #expect(told == ["notice mission.generated", "+power_user.bronze", "+power_user.silver"])
    #expect(try stage.row().isWaiting == false)
    #expect(try stage.audit() == [])
  }

  @Test func whatDoesNotHoldAnyMoreIsNotAnnounced() throws {
    let stage = try Stage()
    try stage.up(engagement(40), quiet: true)
    #expect(try stage.down(engagement(40)) == [])
    #expect(try stage.held() == [])
  }

  @Test func aQuietReversalTakesTheEvidenceAllTheSame() throws {
    let stage = try Stage()
    let up = try stage.up(engagement(40), quiet: true)
    try stage.outcome(.generated, "m-7-1")
    #expect(try stage.held() == ["power_user.bronze"])
    #expect(try stage.revoke(up.number, of: engagement(40), quiet: true) == ["-power_user.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func aSweepDoesNotAnnounceIt() throws {
    let stage = try Stage()
    try stage.up(engagement(60), quiet: true)
    var badge = try DefaultBadges.badge("power_user.bronze")
    badge.criteria = engagement(60)
    try stage.define(badge)
    #expect(try stage.settle() == [])
    #expect(try stage.row().isWaiting)
    #expect(try stage.up(engagement(40)).told == ["+power_user.bronze", "+power_user.silver"])
  }
}
