import Contracts
import Testing
import Wire

@testable import Missions

/// For every default template a customer who gets it, one who just does not, and what is said of that.
@Suite struct WhoGetsWhatTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var slug: String
    /// `name=value` pairs; a value that is no number, true or false is a text.
    var taken: String
    var refused: String
    /// What the refusal says is needed; empty where nothing can fail.
    var need: String
    var testDescription: String { slug }

    init(_ slug: String, _ taken: String, _ refused: String, _ need: String) {
      (self.slug, self.taken, self.refused, self.need) = (slug, taken, refused, need)
    }
  }

  static let cases = [
    Case(
      "first_call", "engagement=20 calls_made_ever=0", "engagement=20.01 calls_made_ever=0",
      "engagement <= 20"),
    Case(
      "first_call", "engagement=0 calls_made_ever=0", "engagement=0 calls_made_ever=1",
      "calls_made_ever == 0"),
    Case(
      "first_data_usage", "engagement=20 data_events_ever=0", "engagement=20 data_events_ever=3",
      "data_events_ever == 0"),
    Case(
      "app_installation", "digital=30 app_logins_ever=0", "digital=30.01 app_logins_ever=0",
      "digital <= 30"),
    Case(
      "app_installation", "digital=30 app_logins_ever=0", "digital=30 app_logins_ever=1",
      "app_logins_ever == 0"),
    Case("profile_completion", "", "profile_completeness=100", "profile_completeness"),
    Case("profile_completion", "profile_completeness=99", "profile_completeness=100", "profile_completeness"),
    Case(
      "first_recharge", "revenue=20 recharges_ever=0", "revenue=20 recharges_ever=1",
      "recharges_ever == 0"),
    Case("daily_usage_streak", "engagement=20", "engagement=19.99", "engagement >= 20"),
    Case("daily_usage_streak", "engagement=70", "engagement=70.01", "engagement <= 70"),
    Case("weekly_activity_goal", "engagement=30", "engagement=29.99", "engagement >= 30"),
    Case("data_usage_goal", "engagement=25", "engagement=24.99", "engagement >= 25"),
    Case("call_frequency", "engagement=20", "", "engagement >= 20"),
    Case("app_feature_adoption", "digital=30", "digital=80.01", "digital <= 80"),
    Case("content_consumption", "digital=25", "digital=24.99", "digital >= 25"),
    Case("multi_channel_usage", "digital=40", "digital=39.99", "digital >= 40"),
    Case("recharge_threshold", "revenue=80", "revenue=80.01", "revenue <= 80"),
    Case("bundle_purchase", "revenue=15", "revenue=14.99", "revenue >= 15"),
    Case("premium_upgrade", "revenue=60 plan_tier=standard", "revenue=60 plan_tier=premium", "plan_tier"),
    Case("premium_upgrade", "revenue=60", "revenue=59.99", "revenue >= 60"),
    Case("roaming_usage", "roamed_180d=true", "roamed_180d=false", "roamed_180d"),
    Case("roaming_usage", "roamed_180d=true", "", "roamed_180d"),
    Case("high_value_purchase", "revenue=50", "revenue=49.99", "revenue >= 50"),
    Case("monthly_arpu_goal", "revenue=40", "revenue=39.99", "revenue >= 40"),
    Case("on_time_payment", "loyalty=40 bills_ever=1", "loyalty=40 bills_ever=0", "bills_ever >= 1"),
    Case("no_inactivity_period", "loyalty=50", "loyalty=49.99", "loyalty >= 50"),
    Case("anniversary", "days_to_anniversary=1", "days_to_anniversary=0", "days_to_anniversary"),
    Case("anniversary", "days_to_anniversary=60", "days_to_anniversary=61", "days_to_anniversary"),
    Case("anniversary", "days_to_anniversary=60", "", "days_to_anniversary"),
    Case("low_usage_recovery", "engagement=30 risk=50", "engagement=30 risk=49.99", "risk >= 50"),
    Case("churn_risk_intervention", "risk=70", "risk=69.99", "risk >= 70"),
    Case("qoe_compensation", "qoe_issues_7d=1", "qoe_issues_7d=0", "qoe_issues_7d >= 1"),
    Case(
      "reactivation", "days_since_last_activity=30 risk=60 churn_probability=0.1",
      "days_since_last_activity=29 risk=60 churn_probability=0.1", "days_since_last_activity >= 30"),
    Case(
      "reactivation", "days_since_last_activity=30 risk=0",
      "days_since_last_activity=30 risk=59.99 churn_probability=0.1", "risk >= 60"),
    Case("reactivation", "days_since_last_activity=30 risk=60", "risk=60", "days_since_last_activity >= 30"),
    Case("payment_recovery", "arrears=0.01 risk=60", "arrears=0 risk=60", "arrears > 0"),
    Case("payment_recovery", "arrears=5 risk=60", "arrears=5 risk=59.99", "risk >= 60"),
    Case("social_sharing", "", "", ""), Case("thirty_days_active", "", "", ""),
    Case("ninety_days_loyal", "", "", ""),
  ]

  static func snapshot(_ values: String) -> Snapshot {
    var snapshot = Snapshot(customer: "C-1", events: 0, asOf: At.monday)
    for pair in values.split(separator: " ") {
      let parts = pair.split(separator: "=").map(String.init)
      let value: FeatureValue =
        switch parts[1] {
        case "true": .bool(true)
        case "false": .bool(false)
        default: Decimal6(parts[1]).map(FeatureValue.number) ?? .text(parts[1])
        }
      if ["engagement", "revenue", "loyalty", "risk", "digital"].contains(parts[0]) {
        snapshot.scores[parts[0]] = value
      } else {
        snapshot.features[parts[0]] = value
      }
    }
    return snapshot
  }

  private func verdict(_ slug: String, _ values: String, named: Bool = false) throws -> Verdict {
    let templates = try Field.catalogue.filter { $0.slug == slug }.map { try CompiledTemplate($0) }
    let options = GenerationOptions(template: named ? slug : nil)
    let plan = Generation(options: options, now: At.monday, zone: .utc).plan(
      Self.snapshot(values), templates, CustomerMissions())
    return try #require(plan.verdicts.first)
  }

  @Test(arguments: cases)
  func isGivenToWhomItSuits(_ one: Case) throws {
    let taken = try verdict(one.slug, one.taken)
    #expect(taken.reason == .generated, "\(taken.message)")
    guard !one.need.isEmpty else { return }
    let refused = try verdict(one.slug, one.refused)
    #expect([.rule, .eligibility].contains(refused.reason))
    #expect(refused.message.contains(one.need), "\(refused.message)")
  }

  @Test func everyTemplateHasItsCase() {
    #expect(Set(Self.cases.map(\.slug)) == Set(Field.catalogue.map(\.slug)))
  }

  @Test func roamingMayBeAskedForByName() throws {
    #expect(try verdict("roaming_usage", "roamed_180d=false", named: true).reason == .generated)
  }

  @Test func theWholeCatalogueFillsFiveSlotsInOrder() throws {
    let values =
      "engagement=40 revenue=60 loyalty=60 risk=75 digital=50 bills_ever=2 profile_completeness=100 "
      + "arrears=12.5 qoe_issues_7d=1 churn_probability=0.5 days_since_last_activity=1 calls_made_ever=9"
    let plan = Generation(options: .init(), now: At.monday, zone: .utc).plan(
      Self.snapshot(values), try Field.catalogue.map { try CompiledTemplate($0) }, CustomerMissions())
    // Priority 9: risk 75 before 100 - 40 (engagement, revenue 100 - 60 and loyalty 100 - 60 by slug).
    #expect(
      plan.chosen.map(\.template.slug) == [
        "churn_risk_intervention", "daily_usage_streak", "recharge_threshold", "thirty_days_active",
        "qoe_compensation",
      ])
    #expect(plan.verdicts.count == 29)
    let reasons = Dictionary(uniqueKeysWithValues: plan.verdicts.map { ($0.template, $0.reason) })
    #expect(reasons["ninety_days_loyal"] == .sameMetric)
    #expect(reasons["payment_recovery"] == .noFreeSlot)
    #expect(reasons["first_call"] == .rule)
  }

  @Test func arrearsAreTheTarget() throws {
    let field = try Field(templates: Field.catalogue)
    let answer = try field.generate(Self.snapshot("arrears=75.5 risk=60"), template: "payment_recovery")
    #expect(answer.contains(#""target_value":75.5"#))
    #expect(answer.contains("What is open is the target: 75.5 in payments within 30 days."))
  }

  @Test func anAnniversaryRestsHalfAYear() throws {
    let template = try #require(Field.catalogue.first { $0.slug == "anniversary" })
    var customer = CustomerMissions()
    customer.ended = [
      EndedMission(
        number: 1, template: "anniversary", metric: .anniversary, start: At.day(-100), end: At.day(265),
        completedAt: At.monday, status: .completed)
    ]
    for (day, reason) in [(179, Verdict.Reason.coolDown), (180, .generated)] {
      var snapshot = Self.snapshot("days_to_anniversary=30")
      snapshot.asOf = At.day(day)
      let plan = Generation(options: .init(), now: At.day(day), zone: .utc).plan(
        snapshot, [try CompiledTemplate(template)], customer)
      #expect(plan.verdicts.map(\.reason) == [reason], "day \(day)")
    }
  }
}
