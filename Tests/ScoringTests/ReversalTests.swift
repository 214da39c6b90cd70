import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct ReversalTests {
  /// The crossing is untrue as of its day, and nothing holds now.
  @Test func aCrossingIsTakenBack() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.call(count: 2)
    let taken = try story.reverse()
    #expect(taken.map(\.told) == ["revoked 1"])
    #expect(taken.first?.cause == "event")
    #expect(taken.first?.events == 3)
    #expect(try story.row().holding == [])
    #expect(try story.row().live == [])
    #expect(try story.call().map(\.told) == ["up"])
    #expect(try story.audit() == [])
  }

  /// Untrue as of its day, but by now true for another reason.
  @Test func whatHoldsNowGoesUpAnew() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.call(count: 2)
    try story.pass(days: 2)
    try story.call(day: 2)
    let taken = try story.reverse()
    #expect(taken.map(\.told) == ["revoked 1", "up"])
    #expect(try story.row().live.map(\.number) == [3])
    #expect(try story.row().live.map(\.day) == [Story.today + 2])
    #expect(try story.reverse(.init(day: 2)).map(\.told) == ["revoked 3"])
    #expect(try story.audit() == [])
  }

  /// True as of its day, untrue now: the evidence of that day stands.
  @Test func whatWasTrueStands() throws {
    let story = try Story()
    try story.badge("active", Criteria.active)
    try story.call(day: -1)
    #expect(try story.call(day: 0).map(\.told) == ["up"])
    try story.pass(days: 31)
    #expect(try story.row().holding == [])
    try story.call(day: 31)
    try story.call(day: 30)
    #expect(try story.row().live.map(\.number) == [1, 3])
    #expect(try story.reverse(.init(day: 30)).map(\.told) == ["revoked 3"])
    #expect(try story.row().live.map(\.number) == [1])
    #expect(try story.audit() == [])
  }

  /// The older `up` is taken back; the newer one stands as of its day, but what it says is untrue now.
  @Test func whatIsHeldByAnotherCrossingGoesDown() throws {
    let story = try Story()
    try story.badge("busy", #"{">=":[{"var":"calls_30d"},3]}"#)
    try story.call(day: 0, count: 3)
    try story.pass(days: 31)
    #expect(try story.row().holding == [])
    try story.call(day: 31, count: 3)
    try story.call(day: 3, count: 2)
    try story.pass(days: 1)
    #expect(try story.row().live.map(\.number) == [1, 3])
    #expect(try story.reverse(.init(day: 0)).map(\.told) == ["revoked 1", "up"])
    #expect(try story.audit() == [])
  }

  /// After 60 days a crossing is final, and only goes down.
  @Test(arguments: [(60, ["revoked 1"]), (61, ["down"])]) func oldCrossingsAreFinal(days: Int, told: [String])
    throws
  {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.call(count: 2)
    try story.pass(days: days)
    #expect(try story.reverse().map(\.told) == told)
    #expect(try story.audit() == [])
  }

  /// A crossing that only a definition made untrue is not the reversal's doing.
  @Test func definitionsTakeNothingBack() throws {
    let story = try Story()
    try story.badge("engaged", Criteria.engaged)
    try story.call(count: 17)
    #expect(try story.row().live.map(\.number) == [1])
    #expect(try story.define(2, calls: 100).map(\.told) == ["down"])
    #expect(try story.reverse() == [])
    #expect(try story.row().live.map(\.number) == [1])
    #expect(try story.audit() == [])
  }

  /// A reversal may make something true.
  @Test func aReversalMayLift() throws {
    let story = try Story()
    try story.badge("idle", Criteria.idle)
    try story.call(day: -10)
    try story.call(day: 0)
    #expect(try story.row().holding == [])
    #expect(try story.reverse().map(\.told) == ["up"])
  }
}
