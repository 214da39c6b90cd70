import Contracts
import Measures
import Testing
import Wire

@testable import Missions

@Suite struct PersonalTargetTests {
  private func target(
    _ snapshot: Snapshot, _ category: MissionTemplate.Category = .engagement, value: Int = 20,
    period: MissionTemplate.Period = .weekly, min: Decimal6? = nil, max: Decimal6? = nil,
    step: Decimal6? = nil
  ) -> PersonalTarget {
    let template = MissionTemplate(
      slug: "t", templateName: "T", description: "", category: category, metric: "calls_made",
      threshold: .init(value: Decimal6(value), personalize: true, min: min, max: max, step: step),
      period: period, rewardConfig: Reward(points: 1), priority: 1)
    return .make(template, .callsMade, snapshot)
  }

  private func snapshot(_ average: String, periods: Int = 4, period: String = "weekly") -> Snapshot {
    var snapshot = Field.snapshot()
    snapshot.baselines = [
      "calls_made": [period: .init(average: Decimal6(average) ?? .zero, periods: periods)]
    ]
    return snapshot
  }

  @Test(arguments: [
    ("20", "24"), ("20.25", "25"), ("24.5", "30"), ("10", "12"),
    // At least half and at most three times the template's value.
    ("0", "10"), ("8", "10"), ("50", "60"), ("500", "60"),
  ])
  func stretchesTheAverage(_ average: String, _ expected: String) {
    #expect(target(snapshot(average)).value == Decimal6(expected))
    #expect(target(snapshot(average)).baseline == Decimal6(average))
  }

  @Test func eachCategoryStretchesItsOwnWay() {
    #expect(target(snapshot("20"), .revenue).value == Decimal6(23))
    #expect(target(snapshot("20"), .correction).value == Decimal6(12))
    #expect(target(snapshot("20"), .loyalty).value == Decimal6(20))
  }

  @Test(arguments: [("29.99", 14), ("30", 20), ("0", 14), ("80", 20)])
  func withoutAnAverageTheEngagementScoreDecides(_ score: String, _ expected: Int) {
    let made = target(Field.snapshot(engagement: Decimal6(score) ?? .zero))
    #expect(made.value == Decimal6(expected))
    #expect(made.baseline == nil)
  }

  @Test func withoutAnAverageOtherCategoriesHaveTheirFactors() {
    var snapshot = Field.snapshot()
    snapshot.scores["revenue"] = .number(Decimal6("39.99") ?? .zero)
    #expect(target(snapshot, .revenue).value == Decimal6(16))
    snapshot.scores["revenue"] = .number(Decimal6(40))
    #expect(target(snapshot, .revenue).value == Decimal6(24))
    #expect(target(snapshot, .correction).value == Decimal6(12))
    #expect(target(snapshot, .onboarding).value == Decimal6(20))
  }

  @Test func noWholePeriodIsNoAverage() {
    #expect(target(snapshot("100", periods: 0)).value == Decimal6(20))
    #expect(target(snapshot("100"), period: .monthly).value == Decimal6(20))
    #expect(target(snapshot("25", period: "monthly"), period: .monthly).value == Decimal6(30))
  }

  @Test func stepAndBoundsAreTheTemplates() {
    #expect(target(snapshot("21"), step: Decimal6(5)).value == Decimal6(30))
    #expect(target(snapshot("20"), min: Decimal6(26)).value == Decimal6(26))
    #expect(target(snapshot("20"), max: Decimal6(22)).value == Decimal6(22))
    // Half of 5 is 2.5: the least is rounded up to the step.
    #expect(target(snapshot("0"), value: 5).value == Decimal6(3))
  }

  @Test func theExplanationShowsTheNumbers() {
    let text = target(snapshot("20.25")).explanation
    #expect(text.contains("20.25"))
    #expect(text.contains("times 1.2 that is 24.3, rounded up to 25."))
    let low = target(snapshot("3")).explanation
    #expect(low.hasSuffix("rounded up to 4, and 10 is the least for this mission."))
    let fresh = target(Field.snapshot(engagement: Decimal6("12.5") ?? .zero)).explanation
    #expect(fresh.contains("the usual 20 outgoing calls times 0.7 (engagement score 12.5), which is 14."))
  }

  @Test func hugeNumbersDoNotTrap() {
    #expect(target(snapshot("9000000000000")).value == Decimal6(60))
    #expect(Decimal6(millionths: .max).roundedUp(to: Decimal6(7)) == Decimal6(millionths: .max))
  }
}
