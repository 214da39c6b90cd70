import Contracts
import Measures
import Testing
import Wire

@testable import Scoring

/// Every part of every score, worked out by hand from domain.md 4.
@Suite struct ScoreTests {
  private static let rules = ScoreSheet.initial

  private func points(_ score: ScoreName, _ part: String, _ input: String) throws -> Decimal6 {
    let rule = try #require(Self.rules[score]?.first { $0.part == part })
    return rule.points(try #require(Decimal6(input)))
  }

  @Test(arguments: [
    (ScoreName.engagement, "calls_30d", "0", "0"), (.engagement, "calls_30d", "25", "15"),
    (.engagement, "calls_30d", "50", "30"), (.engagement, "calls_30d", "51", "30"),
    (.engagement, "calls_30d", "1", "0.6"), (.engagement, "data_mb_30d", "0", "0"),
    (.engagement, "data_mb_30d", "2500", "15"), (.engagement, "data_mb_30d", "5000", "30"),
    (.engagement, "data_mb_30d", "1000000", "30"), (.engagement, "data_mb_30d", "0.833333", "0"),
    (.engagement, "data_mb_30d", "0.833334", "0.01"), (.engagement, "data_mb_30d", "2.5", "0.02"),
    (.engagement, "data_mb_30d", "-3", "0"), (.engagement, "app_events_30d", "0", "0"),
    (.engagement, "app_events_30d", "10", "10"), (.engagement, "app_events_30d", "20", "20"),
    (.engagement, "app_events_30d", "21", "20"), (.engagement, "sms_30d", "0", "0"),
    (.engagement, "sms_30d", "50", "5"), (.engagement, "sms_30d", "100", "10"),
    (.engagement, "sms_30d", "101", "10"), (.engagement, "sms_30d", "1", "0.1"),
    (.engagement, "recency", "0", "10"), (.engagement, "recency", "1", "8"),
    (.engagement, "recency", "4", "2"), (.engagement, "recency", "5", "0"),
    (.engagement, "recency", "9000000000000", "0"),
  ]) func engagement(score: ScoreName, part: String, input: String, expected: String) throws {
    #expect(try points(score, part, input) == Decimal6(expected))
  }

  @Test(arguments: [
    (ScoreName.revenue, "total_revenue", "0", "0"), (.revenue, "total_revenue", "500", "20"),
    (.revenue, "total_revenue", "1000", "40"), (.revenue, "total_revenue", "1000.01", "40"),
    (.revenue, "total_revenue", "0.12", "0"), (.revenue, "total_revenue", "0.125", "0.01"),
    (.revenue, "total_revenue", "9000000000000", "40"), (.revenue, "total_revenue", "-5", "0"),
    (.revenue, "recharge_amount_30d", "0", "0"), (.revenue, "recharge_amount_30d", "100", "15"),
    (.revenue, "recharge_amount_30d", "200", "30"), (.revenue, "recharge_amount_30d", "201", "30"),
    (.revenue, "arpu", "0", "0"), (.revenue, "arpu", "25", "10"), (.revenue, "arpu", "50", "20"),
    (.revenue, "arpu", "60", "20"), (.revenue, "arpu", "33.333333", "13.33"),
    (.revenue, "lifetime_value", "0", "0"), (.revenue, "lifetime_value", "1000", "5"),
    (.revenue, "lifetime_value", "2000", "10"), (.revenue, "lifetime_value", "2001", "10"),
    (.loyalty, "customer_age_days", "0", "0"), (.loyalty, "customer_age_days", "73", "6"),
    (.loyalty, "customer_age_days", "100", "8.22"), (.loyalty, "customer_age_days", "365", "30"),
    (.loyalty, "customer_age_days", "366", "30"), (.loyalty, "transaction_count", "0", "0"),
    (.loyalty, "transaction_count", "25", "12.5"), (.loyalty, "transaction_count", "50", "25"),
    (.loyalty, "transaction_count", "51", "25"), (.loyalty, "consistency", "0", "0"),
    (.loyalty, "consistency", "15", "12.5"), (.loyalty, "consistency", "1", "0.83"),
    (.loyalty, "consistency", "30", "25"), (.loyalty, "on_time_payments_365d", "0", "0"),
    (.loyalty, "on_time_payments_365d", "5", "10"), (.loyalty, "on_time_payments_365d", "10", "20"),
    (.loyalty, "on_time_payments_365d", "11", "20"),
  ]) func revenueAndLoyalty(score: ScoreName, part: String, input: String, expected: String) throws {
    #expect(try points(score, part, input) == Decimal6(expected))
  }

  @Test(arguments: [
    (ScoreName.risk, "churn_probability", "0", "0"), (.risk, "churn_probability", "0.5", "25"),
    (.risk, "churn_probability", "1", "50"), (.risk, "churn_probability", "0.333333", "16.67"),
    (.risk, "days_since_last_transaction", "0", "0"), (.risk, "days_since_last_transaction", "45", "15"),
    (.risk, "days_since_last_transaction", "90", "30"), (.risk, "days_since_last_transaction", "91", "30"),
    (.risk, "days_since_last_transaction", "10", "3.33"), (.risk, "revenue_decline", "0", "0"),
    (.risk, "revenue_decline", "0.5", "10"), (.risk, "revenue_decline", "1", "20"),
    (.digital, "app_logins_30d", "0", "0"), (.digital, "app_logins_30d", "15", "20"),
    (.digital, "app_logins_30d", "30", "40"), (.digital, "app_logins_30d", "31", "40"),
    (.digital, "feature_uses_30d", "0", "0"), (.digital, "feature_uses_30d", "10", "15"),
    (.digital, "feature_uses_30d", "20", "30"), (.digital, "feature_uses_30d", "21", "30"),
    (.digital, "content_views_30d", "0", "0"), (.digital, "content_views_30d", "7", "9.33"),
    (.digital, "content_views_30d", "15", "20"), (.digital, "content_views_30d", "16", "20"),
    (.digital, "web_logins_30d", "0", "0"), (.digital, "web_logins_30d", "5", "5"),
    (.digital, "web_logins_30d", "10", "10"), (.digital, "web_logins_30d", "11", "10"),
  ]) func riskAndDigital(score: ScoreName, part: String, input: String, expected: String) throws {
    #expect(try points(score, part, input) == Decimal6(expected))
  }

  @Test func theMostPointsOfEveryScoreAreAHundred() {
    for score in ScoreName.allCases {
      #expect(Self.rules[score]?.reduce(0) { $0 + $1.of } == 100, "\(score)")
    }
    #expect(Self.rules[.engagement]?.map(\.of) == [30, 30, 20, 10, 10])
    #expect(Self.rules[.revenue]?.map(\.of) == [40, 30, 20, 10])
    #expect(Self.rules[.loyalty]?.map(\.of) == [30, 25, 25, 20])
    #expect(Self.rules[.risk]?.map(\.of) == [50, 30, 20])
    #expect(Self.rules[.digital]?.map(\.of) == [40, 30, 20, 10])
  }

  /// Of nobody nothing is known but that nothing was counted.
  @Test func unknownInputsGiveNothing() {
    let nobody = Assessment(History(), asOf: Story.today, ScoreSheet(.initial))
    #expect(ScoreName.allCases.allSatisfy { nobody.value($0) == .zero })
    #expect(nobody.score(.engagement).confidence == Decimal6("0.9"))
    #expect(nobody.score(.revenue).confidence == Decimal6(1))
    #expect(nobody.score(.loyalty).confidence == Decimal6("0.7"))
    #expect(nobody.score(.risk).confidence == Decimal6("0.2"))
    #expect(nobody.score(.digital).confidence == Decimal6(1))
    #expect(nobody.score(.risk).parts.map(\.known) == [false, false, true])
    #expect(nobody.score(.engagement).parts.last?.input == .null)
  }

  /// The sum is of the rounded parts: 0.83 and 0.6 and 10, and not the rounding of the sum.
  @Test func aScoreIsTheSumOfItsRoundedParts() throws {
    let story = try Story()
    try story.say(.activation, day: -100)
    try story.say(.recharge, "10", day: -9)
    try story.say(.dataUsage, "0.9")
    let all = try story.assessment()
    // loyalty: 100 / 365 * 30 = 8.219, 1 / 50 * 25 = 0.5, 2 / 30 * 25 = 1.667, 0.
    #expect(all.score(.loyalty).parts.map(\.points.description) == ["8.22", "0.5", "1.67", "0"])
    #expect(all.value(.loyalty) == Decimal6("10.39"))
    // revenue: 10 / 1000 * 40, 10 / 200 * 30, arpu 10 / 3 = 3.333333 of 50 * 20, 10 / 2000 * 10.
    #expect(all.score(.revenue).parts.map(\.points.description) == ["0.4", "1.5", "1.33", "0.05"])
    // engagement: 0.9 / 5000 * 30 = 0.0054, recency 10.
    #expect(all.value(.engagement) == Decimal6("10.01"))
    // risk: churn unknown, 9 / 90 * 30 = 3, no decline.
    #expect(all.value(.risk) == Decimal6(3))
    for score in ScoreName.allCases { #expect(all.value(score) == all.score(score).value) }
  }

  /// The decline is rounded once, from the exact quotient.
  @Test(arguments: [
    ("30", "30", "0", "0"), ("30", "15", "0.5", "10"), ("30", "0", "1", "20"), ("30", "60", "0", "0"),
    ("0", "10", "0", "0"), ("30", "20", "0.333333", "6.67"), ("16", "15.996", "0.00025", "0.01"),
  ]) func declineComparesThirtyDays(before: String, last: String, input: String, points: String) throws {
    let story = try Story()
    try story.say(.recharge, before, day: -30)
    try story.say(.topUp, last, day: -29)
    let part = try #require(try story.assessment().score(.risk).parts.last)
    #expect(part.part == "revenue_decline")
    #expect(part.input == .number(try #require(Decimal6(input))))
    #expect(part.points == Decimal6(points))
    #expect(part.known)
  }

  @Test func fullMarksAreTheDefinitions() throws {
    let story = try Story()
    try story.call(count: 5)
    try story.say(.appLogin)
    let definition = try ScoreDefinition.initial.changed([
      "engagement": ["calls_30d": Decimal6(10)], "loyalty": ["consistency": Decimal6(2)],
      "digital": ["app_logins_30d": Decimal6(4)],
    ])
    let all = Assessment(try story.row().history, asOf: Story.today, ScoreSheet(definition))
    #expect(all.score(.engagement).parts.map(\.points.description) == ["15", "0", "1", "0", "10"])
    #expect(all.value(.loyalty) == Decimal6("12.5"))
    #expect(all.value(.digital) == Decimal6(10))
  }

  @Test func definitionsTravelWhole() throws {
    let text = try Cold.encode(ScoreDefinition.initial)
    #expect(try Cold.decode(ScoreDefinition.self, text) == .initial)
    let written = String(decoding: text, as: UTF8.self)
    #expect(written.contains(#""engagement":{"app_events_30d":20,"calls_30d":50,"data_mb_30d":5000,"#))
    #expect(written.contains(#""risk":{"days_since_last_transaction":90}"#))
    var writer = PackedWriter()
    ScoreDefinition.initial.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try ScoreDefinition(&reader) == .initial)
    #expect(ScoreDefinition.initial.fullMarks.values.reduce(0) { $0 + $1.count } == 17)
  }

  /// A definition of a release that knew fewer parts is whole with this one's values.
  @Test func olderDefinitionsAreCompleted() throws {
    let old = ScoreDefinition(
      version: 3, origin: .operator, fullMarks: ["engagement": ["calls_30d": Decimal6(25)]])
    try old.check()
    var expected = ScoreDefinition.initial
    expected.fullMarks["engagement"]?["calls_30d"] = Decimal6(25)
    #expect(ScoreSheet(old) == ScoreSheet(expected))
    #expect(try old.changed(["risk": ["days_since_last_transaction": Decimal6(30)]]).fullMarks.count == 2)
  }

  @Test(arguments: [
    ("engagement", "calls_31d", 5), ("risk", "calls_30d", 5), ("engagement", "calls_30d", 0),
    ("engagement", "recency", 5), ("risk", "churn_probability", 2), ("none", "calls_30d", 5),
  ])
  func badChangesAreNamed(score: String, part: String, value: Int) throws {
    let error = #expect(throws: WireError.self) {
      try ScoreDefinition.initial.changed([score: [part: Decimal6(value)]])
    }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains("full_marks.\(score).\(part)") == true)
  }
}
