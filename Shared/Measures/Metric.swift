import Contracts
import Wire

/// What a mission counts, by its name in templates (domain.md 5).
public enum Metric: String, Sendable, CaseIterable {
  /// Outgoing calls.
  case callsMade = "calls_made"
  /// Megabytes of data.
  case dataMB = "data_mb"
  case appLogins = "app_logins"
  /// The most complete profile, 0 to 100.
  case profileCompleteness = "profile_completeness"
  /// Money of RECHARGE and TOP_UP.
  case rechargeAmount = "recharge_amount"
  /// The longest run of active days.
  case activeStreak = "active_streak"
  /// Distinct active days.
  case activeDays = "active_days"
  /// Distinct features of the app.
  case appFeatures = "app_features"
  case contentViews = "content_views"
  /// CONTENT_SHARE and REFERRAL.
  case sharesReferrals = "shares_referrals"
  /// Distinct channels of activities.
  case channels
  case bundlesBought = "bundles_bought"
  /// PLAN_CHANGE to the premium tier, unless it is a downgrade.
  case premiumUpgrades = "premium_upgrades"
  /// Megabytes while roaming.
  case roamingMB = "roaming_mb"
  /// The largest single RECHARGE, TOP_UP or BUNDLE_PURCHASE.
  case largestPurchase = "largest_purchase"
  /// Money of RECHARGE, TOP_UP, BUNDLE_PURCHASE, PAYMENT and BILL_PAID.
  case revenue
  /// PAYMENT and BILL_PAID not after their due day.
  case paymentsOnTime = "payments_on_time"
  /// The day, counted from the first, of the last active day reached without a long gap.
  case daysWithoutGap = "days_without_gap"
  /// Anniversaries of the account that pass; no event counts.
  case anniversary
  /// Activities of any kind after a network problem.
  case useAfterIssue = "use_after_issue"
  /// Activities of any kind after a silence.
  case returnActivity = "return_activity"
  /// Money of PAYMENT and BILL_PAID.
  case payments

  /// What its values are.
  public enum Kind: Sendable, Hashable {
    /// Whole numbers of events, days or names.
    case count
    /// Decimals: money, megabytes or percent.
    case amount
  }

  public var kind: Kind {
    switch self {
    case .dataMB, .profileCompleteness, .rechargeAmount, .roamingMB, .largestPurchase, .revenue, .payments:
      .amount
    default: .count
    }
  }

  /// How its value arises from events.
  public enum Form: Sendable, Hashable {
    /// The sum of what each event adds.
    case sum
    /// How many different things there were: days, or names.
    case distinct
    /// The longest run of days.
    case run
    /// How far the days reach from the first without a long gap.
    case reach
    /// The largest single amount.
    case largest
    /// A sum for which bills decide what counts.
    case onTime
    /// An instant that passes.
    case instant
  }

  public var form: Form {
    switch self {
    case .activeDays, .appFeatures, .channels: .distinct
    case .activeStreak: .run
    case .daysWithoutGap: .reach
    case .largestPurchase, .profileCompleteness: .largest
    case .paymentsOnTime: .onTime
    case .anniversary: .instant
    default: .sum
    }
  }

  /// The types of event that may count, and no others do.
  public var types: EventTypes {
    switch self {
    case .callsMade: [.callOutgoing]
    case .dataMB, .roamingMB: [.dataUsage]
    case .appLogins: [.appLogin]
    case .profileCompleteness: [.profileUpdate]
    case .rechargeAmount: [.recharge, .topUp]
    case .appFeatures: [.appFeatureUse]
    case .contentViews: [.contentView]
    case .sharesReferrals: [.contentShare, .referral]
    case .bundlesBought: [.bundlePurchase]
    case .premiumUpgrades: [.planChange]
    case .largestPurchase: [.recharge, .topUp, .bundlePurchase]
    case .revenue: [.recharge, .topUp, .bundlePurchase, .payment, .billPaid]
    case .payments, .paymentsOnTime: [.payment, .billPaid]
    case .activeStreak, .activeDays, .channels, .daysWithoutGap, .useAfterIssue, .returnActivity: .activities
    case .anniversary: []
    }
  }

  /// What one event adds to a sum, or shows as a single amount (a reversal takes the same away); 0 for an
  /// event of another type. Metadata (roaming, tier) is not looked at.
  @inline(__always)
  public func value(of event: EventEntry) -> Decimal6 {
    guard types.contains(event.type) else { return .zero }
    return kind == .amount ? event.value ?? .zero : Decimal6(1)
  }
}
