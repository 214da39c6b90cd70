import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct RegisterTests {
  private func number(_ text: String) throws -> FeatureValue { .number(try #require(Decimal6(text))) }

  @Test func theLastWriterByEventTimeWins() throws {
    let story = try Story()
    try story.say(.planChange, day: -2, #"{"plan":"x","tier":"Premium"}"#)
    try story.say(.planChange, day: -5, #"{"tier":"basic"}"#)
    try story.say(.planChange, day: 0, #"{"plan":"no tier"}"#)
    #expect(try story.feature(.planTier) == .text("premium"))
    #expect(try story.feature(.planTier, day: -3) == .text("basic"))
    #expect(try story.feature(.planTier, day: -6) == .null)
    try story.reverse(.init(type: .planChange, day: -2, metadata: #"{"plan":"x","tier":"Premium"}"#))
    #expect(try story.feature(.planTier) == .text("basic"))
    #expect(try story.audit() == [])
  }

  /// At the same instant the source decides, then the record's id.
  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) func tiesAreDecidedByName(order: [Int]) throws {
    let drafts = [("a", "9", "basic"), ("b", "1", "standard"), ("b", "2", "premium")].map {
      Story.Draft(type: .planChange, metadata: #"{"tier":"\#($0.2)"}"#, source: $0.0, id: $0.1)
    }
    let story = try Story()
    for place in order { try story.take(drafts[place]) }
    #expect(try story.feature(.planTier) == .text("premium"))
    try story.reverse(drafts[2])
    #expect(try story.feature(.planTier) == .text("standard"))
  }

  @Test func profilesHaveCompletenessAndAttributes() throws {
    let story = try Story()
    try story.say(
      .profileUpdate, "80", day: -1, #"{"language":"uz","attributes":{"vip":true,"segment":"b","n":1.5}}"#)
    try story.say(.profileUpdate, #"{"attributes":{"segment":"c","gone":null,"list":[1]}}"#)
    try story.say(.statusChange, #"{"status":"active"}"#)
    #expect(try story.feature(.profileCompleteness) == .count(80))
    #expect(
      try story.assessment().features.attributes == [
        "language": .text("uz"), "vip": .bool(true), "segment": .text("c"), "n": number("1.5"),
        "status": .text("active"),
      ])
    #expect(try story.assessment(day: -1).features.attributes["segment"] == .text("b"))
    #expect(try story.assessment(day: -2).features.attributes.isEmpty)
  }

  /// Since the first ENABLED after the last DISABLED.
  @Test func autoRenewalCountsItsDays() throws {
    let story = try Story()
    try story.say(.autoRenewEnabled, day: -9)
    try story.say(.autoRenewEnabled, day: -5)
    #expect(try story.feature(.autoRenew) == .bool(true))
    #expect(try story.feature(.autoRenewDays) == .count(9))
    try story.say(.autoRenewDisabled, day: -7)
    #expect(try story.feature(.autoRenewDays) == .count(5))
    #expect(try story.feature(.autoRenewDays, day: -6) == .count(0))
    #expect(try story.feature(.autoRenew, day: -6) == .bool(false))
    #expect(try story.feature(.autoRenewDays, day: -10) == .null)
    try story.reverse(.init(type: .autoRenewEnabled, day: -5))
    #expect(try story.feature(.autoRenew) == .bool(false))
    #expect(try story.feature(.autoRenewDays) == .count(0))
  }

  /// Renewals of long ago do not make it younger, and take no place.
  @Test func longAutoRenewalIsKept() throws {
    let story = try Story()
    for day in stride(from: -400, through: 0, by: 30) { try story.say(.autoRenewEnabled, day: day) }
    #expect(try story.feature(.autoRenewDays) == .count(400))
    #expect(try story.row().history.updates.list.count <= 6)
  }

  @Test func tenureGrowsAndOutranksActivation() throws {
    let story = try Story()
    try story.say(.activation, day: -10)
    try story.say(.featureUpdate, day: -3, #"{"features":{"tenure":362.7}}"#)
    #expect(try story.feature(.customerAgeDays) == .count(365))
    #expect(try story.feature(.daysToAnniversary) == .count(0))
    #expect(try story.feature(.customerAgeDays, day: -4) == .count(6))
    #expect(try story.feature(.daysSinceLastTransaction) == .count(10))
    try story.say(.featureUpdate, day: -1, #"{"features":{"customer_age_days":-4}}"#)
    #expect(try story.feature(.customerAgeDays) == .count(365))
  }

  @Test(arguments: [("0.25", "12.5"), ("1", "50"), ("1.000001", nil), ("-0.1", nil), (#""high""#, nil)])
  func churnIsAProbability(value: String, points: String?) throws {
    let story = try Story()
    try story.say(.featureUpdate, day: -29, #"{"features":{"churn_probability":\#(value)}}"#)
    let part = try story.assessment().score(.risk).parts[0]
    #expect(part.points == points.flatMap { Decimal6($0) } ?? .zero)
    #expect(part.known == (points != nil))
  }

  /// Of the 30 days that end today, and no older.
  @Test func churnIsForgottenAndLifetimeValueIsUsed() throws {
    let story = try Story()
    try story.say(.featureUpdate, day: -30, #"{"features":{"churn_probability":0.5,"lifetime_value":1000}}"#)
    #expect(try story.feature(.churnProbability) == .null)
    #expect(try story.feature(.churnProbability, day: -1) == number("0.5"))
    #expect(try story.feature(.lifetimeValue) == .count(1_000))
    let parts = try story.assessment().score(.revenue).parts
    #expect(
      parts[3]
        == ScorePart(part: "lifetime_value", input: .count(1_000), points: Decimal6(5), of: 10, known: false))
    #expect(try story.assessment().score(.revenue).confidence == Decimal6("0.9"))
    #expect(try story.assessment(day: -1).score(.revenue).confidence == Decimal6(1))
  }

  /// Strictly later transactions add to a balance, whichever came first.
  @Test(arguments: [false, true]) func balancesAreOpened(isUpdateFirst: Bool) throws {
    let update = Story.Draft(
      type: .featureUpdate, day: -5, metadata: #"{"features":{"total_revenue":800.5,"transaction_count":40}}"#
    )
    let story = try Story()
    if isUpdateFirst { try story.take(update) }
    for (day, seconds) in [(-6, 0), (-5, -1), (-5, 0), (-5, 1), (-2, 0)] {
      try story.say(.recharge, "10", day: day, seconds: Int64(seconds))
    }
    if !isUpdateFirst { try story.take(update) }
    #expect(try story.feature(.totalRevenue) == number("820.5"))
    #expect(try story.feature(.transactionCount) == .count(42))
    #expect(try story.feature(.totalRevenue, day: -3) == number("810.5"))
    #expect(try story.feature(.totalRevenue, day: -6) == number("10"))
    #expect(try story.feature(.rechargeAmount30d) == number("50"))
    try story.reverse(.init(type: .recharge, day: -5, value: "10", seconds: 1))
    #expect(try story.feature(.totalRevenue) == number("810.5"))
    try story.reverse(update)
    #expect(try story.feature(.totalRevenue) == number("40"))
    #expect(try story.feature(.transactionCount) == .count(4))
    #expect(try story.audit() == [])
  }

  @Test func otherNamesAreAttributesAndMoveNoScore() throws {
    let story = try Story()
    try story.badge("rich", #"{"and":[{">":[{"var":"income"},1000]},{"var":"known.income"}]}"#)
    try story.badge("calls", Criteria.calls(1))
    let before = Assessment(History(), asOf: Story.today, story.twin.definitions.marks).scores
    let up = try story.say(
      .featureUpdate, #"{"features":{"income":1500,"calls_30d":99,"nothing":null},"other":1}"#)
    #expect(up.map(\.told) == ["up"])
    #expect(try story.feature(.calls30d) == .count(0))
    #expect(try story.assessment().scores == before)
    #expect(try story.assessment().features.attributes == ["income": .count(1_500), "calls_30d": .count(99)])
    let down = try story.reverse(
      .init(
        type: .featureUpdate,
        metadata: #"{"features":{"income":1500,"calls_30d":99,"nothing":null},"other":1}"#))
    #expect(down.map(\.told) == ["revoked 1"])
  }

  /// Of what is older than the kept days, the last of each name stays.
  /// 30 days ending today: the update's own day is the first of them.
  @Test func anOldLifetimeValueIsUsedButNotKnown() throws {
    let story = try Story()
    try story.badge("valued", #"{"and":[{"var":"known.lifetime_value"},{">":[{"var":"lifetime_value"},9]}]}"#)
    let up = try story.say(.featureUpdate, #"{"features":{"lifetime_value":500}}"#)
    #expect(up.map(\.told) == ["up"])
    #expect(try story.pass(days: 29).map(\.told) == [])
    #expect(try story.pass(days: 1).map(\.told) == ["down"])
    #expect(try story.feature(.lifetimeValue) == .count(500))
    #expect(try story.audit() == [])
  }

  @Test func nightlyUpdatesDoNotPileUp() throws {
    let story = try Story()
    for day in -200...0 {
      try story.say(.featureUpdate, day: day, #"{"features":{"churn_probability":0.1,"n":\#(day)}}"#)
    }
    #expect(try story.row().history.updates.list.count == Updates.keptDays + 2)
    #expect(try story.assessment(day: -60).features.attributes == ["n": .count(-60)])
  }

  @Test(arguments: [
    "{}", #"{"features":7}"#, #"{"features":{"a":1e99}}"#, #"{"tier":7}"#, #"{"attributes":[1]}"#,
  ])
  func oddMetadataSetsNothing(metadata: String) throws {
    let story = try Story()
    for type in [EventType.featureUpdate, .planChange, .profileUpdate, .statusChange] {
      try story.say(type, metadata)
    }
    #expect(try story.row().history.updates.list.isEmpty)
    #expect(story.twin.progress.parked.isEmpty)
  }

  @Test func longTextsAreNotTaken() throws {
    let story = try Story()
    let long = String(repeating: "x", count: 257)
    try story.say(.profileUpdate, #"{"attributes":{"\#(long)":1,"a":"\#(long)","b":"ok"}}"#)
    #expect(try story.assessment().features.attributes == ["b": .text("ok")])
    let many = (0..<100).map { #""n\#($0)":1"# }.joined(separator: ",")
    try story.say(.featureUpdate, "{\"features\":{\(many)}}")
    #expect(try story.row().history.updates.list.last?.settings.count == Setting.attributesMax)
  }
}
