import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Scoring

/// Segments by rule are watched: who enters and who leaves is journaled.
@Suite struct SegmentTests {
  private func segment(_ rule: String?, id: String = "callers") -> Segment {
    Segment(id: id, name: "Callers", rule: rule)
  }

  @Test func entryAndExitAreCrossings() throws {
    let story = try Story()
    try story.define(Segment.kind, segment(Criteria.calls(2)))
    #expect(try story.call() == [])
    let up = try story.call()
    #expect(up.map(\.told) == ["up"])
    #expect(up.map(\.names) == [["segment:callers"]])
    #expect(up.first?.cause == "event")
    let down = try story.reverse()
    #expect(down.map(\.told) == ["revoked 1"])
    #expect(down.map(\.names) == [["segment:callers"]])
    #expect(try story.audit() == [])
  }

  /// A whole rule is one comparison, whatever is in it.
  @Test func oneSegmentIsOneComparison() throws {
    let story = try Story()
    let rule = #"{"and":[{">=":[{"var":"calls_made_ever"},1]},{"<":[{"var":"risk"},50]}]}"#
    try story.call()
    let crossings = try story.define(Segment.kind, segment(rule))
    #expect(crossings.map(\.told) == ["up"])
    #expect(crossings.map(\.cause) == ["definition"])
    #expect(story.twin.definitions.watch.watched.count == 1)
  }

  @Test func aBadgeWithTheSameRuleSharesIt() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(1))
    try story.define(Segment.kind, segment(Criteria.calls(1)))
    #expect(story.twin.definitions.watch.watched.map(\.references) == [["caller.bronze", "segment:callers"]])
    #expect(try story.call().map(\.names) == [["segment:callers"]])
    var gone = segment(nil)
    gone.isDeleted = true
    try story.define(Segment.kind, gone)
    #expect(story.twin.definitions.watch.watched.map(\.references) == [["caller.bronze"]])
    #expect(try story.audit() == [])
  }

  @Test func anEditedRuleIsJudgedAnewAndAListIsNotWatched() throws {
    let story = try Story()
    try story.call(count: 3)
    #expect(try story.define(Segment.kind, segment(Criteria.calls(2))).map(\.told) == ["up"])
    #expect(try story.define(Segment.kind, segment(Criteria.calls(4))) == [])
    #expect(try story.row().holding.isEmpty)
    var list = segment(nil)
    list.customers = ["anna"]
    #expect(try story.define(Segment.kind, list) == [])
    #expect(story.twin.definitions.watch.watched.isEmpty)
    #expect(try story.audit() == [])
  }

  @Test(arguments: [
    (#"{"id":"a b","rule":{">":[{"var":"risk"},1]}}"#, "'id'"),
    (#"{"id":"a"}"#, "'rule' is required"), (#"{"rule":{"var":"risk"},"customers":[]}"#, "one of them"),
    (#"{"rule":{">":[1,0]}}"#, "no variable"), (#"{"rule":{"wat":[1]}}"#, "'rule'"),
    (#"{"rule":{">":[{"var":"missions_completed.revenue"},1]}}"#, "'missions_completed.revenue'"),
    (#"{"customers":[""]}"#, "'customer_id'"), (#"{"customers":7}"#, "'customers'"),
  ]) func badSegmentsAreNamed(text: String, part: String) {
    let error = #expect(throws: WireError.self) { try SegmentRequest(Frames([Array(text.utf8)])) }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }
}

/// A threshold that is crossed stays crossed until the value has come back far enough.
@Suite struct ThresholdTests {
  private func threshold(
    _ variable: String, enter: Int, leave: Int, _ direction: Threshold.Direction = .above
  ) -> Threshold {
    Threshold(
      id: "t", name: "T", variable: variable, direction: direction, enter: Decimal6(enter),
      leave: Decimal6(leave))
  }

  @Test func itLagsBehind() throws {
    let story = try Story()
    try story.define(Threshold.kind, threshold("calls_30d", enter: 3, leave: 2))
    #expect(try story.call(count: 2) == [])
    let up = try story.call()
    #expect(up.map(\.told) == ["up"])
    #expect(up.map(\.names) == [["threshold:t"]])
    // Down to two it stays, below it does not.
    let second = Story.Draft(day: -1)
    try story.take(second)
    #expect(try story.reverse(second) == [])
    try story.pass(days: 29)
    #expect(try story.row().holding.count == 1)
    let down = try story.pass(days: 1)
    #expect(down.map(\.told) == ["down"])
    #expect(down.map(\.names) == [["threshold:t"]])
    #expect(try story.audit() == [])
  }

  @Test func betweenTheTwoNothingMoves() throws {
    let story = try Story()
    try story.define(Threshold.kind, threshold("days_since_last_activity", enter: 5, leave: 2))
    try story.call()
    #expect(try story.pass(days: 4) == [])
    #expect(try story.pass(days: 1).map(\.told) == ["up"])
    // An event of three days ago: below 5 and not below 2.
    var late = Story.Draft(day: 2)
    #expect(try story.take(late) == [])
    late.day = 4
    #expect(try story.take(late).map(\.told) == ["down"])
    #expect(try story.audit() == [])
  }

  @Test func belowIsTheOtherWayRound() throws {
    let story = try Story()
    try story.call(count: 5)
    try story.define(Threshold.kind, threshold("calls_30d", enter: 2, leave: 4, .below))
    #expect(try story.row().holding.isEmpty)
    try story.call("ben", count: 1)
    #expect(try story.row("ben").holding.count == 1)
    #expect(try story.call("ben", count: 3) == [])
    #expect(try story.call("ben").map(\.told) == ["down"])
  }

  @Test func aPlainRuleIsAnotherComparisonThanOneThatLags() throws {
    let story = try Story()
    try story.badge("caller", #"{">=":[{"var":"calls_30d"},3]}"#)
    try story.define(Threshold.kind, threshold("calls_30d", enter: 3, leave: 2))
    #expect(Set(story.twin.definitions.watch.watched.map(\.identity)).count == 2)
    #expect(try story.call(count: 3).map(\.told) == ["up", "up"])
    var writer = PackedWriter()
    story.twin.definitions.pack(&writer)
    var reader = PackedReader(writer.bytes)
    let read = try ScoringDefinitions(&reader)
    #expect(read.watch.watched.map(\.hash) == story.twin.definitions.watch.watched.map(\.hash))
    #expect(read.watch.watched.map(\.need) == story.twin.definitions.watch.watched.map(\.need))
  }

  @Test(arguments: [
    (#"{"id":"t","variable":"risk"}"#, "'enter'"),
    (#"{"id":"T","variable":"risk","enter":1}"#, "'id'"),
    (#"{"id":"t","variable":"risk","enter":1,"direction":"up"}"#, "'direction'"),
  ]) func badThresholdsAreNamed(text: String, part: String) {
    let error = #expect(throws: WireError.self) { try ThresholdRequest(Frames([Array(text.utf8)])) }
    #expect(error?.message.contains(part) == true)
  }

  @Test func whatCannotLagIsRefused() throws {
    #expect(throws: WireError.self) { try threshold("risk", enter: 1, leave: 2).check() }
    #expect(throws: WireError.self) { try threshold("risk", enter: 2, leave: 1, .below).check() }
    #expect(throws: WireError.self) { try threshold("colour", enter: 2, leave: 1).check() }
    try threshold("arrears", enter: 2, leave: 1).check()
  }
}
