import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct EngagementTests {
  /// The score of given inputs; what is not given is 0, and recency unknown.
  private func score(_ inputs: [Feature: FeatureValue], _ definition: ScoreDefinition = .initial) -> Score {
    Engagement(definition).score { feature in
      inputs[feature] ?? (feature == .daysSinceLastActivity ? .null : .number(.zero))
    }
  }

  private func points(_ part: Engagement.Part, _ score: Score) -> Decimal6? {
    score.parts.first { $0.part == part.rawValue }?.points
  }

  @Test(arguments: [
    (Feature.calls30d, Engagement.Part.calls, "0", "0"), (.calls30d, .calls, "25", "15"),
    (.calls30d, .calls, "50", "30"), (.calls30d, .calls, "51", "30"), (.calls30d, .calls, "1", "0.6"),
    (.dataMB30d, .data, "0", "0"), (.dataMB30d, .data, "2500", "15"), (.dataMB30d, .data, "5000", "30"),
    (.dataMB30d, .data, "1000000", "30"), (.dataMB30d, .data, "0.833333", "0"),
    (.dataMB30d, .data, "0.833334", "0.01"),
    (.dataMB30d, .data, "1", "0.01"), (.dataMB30d, .data, "2.5", "0.02"), (.dataMB30d, .data, "-3", "0"),
    (.appEvents30d, .app, "0", "0"), (.appEvents30d, .app, "10", "10"), (.appEvents30d, .app, "20", "20"),
    (.appEvents30d, .app, "21", "20"), (.sms30d, .sms, "0", "0"), (.sms30d, .sms, "50", "5"),
    (.sms30d, .sms, "100", "10"), (.sms30d, .sms, "101", "10"), (.sms30d, .sms, "1", "0.1"),
    (.daysSinceLastActivity, .recency, "0", "10"), (.daysSinceLastActivity, .recency, "1", "8"),
    (.daysSinceLastActivity, .recency, "4", "2"), (.daysSinceLastActivity, .recency, "5", "0"),
    (.daysSinceLastActivity, .recency, "9000000000000", "0"),
  ]) func parts(input: Feature, part: Engagement.Part, value: String, expected: String) throws {
    let score = score([input: .number(try #require(Decimal6(value)))])
    #expect(points(part, score) == Decimal6(expected))
    #expect(score.value == score.parts.reduce(.zero) { $0 + $1.points })
  }

  @Test func allPartsTogetherAreAHundred() {
    let full: [Feature: FeatureValue] = [
      .calls30d: .number(Decimal6(50)), .dataMB30d: .number(Decimal6(5_000)),
      .appEvents30d: .number(Decimal6(20)),
      .sms30d: .number(Decimal6(100)), .daysSinceLastActivity: .number(.zero),
    ]
    let score = score(full)
    #expect(score.value == Decimal6(100))
    #expect(score.confidence == Decimal6(1))
    #expect(score.parts.map(\.of) == [30, 30, 20, 10, 10])
    #expect(score.parts.map(\.part) == ["calls_30d", "data_mb_30d", "app_events_30d", "sms_30d", "recency"])
  }

  /// The sum is of the rounded parts, not the rounding of the sum.
  @Test func theScoreIsTheSumOfRoundedParts() {
    let halves = score([.calls30d: .number(Decimal6("0.025")!), .sms30d: .number(Decimal6("0.05")!)])
    #expect(halves.parts.map(\.points.description) == ["0.02", "0", "0", "0.01", "0"])
    #expect(halves.value == Decimal6("0.03"))
  }

  @Test func unknownRecencyGivesNothingAndIsNotKnown() {
    let score = score([:])
    #expect(score.value == .zero)
    #expect(score.confidence == Decimal6("0.9"))
    #expect(score.parts.last == ScorePart("recency", .null, points: .zero, of: 10))
    #expect(score.parts.map(\.known) == [true, true, true, true, false])
  }

  @Test func fullMarksAreTheDefinitions() throws {
    let definition = try ScoreDefinition.initial.changed(["engagement": ["calls_30d": Decimal6(10)]])
    #expect(points(.calls, score([.calls30d: .number(Decimal6(5))], definition)) == Decimal6(15))
  }

  @Test func definitionsTravelWhole() throws {
    let text = try Cold.encode(ScoreDefinition.initial)
    #expect(try Cold.decode(ScoreDefinition.self, text) == .initial)
    #expect(
      String(decoding: text, as: UTF8.self).contains(#""full_marks":{"engagement":{"app_events_30d":20"#))
    var writer = PackedWriter()
    ScoreDefinition.initial.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try ScoreDefinition(&reader) == .initial)
  }

  @Test(arguments: [("engagement", "calls_31d", 5), ("risk", "calls_30d", 5), ("engagement", "calls_30d", 0)])
  func badChangesAreNamed(score: String, part: String, value: Int) throws {
    let error = #expect(throws: WireError.self) {
      try ScoreDefinition.initial.changed([score: [part: Decimal6(value)]])
    }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains("full_marks.\(score).\(part)") == true)
  }
}
