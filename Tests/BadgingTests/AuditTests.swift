import Contracts
import Journal
import Testing
import Wire

@testable import Badging

/// An audit that finds nothing proves nothing before it has found what is wrong.
@Suite struct AuditTests {
  private func stage() throws -> Stage {
    let stage = try Stage()
    try stage.up(engagement(40))
    try stage.outcome(.completed, "m-7-1", badge: "activated", level: "bronze")
    try stage.outcome(.revoked, "m-7-1", badge: "activated", level: "bronze")
    try stage.outcome(.completed, "m-7-1", occasion: 2, badge: "activated", level: "bronze")
    #expect(try stage.audit() == [])
    return stage
  }

  private func findings(_ stage: Stage, _ change: (inout [JournalName: [[UInt8]]]) -> Void) throws -> String {
    change(&stage.fed)
    return try stage.audit().joined(separator: "; ")
  }

  @Test func anOutcomeThatWasNotTaken() throws {
    let stage = try stage()
    let more = Entry.outcome(
      OutcomeEntry(
        customer: "C-1", mission: "m-7-5", template: "t", category: "loyalty", change: .completed,
        occasion: 1,
        at: 0, reward: Reward(points: 10), name: "n"))
    let found = try findings(stage) { $0[.outcomes]?.append(more) }
    #expect(found == "outcome 4 of C-1 was not noticed; m-7-5/1 of C-1 earned [], not 10 once")
  }

  @Test func aPaymentWithoutAnOccasion() throws {
    let found = try findings(try stage()) { $0[.outcomes]?.removeLast() }
    #expect(found.contains("m-7-1/2 of C-1 was paid and is no completed occasion"))
    #expect(found.contains("C-1 holds activated.bronze without living evidence"))
  }

  @Test func evidenceThatWasTakenBack() throws {
    let stage = try stage()
    let crossing = CrossingEntry(
      customer: "C-1", comparison: "0", change: .revoked, asOf: 0, events: 1, cause: "event", revokes: 1)
    let found = try findings(stage) { $0[.crossings]?.append(Entry.crossing(crossing)) }
    #expect(found == "C-1 holds power_user.bronze without living evidence")
  }

  @Test func anAwardThatWasGivenTwice() throws {
    var auditor = BadgingAuditor(partition: 7)
    for number in 1...2 {
      let award = AwardEntry(
        id: "a-7-\(number)", customer: "C-1", at: 0, badge: "activated.bronze", badgeType: "activated",
        level: .bronze, change: .awarded, reason: .request, evidence: [])
      let entry = JSONWriter.object { writer in
        writer.member("kind", AwardEntry.kind)
        writer.member("id", award.id)
        writer.member("prev", number - 1)
        award.write(&writer)
      }
      try auditor.own(Int64(number), entry[...])
    }
    #expect(auditor.finish().first == "awards 2: C-1 holds activated.bronze already")
  }

  @Test func aBalanceThatDoesNotAddUp() throws {
    var auditor = BadgingAuditor(partition: 7)
    let points = PointsEntry(
      id: "p-7-1", customer: "C-1", at: 0, booking: .earn, points: 5, reason: "", reference: "m-7-1/1",
      balance: 6)
    let entry = JSONWriter.object { writer in
      writer.member("kind", PointsEntry.kind)
      writer.member("prev", 3)
      points.write(&writer)
    }
    try auditor.own(1, entry[...])
    let found = auditor.finish()
    #expect(found.contains("awards 1: 'prev' of C-1 is 3, not 0"))
    #expect(found.contains("awards 1: 0 and 5 points are not 6"))
    #expect(found.contains("C-1 has 0 points in 0 entries, not 5 in 1"))
  }
}
