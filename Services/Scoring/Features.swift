import Contracts
import Measures
import Wire

/// A customer's features as of a day: an event counts if its day is not after it.
///
/// What needs a pass over many days is computed when it is asked for.
struct Features: Sendable {
  /// Whole days of the windows, today included.
  enum Window {
    static let month = 30
    static let streak = 92
    /// Returns after a long absence are looked for in this time.
    static let returns = 365
  }

  let day: Day
  let calls30d: Int64
  let activeDays30d: Int
  let callsMadeEver: Int64
  /// Days since birth; nil while there is no ACTIVATION.
  let age: Int?
  /// Whole days since the last activity, else since birth.
  let inactive: Int?
  private let history: History

  init(_ history: History, asOf day: Day) {
    self.history = history
    self.day = day
    let month = DayWindow(endingOn: day, days: Window.month)
    calls30d = history.days.totals(in: month).calls
    activeDays30d = history.days.activeDays(in: month)
    callsMadeEver = history.days.totals(through: day).callsMade
    age = history.birth(through: day).map { day - $0 }
    inactive = history.days.lastActive(through: day).map { day - $0 } ?? age
  }

  /// Days until the next return of the birth's date, 0 on it.
  private var daysToAnniversary: Int? {
    guard let birth = history.birth(through: day) else { return nil }
    var years = max(1, day.year - birth.year)
    if birth.adding(months: 12 * years) < day { years += 1 }
    return birth.adding(months: 12 * years) - day
  }

  /// The value of a feature; null where it is not known.
  func value(_ feature: Feature) -> FeatureValue {
    switch feature {
    case .calls30d: .count(calls30d)
    case .activeDays30d: .count(Int64(activeDays30d))
    case .callsMadeEver: .count(callsMadeEver)
    case .customerAgeDays, .daysSinceLastTransaction: .days(age)
    case .daysSinceLastActivity: .days(inactive)
    case .currentStreakDays: .days(history.days.currentStreak(in: streakWindow))
    case .longestStreakDays: .days(history.days.longestStreak(in: streakWindow))
    case .longestReturnGapDays:
      .days(history.days.longestGap(in: DayWindow(endingOn: day, days: Window.returns)))
    case .daysToAnniversary: .days(daysToAnniversary)
    case .churnProbability, .planTier, .profileCompleteness, .autoRenew, .autoRenewDays: .null
    case .roamed180d: .bool(false)
    case .dataMB30d, .sms30d, .appEvents30d, .appLogins30d, .featureUses30d, .contentViews30d, .webLogins30d,
      .rechargeAmount30d, .revenue30d, .revenuePrev30d, .totalRevenue, .transactionCount, .onTimePayments365d,
      .latePayments365d, .arrears, .arpu, .lifetimeValue, .qoeIssues7d, .referrals, .channels30d,
      .selfCareActions90d, .dataEventsEver, .rechargesEver, .appLoginsEver, .billsEver:
      .count(0)
    }
  }

  private var streakWindow: DayWindow { DayWindow(endingOn: day, days: Window.streak) }

  /// All of them by their names.
  var all: [String: FeatureValue] {
    Dictionary(uniqueKeysWithValues: Feature.allCases.map { ($0.rawValue, value($0)) })
  }
}

extension FeatureValue {
  /// A whole number.
  static func count(_ value: Int64) -> FeatureValue {
    Decimal6(exactly: value).map(FeatureValue.number) ?? .null
  }
  /// A number of days, null where there is none.
  static func days(_ value: Int?) -> FeatureValue { value.map { .count(Int64($0)) } ?? .null }

  /// The number, if it is one.
  var number: Decimal6? {
    if case .number(let value) = self { value } else { nil }
  }
}
