import Contracts
import Measures
import Wire

extension Features {
  /// The value of a feature that is a number; nil where it is not known, or is none.
  func number(_ feature: Feature) -> Decimal6? {
    switch feature {
    case .calls30d: .whole(month.calls)
    case .dataMB30d: month.megabytes
    case .sms30d: .whole(month[.sms])
    case .appEvents30d: .whole(month[.appLogins] + month[.featureUses])
    case .appLogins30d: .whole(month[.appLogins])
    case .featureUses30d: .whole(month[.featureUses])
    case .contentViews30d: .whole(month[.contentViews])
    case .webLogins30d: .whole(month[.webLogins])
    case .activeDays30d: Decimal6(activeDays30d)
    case .customerAgeDays: .days(age)
    case .daysSinceLastActivity: .days(inactive)
    case .daysSinceLastTransaction: .days(idle)
    case .currentStreakDays: Decimal6(history.days.currentStreak(in: window(Window.streak)))
    case .longestStreakDays: Decimal6(history.days.longestStreak(in: window(Window.streak)))
    case .longestReturnGapDays: Decimal6(history.days.longestGap(in: window(Window.year)))
    case .daysToAnniversary: .days(daysToAnniversary)
    case .rechargeAmount30d, .revenue30d, .revenuePrev30d, .totalRevenue, .transactionCount,
      .onTimePayments365d, .latePayments365d, .arrears, .arpu, .lifetimeValue, .rechargesEver:
      money(feature)
    case .churnProbability: churn
    case .profileCompleteness: setting(.profile).number
    case .autoRenewDays: .days(renewalDays)
    case .qoeIssues7d: .whole(history.days.totals(in: window(Window.week))[.qoeIssues])
    case .channels30d: .whole(history.channels.distinct(in: window(Window.month), month))
    case .selfCareActions90d: .whole(history.selfCare.total(in: window(Window.quarter)))
    case .referrals: .whole(life[.referrals])
    case .callsMadeEver: .whole(life.callsMade)
    case .dataEventsEver: .whole(life[.dataUses])
    case .appLoginsEver: .whole(life[.appLogins])
    case .billsEver: .whole(life[.bills])
    case .planTier, .autoRenew, .roamed180d: nil
    }
  }

  private func money(_ feature: Feature) -> Decimal6? {
    switch feature {
    case .rechargeAmount30d: recharged(in: window(Window.month))
    case .revenue30d: revenue(in: window(Window.month))
    case .revenuePrev30d: revenue(in: before)
    case .totalRevenue: totalRevenue
    case .transactionCount: transactions
    case .onTimePayments365d: .whole(history.payments.judged(in: window(Window.year)).onTime)
    case .latePayments365d: .whole(history.payments.judged(in: window(Window.year)).late)
    case .arrears: arrears
    case .arpu: arpu
    case .lifetimeValue: lifetimeValue.value
    case .rechargesEver: .whole(history.money.sum(through: day) { $0 == .recharge }.count)
    default: nil
    }
  }

  /// The value of a feature; null where it is not known.
  func value(_ feature: Feature) -> FeatureValue {
    switch feature {
    case .planTier: setting(.planTier)
    case .autoRenew: history.updates.renewal(through: day).map { .bool($0.isOn) } ?? .null
    case .roamed180d: .bool(history.roaming.total(in: window(Window.roaming)) > 0)
    default: number(feature).map(FeatureValue.number) ?? .null
    }
  }

  /// All of them by their names.
  var all: [String: FeatureValue] {
    Dictionary(uniqueKeysWithValues: Feature.allCases.map { ($0.rawValue, value($0)) })
  }
}

extension Decimal6 {
  /// A count; 0 in the place of one that does not fit.
  static func whole(_ value: Int64) -> Decimal6 { Decimal6(exactly: value) ?? .zero }
  /// A number of days, nil where there is none.
  static func days(_ value: Int?) -> Decimal6? { value.map { .whole(Int64($0)) } }
}

extension FeatureValue {
  /// A whole number.
  static func count(_ value: Int64) -> FeatureValue { .number(.whole(value)) }

  /// The number, if it is one.
  var number: Decimal6? {
    if case .number(let value) = self { value } else { nil }
  }
}
