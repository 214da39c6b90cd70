import Contracts
import Testing
import Wire

@testable import Badging

@Suite struct PointsTests {
  @Test func anOccasionIsPaidOnceAndTakenBackOnce() throws {
    let stage = try Stage()
    #expect(try stage.outcome(.generated, "m-7-1", occasion: 0) == ["notice mission.generated"])
    #expect(try stage.outcome(.completed, "m-7-1") == ["notice mission.completed", "points 120"])
    #expect(try stage.outcome(.completed, "m-7-1") == ["notice mission.completed"])
    #expect(try stage.outcome(.revoked, "m-7-1") == ["notice mission.revoked", "points -120"])
    #expect(try stage.outcome(.revoked, "m-7-1") == ["notice mission.revoked"])
    #expect(try stage.outcome(.completed, "m-7-1") == ["notice mission.completed"])
    #expect(
      try stage.outcome(.completed, "m-7-1", occasion: 2) == ["notice mission.completed", "points 120"])
    #expect(try stage.row().balance == 120)
    #expect(stage.twin.registers.earned == 240)
    #expect(stage.twin.registers.reversed == 120)
    #expect(
      stage.twin.registers.notices == ["mission.completed": 4, "mission.generated": 1, "mission.revoked": 2])
    #expect(try stage.audit() == [])
  }

  @Test func whatWasNeverCompletedIsNotTakenBack() throws {
    let stage = try Stage()
    #expect(try stage.outcome(.revoked, "m-7-1") == ["notice mission.revoked"])
    #expect(try stage.row().balance == 0)
    #expect(try stage.audit() == [])
  }

  @Test func aRewardOfZeroPointsMakesNoEntry() throws {
    let stage = try Stage()
    #expect(try stage.outcome(.completed, "m-7-1", points: 0) == ["notice mission.completed"])
    #expect(try stage.outcome(.revoked, "m-7-1", points: 0) == ["notice mission.revoked"])
    #expect(try stage.row().ledgerCount == 0)
  }

  @Test func theEntrySaysWhatItIsFor() throws {
    let stage = try Stage()
    let at: Int64 = 1_772_000_000_000_000
    try stage.outcome(.completed, "m-7-1", at: at)
    let output = try #require(stage.twin.outputs.last)
    let entry = try #require(try PointsEntry(output[...]))
    #expect(entry.id == "p-7-2")
    #expect(entry.reference == "m-7-1/1")
    #expect(entry.reason == "Call more often")
    #expect(entry.at == stage.now)
    #expect(entry.expiresAt == at + 365 * Micros.day)
  }

  @Test func anUnreadableRewardIsParked() throws {
    let stage = try Stage()
    #expect(try stage.outcome(.completed, "m-7-1", points: -1) == [])
    #expect(try stage.outcome(.completed, "m-7-2", points: EntryLimits.pointsMax + 1) == [])
    #expect(try stage.outcome(.completed, "m-7-3", at: .max) == [])
    #expect(stage.twin.progress.parked.count == 3)
    #expect(try stage.audit() == [])
  }

  @Test(arguments: [
    ("2024-02-29T10:30:00Z", "2025-02-28T10:30:00Z"), ("2023-02-28T10:30:00Z", "2024-02-28T10:30:00Z"),
    ("2025-12-31T23:59:59.999999Z", "2026-12-31T23:59:59.999999Z"),
    ("2025-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
  ])
  func pointsLastTwelveMonths(completed: String, expires: String) throws {
    let at = try #require(RFC3339.micros(Array(completed.utf8)[...], zone: nil))
    #expect(PointsTerm.end(of: at, zone: .utc) == RFC3339.micros(Array(expires.utf8)[...], zone: nil))
  }

  /// The local date counts: 29 February begins at 23:00 UTC of the 28th in Berlin.
  @Test func theDateIsTheOperatorsOwn() throws {
    let zone = try Zone(named: "Europe/Berlin")
    let at = try #require(RFC3339.micros(Array("2024-02-28T23:30:00Z".utf8)[...], zone: nil))
    let expected = RFC3339.micros(Array("2025-02-27T23:30:00Z".utf8)[...], zone: nil)
    #expect(PointsTerm.end(of: at, zone: zone) == expected)
  }
}

@Suite struct RewardTests {
  @Test func aRewardsBadgeComesWithTheLowerOnes() throws {
    let stage = try Stage()
    let told = try stage.outcome(.completed, "m-7-1", badge: "power_user", level: "gold")
    #expect(
      told == [
        "notice mission.completed", "points 120", "+power_user.bronze", "+power_user.silver",
        "+power_user.gold",
      ])
    try stage.up(engagement(40))
    let revoked = try stage.outcome(.revoked, "m-7-1", badge: "power_user", level: "gold")
    #expect(revoked == ["notice mission.revoked", "points -120", "-power_user.silver", "-power_user.gold"])
    #expect(try stage.held() == ["power_user.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func twoMissionsSupportOneBadge() throws {
    let stage = try Stage()
    try stage.outcome(.completed, "m-7-1", badge: "activated", level: "bronze")
    let second = try stage.outcome(.completed, "m-7-2", badge: "activated", level: "bronze")
    #expect(second == ["notice mission.completed", "points 120"])
    #expect(try stage.outcome(.revoked, "m-7-1") == ["notice mission.revoked", "points -120"])
    #expect(try stage.held() == ["activated.bronze"])
    let told = try stage.outcome(.revoked, "m-7-2")
    #expect(told == ["notice mission.revoked", "points -120", "-activated.bronze"])
    #expect(try stage.audit() == [])
  }

  @Test func aBadgeThatDoesNotExistIsNotGiven() throws {
    let stage = try Stage()
    let told = try stage.outcome(.completed, "m-7-1", badge: "reefer", level: "bronze")
    #expect(told == ["notice mission.completed", "points 120"])
    let level = try stage.outcome(.completed, "m-7-2", badge: "activated", level: "iron")
    #expect(level == ["notice mission.completed", "points 120"])
    #expect(try stage.audit() == [])
  }
}
