import Measures
import Wire

extension Metric {
  /// Whether it counts days, of which a window has only so many.
  var countsDays: Bool {
    switch self {
    case .activeDays, .activeStreak, .daysWithoutGap: true
    default: false
    }
  }

  /// What so many of them are called, for people.
  func noun(_ count: Decimal6) -> String {
    let isOne = count == Decimal6(1)
    return switch self {
    case .callsMade: isOne ? "outgoing call" : "outgoing calls"
    case .dataMB: "MB of data"
    case .appLogins: isOne ? "app login" : "app logins"
    case .profileCompleteness: "percent of the profile"
    case .rechargeAmount: "in recharges"
    case .activeStreak: isOne ? "active day in a row" : "active days in a row"
    case .activeDays: isOne ? "active day" : "active days"
    case .appFeatures: isOne ? "app feature" : "different app features"
    case .contentViews: isOne ? "view" : "views"
    case .sharesReferrals: isOne ? "share or referral" : "shares or referrals"
    case .channels: isOne ? "channel" : "different channels"
    case .bundlesBought: isOne ? "bundle" : "bundles"
    case .premiumUpgrades: isOne ? "upgrade to premium" : "upgrades to premium"
    case .roamingMB: "MB while roaming"
    case .largestPurchase: "in a single purchase"
    case .revenue: "in spending"
    case .paymentsOnTime: isOne ? "payment on time" : "payments on time"
    case .daysWithoutGap: isOne ? "day without a long break" : "days without a long break"
    case .anniversary: isOne ? "anniversary" : "anniversaries"
    case .useAfterIssue, .returnActivity: isOne ? "use of the service" : "uses of the service"
    case .payments: "in payments"
    }
  }
}
