import Contracts
import Testing
import Wire

@testable import Missions

/// What a mission's events do to it, told as stories (domain.md 6). The target is 3 calls within a week.
@Suite struct ProgressTests {
  static func template(_ target: Int = 3) -> MissionTemplate {
    MissionTemplate(
      slug: "three_calls", templateName: "Three calls", description: "", category: .engagement,
      metric: "calls_made", threshold: .init(value: Decimal6(target)), period: .weekly,
      rewardConfig: Reward(points: 10), priority: 5)
  }

  private func field() throws -> Field {
    let field = try Field(templates: [Self.template()])
    try field.generate(Field.snapshot())
    return field
  }

  @Test func completesAtTheTimeOfTheEventThatReachedIt() throws {
    let field = try field()
    #expect(try field.event(at: At.day(1)).isEmpty)
    #expect(try field.event(at: At.day(3)).isEmpty)
    // The third comes late and lies between the two: the target was reached at the latest of the three.
    let done = try field.event(at: At.day(2))
    #expect(done.map(\.change) == [.completed])
    #expect(done.map(\.at) == [At.day(3)])
    #expect(done.map(\.occasion) == [1])
    #expect(done.map(\.reward) == [Reward(points: 10)])
    #expect(done.map(\.mission) == ["m-7-1"])
    #expect(try field.course(1)?.percent == Decimal6(100))
    #expect(try field.audit() == [])
  }

  @Test func oneShortExpires() throws {
    let field = try field()
    for day in 1...2 { try field.event(at: At.day(day)) }
    #expect(try field.course(1)?.percent == Decimal6("66.66"))
    let end = try field.advance(to: At.day(7))
    #expect(end.map(\.change) == [.expired])
    #expect(end.map(\.at) == [At.day(7)])
    #expect(try field.customer()?.running.isEmpty == true)
    #expect(try field.audit() == [])
  }

  @Test func theWindowIsHalfOpen() throws {
    let field = try field()
    try field.event(at: At.day(0) - 1)
    try field.event(at: At.day(7))
    #expect(try field.course(1)?.tally.value == .zero)
    try field.event(at: At.day(0))
    try field.event(at: At.day(7) - 1)
    #expect(try field.course(1)?.tally.value == Decimal6(2))
    #expect(try field.audit() == [])
  }

  @Test func lateWithinGraceStillCompletes() throws {
    let field = try field()
    for day in 1...2 { try field.event(at: At.day(day)) }
    try field.advance(to: At.day(9) - 1)
    let done = try field.event(at: At.day(3), ingested: At.day(9) - 1)
    #expect(done.map(\.change) == [.completed])
    #expect(done.map(\.at) == [At.day(3)])
    #expect(try field.customer()?.ended.map(\.status) == [.completed])
    #expect(try field.audit() == [])
  }

  @Test func lateAfterGraceDoesNot() throws {
    let field = try field()
    for day in 1...2 { try field.event(at: At.day(day)) }
    try field.advance(to: At.day(9))
    #expect(try field.event(at: At.day(3), ingested: At.day(9)).isEmpty)
    #expect(try field.course(1)?.status == .expired)
    // Nor does taking it back change anything, though reversals count whenever they come.
    #expect(try field.reverse(3).isEmpty)
    #expect(try field.course(1)?.tally.value == Decimal6(2))
    #expect(try field.audit() == [])
  }

  @Test func reversedAndCompletedAgain() throws {
    let field = try field()
    for day in 1...3 { try field.event(at: At.day(day)) }
    field.now = At.day(4)
    let taken = try field.reverse(2)
    #expect(taken.map(\.change) == [.revoked])
    #expect(taken.map(\.at) == [At.day(4)])
    #expect(taken.map(\.occasion) == [1])
    #expect(try field.course(1)?.completedAt == nil)
    let again = try field.event(at: At.day(5))
    #expect(again.map(\.change) == [.completed])
    #expect(again.map(\.occasion) == [2])
    #expect(again.map(\.at) == [At.day(5)])
    #expect(try field.audit() == [])
  }

  @Test func aReversalMonthsLaterRevokes() throws {
    let field = try field()
    for day in 1...3 { try field.event(at: At.day(day)) }
    try field.advance(to: At.day(200))
    #expect(try field.reverse(1).map(\.change) == [.revoked])
    #expect(try field.customer()?.ended.map(\.status) == [.revoked])
    // A revoked one does not run any more, so it does not expire either.
    #expect(try field.advance(to: At.day(300)).isEmpty)
    #expect(try field.audit() == [])
  }

  @Test func aSpareEventKeepsItCompleted() throws {
    let field = try field()
    for day in 1...4 { try field.event(at: At.day(day)) }
    #expect(try field.reverse(1).isEmpty)
    // The occasion keeps the time at which it was decided.
    #expect(try field.course(1)?.completedAt == At.day(3))
    #expect(try field.audit() == [])
  }

  @Test func eventsTakenBeforeItsMakingAreNotItsOwn() throws {
    let field = try Field(templates: [Self.template()])
    // In the window by their time, but taken before the mission was made.
    for hour in 1...5 { try field.event(at: At.day(1, Double(hour))) }
    try field.generate(Field.snapshot())
    #expect(try field.course(1)?.cursor == 5)
    #expect(try field.course(1)?.tally.value == .zero)
    // A reversal is judged by its original's number.
    try field.reverse(2)
    #expect(try field.course(1)?.tally.value == .zero)
    #expect(try field.event(at: At.day(1)).isEmpty)
    #expect(try field.course(1)?.tally.value == Decimal6(1))
    #expect(try field.audit() == [])
  }

  @Test(arguments: [EventType.callIncoming, .activation, .smsSent])
  func otherEventsAreNotItsMatter(_ type: EventType) throws {
    let field = try field()
    for day in 1...4 { #expect(try field.event("C-1", type, at: At.day(day)).isEmpty) }
    #expect(try field.course(1)?.tally.value == .zero)
  }

  @Test func quietEventsCountForNoMission() throws {
    let field = try field()
    for day in 1...4 { #expect(try field.event(at: At.day(day), quiet: true).isEmpty) }
    #expect(try field.course(1)?.tally.value == .zero)
    #expect(try field.reverse(1).isEmpty)
    #expect(try field.course(1)?.tally.value == .zero)
    #expect(try field.audit() == [])
  }

  @Test func anotherCustomersEventsAreNotCounted() throws {
    let field = try field()
    for day in 1...4 { try field.event("C-2", at: At.day(day)) }
    #expect(try field.course(1)?.tally.value == .zero)
    #expect(try field.customer("C-2") == CustomerMissions())
  }

  @Test func outcomesOfACustomerAreChained() throws {
    let field = try field()
    try field.generate(Field.snapshot("C-2"))
    for day in 1...3 { try field.event(at: At.day(day)) }
    try field.reverse(1)
    var prev: [Int64] = []
    for output in field.twin.outputs {
      try Payload.read(output[...]) { key, scanner in
        if "prev" ~= key { prev.append(try scanner.integer()) } else { try scanner.skip() }
      }
    }
    #expect(prev == [0, 0, 1, 3])
    #expect(try field.customer()?.last == 4)
    #expect(try field.customer("C-2")?.last == 2)
  }

  @Test func crossingsWaitForTheirEvents() throws {
    let fold = MissionsFold(zone: .utc)
    #expect(!fold.allows(.crossing(events: 5)) { _ in 4 })
    #expect(fold.allows(.crossing(events: 5)) { $0 == .events ? 5 : 0 })
  }

  @Test func oldMissionsLeaveTheCustomersRow() throws {
    let field = try field()
    try field.advance(to: At.day(8))
    field.now = At.day(450)
    try field.generate(Field.snapshot())
    try field.advance(to: At.day(458))
    #expect(try field.customer()?.ended.map(\.number) == [3])
    let query = try MissionQuery(Array(#"{"customer_id": "C-1"}"#.utf8)[...])
    #expect(try query.views(field.twin.reader).map(\.id) == ["m-7-3", "m-7-1"])
    #expect(try field.audit() == [])
  }
}
