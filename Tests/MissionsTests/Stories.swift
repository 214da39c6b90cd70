import Contracts
import Testing
import Wire

@testable import Missions

/// One event of a story, at noon of a day of the mission (0 is its first).
struct Step: Sendable {
  var type: EventType
  var day: Int
  var value: Decimal6?
  var metadata = ""

  init(_ day: Int, _ type: EventType, _ value: String? = nil, _ metadata: String = "") {
    (self.day, self.type, self.metadata) = (day, type, metadata)
    self.value = value.flatMap { Decimal6($0) }
  }

  var at: Int64 { At.day(day, 12) }
}

/// The shortest story that completes a mission of a default template, and one that just does not.
struct Story: Sendable, CustomTestStringConvertible {
  var slug: String
  /// Of the customer for whom it is made, as in `WhoGetsWhatTests`.
  var snapshot: String
  /// By hand from domain.md 5: the table's threshold, times the factor where it is personal.
  var target: String
  /// Completes it with the last step, and not before.
  var steps: [Step]
  var missing: [Step]
  var testDescription: String { slug }

  init(_ slug: String, _ snapshot: String, _ target: String, _ steps: [Step], missing: [Step]) {
    (self.slug, self.snapshot, self.target) = (slug, snapshot, target)
    (self.steps, self.missing) = (steps, missing)
  }

  private static func days(_ days: some Sequence<Int>, _ type: EventType = .smsSent) -> [Step] {
    days.map { Step($0, type) }
  }

  private static let views = (0..<10).map { Step($0 / 2, .contentView) }

  static let onboarding = [
    Story(
      "first_call", "engagement=0 calls_made_ever=0", "1", [Step(3, .callOutgoing, "5")],
      missing: [Step(3, .callIncoming, "500")]),
    Story(
      "first_data_usage", "engagement=0 data_events_ever=0", "100",
      [Step(0, .dataUsage, "60.5"), Step(29, .dataUsage, "39.5")],
      missing: [Step(0, .dataUsage, "60.5"), Step(29, .dataUsage, "39.499999")]),
    Story(
      "app_installation", "digital=0 app_logins_ever=0", "1", [Step(1, .appLogin)],
      missing: [Step(1, .appInstall), Step(1, .webLogin)]),
    Story(
      "profile_completion", "profile_completeness=40", "100",
      [Step(1, .profileUpdate, "80"), Step(2, .profileUpdate, "100")],
      missing: [Step(1, .profileUpdate, "80"), Step(2, .profileUpdate, "99.5")]),
    Story(
      "first_recharge", "revenue=0 recharges_ever=0", "10",
      [Step(1, .recharge, "4"), Step(5, .topUp, "6")],
      missing: [Step(1, .recharge, "9.99"), Step(5, .bundlePurchase, "6")]),
  ]

  static let engagement = [
    Story(
      "daily_usage_streak", "engagement=30", "3", days([1, 1, 2, 3]), missing: days([1, 2, 4, 5])),
    Story(
      "weekly_activity_goal", "engagement=30", "5", days([0, 1, 3, 3, 5, 6]),
      missing: days([0, 1, 3, 5, 5])),
    Story(
      "data_usage_goal", "engagement=30", "2000",
      [Step(0, .dataUsage, "1500"), Step(6, .dataUsage, "500")], missing: [Step(0, .dataUsage, "1999.9")]),
    Story(
      "call_frequency", "engagement=29.99", "14", days((0..<14).map { $0 / 2 }, .callOutgoing),
      missing: days((0..<13).map { $0 / 2 }, .callOutgoing)),
    Story(
      "app_feature_adoption", "digital=30", "3",
      ["roam", "roam", "bill", "chat"].enumerated().map {
        Step($0.offset, .appFeatureUse, nil, #"{"feature":"\#($0.element)"}"#)
      },
      missing: ["roam", "bill", "roam"].map { Step(1, .appFeatureUse, nil, #"{"feature":"\#($0)"}"#) }),
    Story("content_consumption", "digital=25", "10", views, missing: Array(views.dropLast())),
    Story("social_sharing", "", "1", [Step(9, .referral)], missing: days([9], .contentView)),
    Story(
      "multi_channel_usage", "digital=40", "2",
      [Step(0, .appLogin), Step(1, .appFeatureUse), Step(2, .recharge, "5", #"{"channel":"SHOP"}"#)],
      // A call has no channel; the app is one, whatever its case.
      missing: [Step(0, .appLogin), Step(1, .callOutgoing), Step(2, .recharge, "5", #"{"channel":"App"}"#)]),
  ]

  static let revenue = [
    Story(
      "recharge_threshold", "revenue=39.99", "40", [Step(0, .recharge, "15"), Step(20, .topUp, "25")],
      missing: [Step(0, .recharge, "39.99"), Step(0, .payment, "100")]),
    Story(
      "bundle_purchase", "revenue=15", "1", [Step(2, .bundlePurchase, "9.5")],
      missing: [Step(2, .recharge, "9.5")]),
    Story(
      "premium_upgrade", "revenue=60", "1",
      [Step(2, .planChange, "30", #"{"plan":"P","tier":"premium","direction":"upgrade"}"#)],
      missing: [Step(2, .planChange, "30", #"{"tier":"standard","direction":"upgrade"}"#)]),
    Story(
      "roaming_usage", "roamed_180d=true", "500",
      [
        Step(2, .dataUsage, "150", #"{"roaming":true}"#), Step(3, .dataUsage, "150", #"{"roaming":"True"}"#),
        Step(4, .dataUsage, "200", #"{"roaming":1}"#),
      ],
      missing: [
        Step(2, .dataUsage, "499", #"{"roaming":true}"#), Step(3, .dataUsage, "9", #"{"roaming":false}"#),
        Step(4, .dataUsage, "9", #"{"roaming":"no"}"#), Step(5, .dataUsage, "9", #"{"roaming":0}"#),
      ]),
    Story(
      "high_value_purchase", "revenue=50", "120",
      [Step(1, .recharge, "119"), Step(2, .bundlePurchase, "120")],
      missing: [Step(1, .recharge, "119"), Step(2, .topUp, "119.99"), Step(3, .payment, "500")]),
    Story(
      "monthly_arpu_goal", "revenue=40", "36",
      [
        Step(1, .recharge, "5"), Step(1, .topUp, "5"), Step(2, .bundlePurchase, "6"), Step(3, .payment, "10"),
        Step(4, .billPaid, "10"),
      ],
      missing: [Step(1, .recharge, "35.99"), Step(2, .billIssued, "10"), Step(2, .planChange, "10")]),
  ]

  static let loyalty = [
    Story("thirty_days_active", "", "30", days(5..<35), missing: days(0..<29)),
    Story("ninety_days_loyal", "", "90", days(10..<100), missing: days(0..<89)),
    Story(
      "on_time_payment", "loyalty=40 bills_ever=1", "3",
      [
        Step(0, .billIssued, "20", #"{"bill_id":"b1","due_date":"2024-03-14"}"#),
        Step(10, .billPaid, "20", #"{"bill_id":"b1"}"#),
        Step(40, .payment, "20", #"{"due_date":"2024-04-13T00:00:00Z"}"#),
        Step(60, .billIssued, "20", #"{"bill_id":3,"due_date":"2024-05-30"}"#),
        Step(80, .payment, "20", #"{"bill_id":3}"#),
      ],
      missing: [
        Step(0, .billIssued, "20", #"{"bill_id":"b1","due_date":"2024-03-14"}"#),
        // A day late; on time; on time; neither.
        Step(11, .billPaid, "20", #"{"bill_id":"b1"}"#),
        Step(40, .payment, "20", #"{"due_date":"2024-04-13"}"#),
        Step(41, .payment, "20", #"{"due_date":"2024-04-14"}"#), Step(42, .payment, "20"),
      ]),
    Story(
      "no_inactivity_period", "loyalty=50", "60", days([7, 15, 23, 31, 39, 47, 55, 59]),
      missing: days([0, 8, 17] + Array(18..<75))),
  ]

  static let correction = [
    Story(
      "low_usage_recovery", "engagement=30 risk=50", "300",
      [Step(0, .dataUsage, "100"), Step(5, .dataUsage, "200")], missing: [Step(0, .dataUsage, "299.9")]),
    Story("churn_risk_intervention", "risk=70", "5", days([0, 1, 2, 4, 6]), missing: days([0, 1, 2, 4, 4])),
    Story(
      "qoe_compensation", "qoe_issues_7d=1", "1", [Step(1, .callIncoming, "60")],
      missing: [Step(1, .qoeIssue, "0.5"), Step(2, .networkEvent)]),
    Story(
      "reactivation", "days_since_last_activity=30 risk=60", "1", [Step(20, .ussdSession)],
      missing: [Step(20, .billIssued, "9")]),
    Story(
      "payment_recovery", "arrears=75.5 risk=60", "75.5",
      [Step(3, .payment, "50"), Step(9, .billPaid, "25.5")],
      missing: [Step(3, .payment, "75.49"), Step(4, .recharge, "10")]),
  ]

  static let all = onboarding + engagement + revenue + loyalty + correction
}
