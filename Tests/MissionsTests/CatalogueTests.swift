import Contracts
import Testing
import Wire

@testable import Missions

/// The default templates against the table of domain.md 5, written down by hand.
@Suite struct CatalogueTests {
  /// slug, category, metric, threshold, days, points, badge, offer, priority; P: personal.
  private static let table = """
    first_call onboarding calls_made 1 30 100 activated.bronze - 10
    first_data_usage onboarding data_mb 100 30 150 - - 9
    app_installation onboarding app_logins 1 30 200 activated.bronze - 8
    profile_completion onboarding profile_completeness 100 30 50 - - 7
    first_recharge onboarding recharge_amount 10 30 250 - - 6
    daily_usage_streak engagement active_streak 3P 7 100 power_user.bronze - 9
    weekly_activity_goal engagement active_days 5P 7 150 - - 8
    data_usage_goal engagement data_mb 2000P 7 200 - - 7
    call_frequency engagement calls_made 20P 7 120 - - 6
    app_feature_adoption engagement app_features 3 7 100 app_champion.bronze - 5
    content_consumption engagement content_views 10 7 80 - - 4
    social_sharing engagement shares_referrals 1 30 300 referrer.bronze - 3
    multi_channel_usage engagement channels 2 30 150 - - 2
    recharge_threshold revenue recharge_amount 50P 30 500 big_spender.bronze - 9
    bundle_purchase revenue bundles_bought 1 30 300 - - 8
    premium_upgrade revenue premium_upgrades 1 30 1000 premium.gold - 7
    roaming_usage revenue roaming_mb 500 30 400 - - 6
    high_value_purchase revenue largest_purchase 100P 30 800 big_spender.silver - 5
    monthly_arpu_goal revenue revenue 30P 30 600 - - 4
    thirty_days_active loyalty active_days 30 35 1000 30_days_active.silver - 9
    ninety_days_loyal loyalty active_days 90 100 2000 90_days_loyal.silver - 8
    on_time_payment loyalty payments_on_time 3 90 500 - - 7
    no_inactivity_period loyalty days_without_gap 60 75 800 - - 6
    anniversary loyalty anniversary 1 365 5000 90_days_loyal.gold - 5
    low_usage_recovery correction data_mb 500P 7 200 comeback_hero.bronze recovery_offer 10
    churn_risk_intervention correction active_days 7P 7 300 comeback_hero.bronze retention_offer 9
    qoe_compensation correction use_after_issue 1 30 500 - compensation_offer 8
    reactivation correction return_activity 1 30 400 comeback_hero.bronze reactivation_offer 7
    payment_recovery correction payments 1 30 250 - - 6
    """

  private static func line(_ template: MissionTemplate) -> String {
    let (threshold, reward) = (template.threshold, template.rewardConfig)
    let badge = reward.badgeType.map { "\($0).\(reward.badgeLevel ?? "")" } ?? "-"
    return
      "\(template.slug) \(template.category.rawValue) \(template.metric) "
      + "\(threshold.value)\(threshold.personalize ? "P" : "") \(template.days) \(reward.points) "
      + "\(badge) \(reward.offerId ?? "-") \(template.priority)"
  }

  @Test func theDefaultsAreAsTheTableSays() {
    #expect(Field.catalogue.map(Self.line) == Self.table.split(separator: "\n").map(String.init))
    #expect(Field.catalogue.allSatisfy { $0.origin == .default && $0.version == 1 && $0.isActive })
    #expect(Field.catalogue.last?.threshold.amount == "arrears")
  }

  @Test func everyDefaultIsMeasuredAndTold() throws {
    for template in Field.catalogue {
      #expect(try CompiledTemplate(template).metric != nil, "\(template.slug)")
      #expect(template.description.hasSuffix("."), "\(template.slug)")
    }
    #expect(Set(Field.catalogue.map(\.templateName)).count == 29)
  }
}
