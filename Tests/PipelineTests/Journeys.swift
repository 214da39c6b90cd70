import Contracts
import Wire

/// A journey for each of the 29 templates (domain.md 5).
enum Journeys {
  static let all = onboarding + engagement + revenue + loyalty + correction

  private typealias Deed = Journey.Deed

  private static let young = [Deed(.activation, -5)]
  /// 50 calls and a day without any: engagement 30 + 8.
  private static let talkative = [Deed(.activation, -3), Deed(.callOutgoing, -1, "60", times: 50)]
  /// 30 logins: digital 40.
  private static let digital = [Deed(.activation, -3), Deed(.appLogin, -1, times: 30)]
  /// 200 recharged: revenue 8 + 30 + 20 + 1.
  private static let rich = [Deed(.activation, -3), Deed(.recharge, -1, "200")]
  /// The warehouse says: with us for 400 days, and 50 transactions; loyalty 30 + 25.
  private static let loyal = [
    Deed(.featureUpdate, -3, nil, told(["tenure": 400, "transaction_count": 50]))
  ]
  private static let leaving = Deed(.featureUpdate, -2, nil, told(["churn_probability": 1]))
  /// Ninety days without a transaction, and about to leave: risk 50 + 30.
  private static let nearlyGone = [Deed(.activation, -90), leaving]

  private static func told(_ features: [String: Int]) -> [String: Record.Note] {
    ["features": .group(features.mapValues { .number(Decimal6($0)) })]
  }

  /// An SMS on each of some days.
  private static func active(_ days: some Sequence<Int>) -> [Deed] { days.map { Deed(.smsSent, $0) } }

  private static let onboarding = [
    Journey(
      "first_call", "1", 100, "activated.bronze", before: young, then: [Deed(.callOutgoing, 0, "60")]),
    Journey("first_data_usage", "100", 150, before: young, then: [Deed(.dataUsage, 0, "100")]),
    Journey("app_installation", "1", 200, "activated.bronze", before: young, then: [Deed(.appLogin, 0)]),
    Journey("profile_completion", "100", 50, before: young, then: [Deed(.profileUpdate, 0, "100")]),
    Journey(
      "first_recharge", "10", 250, before: young, then: [Deed(.topUp, 0, "4"), Deed(.recharge, 0, "6")]),
  ]

  private static let engagement = [
    Journey(
      "daily_usage_streak", "3", 100, "power_user.bronze", before: talkative, then: active(0...2)),
    Journey("weekly_activity_goal", "5", 150, before: talkative, then: active([0, 1, 3, 4, 6])),
    Journey("data_usage_goal", "2000", 200, before: talkative, then: [Deed(.dataUsage, 0, "2000")]),
    Journey("call_frequency", "20", 120, before: talkative, then: [Deed(.callOutgoing, 0, "1", times: 20)]),
    Journey(
      "app_feature_adoption", "3", 100, "app_champion.bronze", before: digital,
      then: ["map", "bills", "chat"].map { Deed(.appFeatureUse, 0, nil, ["feature": .text($0)]) }),
    Journey("content_consumption", "10", 80, before: digital, then: [Deed(.contentView, 0, times: 10)]),
    Journey(
      "social_sharing", "1", 300, "referrer.bronze", keepsBadge: false, before: young,
      then: [Deed(.contentShare, 0)]),
    Journey(
      "multi_channel_usage", "2", 150, before: digital, then: [Deed(.appLogin, 0), Deed(.webLogin, 0)]),
  ]

  private static let revenue = [
    // No month of habits yet, and revenue at least 40: 1.2 times the usual 50, 100 and 30.
    Journey(
      "recharge_threshold", "60", 500, "big_spender.bronze", before: rich, then: [Deed(.recharge, 0, "60")]),
    Journey(
      "high_value_purchase", "120", 800, "big_spender.silver", before: rich,
      then: [Deed(.recharge, 0, "119"), Deed(.bundlePurchase, 0, "120")]),
    Journey("monthly_arpu_goal", "36", 600, before: rich, then: [Deed(.payment, 0, "36")]),
    Journey("bundle_purchase", "1", 300, before: rich, then: [Deed(.bundlePurchase, 0, "9.99")]),
    // 400 recharged: revenue 16 + 30 + 20 + 2.
    Journey(
      "premium_upgrade", "1", 1_000, "premium.gold", keepsBadge: false, before: [Deed(.recharge, -1, "400")],
      then: [Deed(.planChange, 0, "30", ["tier": .text("premium"), "direction": .text("upgrade")])]),
    Journey(
      "roaming_usage", "500", 400, before: young, then: [Deed(.dataUsage, 0, "500", ["roaming": .flag(true)])]
    ),
  ]

  private static let loyalty = [
    Journey(
      "thirty_days_active", "30", 1_000, "30_days_active.silver", before: young, then: active(0..<30)),
    Journey(
      "ninety_days_loyal", "90", 2_000, "90_days_loyal.silver", keepsBadge: false, before: young,
      then: active(0..<90)),
    Journey(
      "on_time_payment", "3", 500,
      before: loyal + [
        Deed(.billIssued, -2, "30", ["bill_id": .text("1"), "due_date": .text(Story.date(1))]),
        Deed(.billIssued, -2, "30", ["bill_id": .text("2"), "due_date": .text(Story.date(0))]),
      ],
      then: [
        Deed(.payment, 0, "30", ["bill_id": .text("1")]), Deed(.billPaid, 0, "30", ["bill_id": .text("2")]),
        Deed(.payment, 0, "9", ["due_date": .text(Story.date(0))]),
      ]),
    // Seven inactive days between every two, and the sixtieth day.
    Journey(
      "no_inactivity_period", "60", 800, before: loyal,
      then: active(Array(stride(from: 0, to: 59, by: 8)) + [59])),
    // On 2026-04-01.
    Journey(
      "anniversary", "1", 5_000, "90_days_loyal.gold", before: [Deed(.activation, -335)], then: [],
      lastDay: 30),
  ]

  private static let correction = [
    // No week of habits yet: 0.6 times the usual 500.
    Journey(
      "low_usage_recovery", "300", 200, "comeback_hero.bronze", offer: "recovery_offer", keepsBadge: false,
      before: young + [leaving], then: [Deed(.dataUsage, 0, "300")]),
    // Four weeks of nothing: the least is half of the usual 7, rounded up.
    Journey(
      "churn_risk_intervention", "4", 300, "comeback_hero.bronze", offer: "retention_offer",
      before: nearlyGone, then: active(0...3)),
    Journey(
      "qoe_compensation", "1", 500, offer: "compensation_offer", before: young + [Deed(.qoeIssue, -2, "0.8")],
      then: [Deed(.callIncoming, 0, "60")]),
    Journey(
      "reactivation", "1", 400, "comeback_hero.bronze", offer: "reactivation_offer", keepsBadge: false,
      before: [Deed(.activation, -40)], then: [Deed(.ussdSession, 0)]),
    Journey(
      "payment_recovery", "45.5", 250,
      before: nearlyGone + [Deed(.billIssued, -20, "45.5", ["due_date": .text(Story.date(-10))])],
      then: [Deed(.payment, 0, "45.5")]),
  ]
}
