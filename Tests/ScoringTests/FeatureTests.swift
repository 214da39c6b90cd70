import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct FeatureTests {
  @Test func countsOfAFewDays() throws {
    let story = try Story()
    for day in [-30, -29, -2, -1, 0] { try story.call(day: day) }
    try story.take(.init(type: .callIncoming, day: -1))
    #expect(try story.feature(.calls30d) == .count(5))
    #expect(try story.feature(.callsMadeEver) == .count(5))
    #expect(try story.feature(.activeDays30d) == .count(4))
    #expect(try story.feature(.currentStreakDays) == .count(3))
    #expect(try story.feature(.longestStreakDays) == .count(3))
    #expect(try story.feature(.longestReturnGapDays) == .count(26))
    #expect(try story.feature(.daysSinceLastActivity) == .count(0))
    #expect(try story.feature(.calls30d, day: -1) == .count(5))
    #expect(try story.feature(.callsMadeEver, day: -2) == .count(3))
    #expect(try story.feature(.daysSinceLastActivity, day: -10) == .count(19))
  }

  @Test func ageIsThatOfTheEarliestActivation() throws {
    let story = try Story()
    try story.call()
    #expect(try story.feature(.customerAgeDays) == .null)
    #expect(try story.feature(.daysSinceLastTransaction) == .null)
    try story.take(.init(type: .activation, day: -3))
    try story.take(.init(type: .activation, day: -200))
    #expect(try story.feature(.customerAgeDays) == .count(200))
    #expect(try story.feature(.daysSinceLastTransaction) == .count(200))
    try story.reverse(.init(type: .activation, day: -200))
    #expect(try story.feature(.customerAgeDays) == .count(3))
    #expect(try story.feature(.customerAgeDays, day: -4) == .null)
    try story.reverse(.init(type: .activation, day: -3))
    #expect(try story.feature(.customerAgeDays) == .null)
    #expect(try story.audit() == [])
  }

  @Test(arguments: [
    ("2025-03-01", 0), ("2025-03-02", 1), ("2025-02-28", 364), ("2026-03-01", 365), ("2024-02-29", 364),
    ("2020-06-01", 92),
  ]) func daysToAnniversary(birth: String, days: Int) throws {
    let story = try Story()
    try story.take(.init(type: .activation, day: try #require(Day(birth)) - Story.today))
    #expect(try story.feature(.daysToAnniversary) == .count(Int64(days)))
  }

  /// 29 February is 28 February in the years that have none.
  @Test func leapDaysHaveAnniversariesEveryYear() throws {
    let story = try Story()
    try story.take(.init(type: .activation, day: try #require(Day("2024-02-29")) - Story.today))
    #expect(try story.feature(.daysToAnniversary, day: -1) == .count(0))
    #expect(try story.feature(.daysToAnniversary, day: -2) == .count(1))
  }

  @Test func lastActivityIsKnownLongAfterItsDay() throws {
    let story = try Story()
    try story.call(day: -300)
    try story.take(.init(type: .planChange))
    #expect(try story.feature(.daysSinceLastActivity) == .count(300))
    #expect(try story.feature(.calls30d) == .count(0))
    #expect(try story.feature(.callsMadeEver) == .count(1))
    try story.reverse(.init(day: -300))
    #expect(try story.feature(.daysSinceLastActivity) == .null)
    #expect(try story.audit() == [])
  }

  /// An event of tomorrow counts tomorrow.
  @Test func theFutureDoesNotCountYet() throws {
    let story = try Story()
    try story.call(day: 1)
    #expect(try story.feature(.calls30d) == .count(0))
    #expect(try story.feature(.callsMadeEver) == .count(0))
    try story.pass(days: 1)
    #expect(try story.feature(.callsMadeEver) == .count(1))
  }

  @Test func whatHasNoEventsYetIsNothingOrUnknown() throws {
    let all = Features(History(), asOf: Story.today).all
    #expect(all.count == Feature.allCases.count)
    for name in [
      "data_mb_30d", "sms_30d", "app_events_30d", "data_events_ever", "recharges_ever", "total_revenue",
    ] {
      #expect(all[name] == .number(.zero))
    }
    let unknown = all.filter { $0.value == .null }.keys.sorted()
    #expect(
      unknown == [
        "auto_renew", "auto_renew_days", "churn_probability", "customer_age_days", "days_since_last_activity",
        "days_since_last_transaction", "days_to_anniversary", "plan_tier", "profile_completeness",
      ])
  }

  @Test func everyVariableOfARuleHasItsValue() throws {
    let story = try Story()
    try story.take(.init(type: .activation, day: -9))
    try story.call()
    let assessment = try story.assessment()
    let truths = [
      #"{"===":[{"var":"customer_age_days"},9]}"#, #"{"var":"known.customer_age_days"}"#,
      #"{"!":{"var":"known.plan_tier"}}"#, #"{"===":[{"var":"engagement"},10.6]}"#,
      #"{"var":"known.engagement"}"#,
      #"{"==":[{"var":"favourite_colour"},null]}"#, #"{"!":{"var":"known.favourite_colour"}}"#,
      #"{"===":[{"var":"bills_ever"},0]}"#, #"{"===":[{"var":"roamed_180d"},false]}"#,
    ]
    for text in truths {
      for part in try WatchList.comparisons(of: text) {
        let (rule, attributes) = try Variables.compile(part.rule.canonical)
        #expect(assessment.holds(rule, attributes), "\(text)")
      }
    }
    #expect(try WatchList.comparisons(of: #"{">=":[{"var":"missions_completed.correction"},1]}"#).isEmpty)
  }
}
