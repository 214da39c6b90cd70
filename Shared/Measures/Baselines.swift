import Contracts
import Wire

/// The lengths of period over which a customer's habits are averaged (domain.md 5, "Personal target").
public enum BaselinePeriod: String, Sendable, CaseIterable {
  case weekly, monthly

  /// Whole days.
  public var days: Int { self == .weekly ? 7 : 30 }
  /// Periods that are looked at, at most.
  public var periodsMax: Int { self == .weekly ? 4 : 3 }
}

/// What a customer does habitually, by the names of the metrics for which targets can be personal.
public enum Habit: String, Sendable, CaseIterable {
  case callsMade = "calls_made"
  case dataMB = "data_mb"
  case appLogins = "app_logins"
  case contentViews = "content_views"
  case rechargeAmount = "recharge_amount"
  case activeStreak = "active_streak"
  case activeDays = "active_days"
  case largestPurchase = "largest_purchase"
  case revenue

  /// Its value over a window.
  func value(_ days: DayBuckets, _ money: Money, in window: DayWindow) -> Decimal6 {
    func count(_ value: Int64) -> Decimal6 { Decimal6(exactly: value) ?? .zero }
    return switch self {
    case .callsMade: count(days.totals(in: window)[.callsMade])
    case .dataMB: days.totals(in: window).megabytes
    case .appLogins: count(days.totals(in: window)[.appLogins])
    case .contentViews: count(days.totals(in: window)[.contentViews])
    case .rechargeAmount: money.sum(in: window) { $0 == .recharge }.decimal
    case .activeStreak: count(Int64(days.longestStreak(in: window)))
    case .activeDays: count(Int64(days.activeDays(in: window)))
    case .largestPurchase: money.largest(in: window)
    case .revenue: money.sum(in: window).decimal
    }
  }
}

extension DayBuckets {
  /// The average of a habit over the whole periods that end yesterday, as many as lie wholly since a day.
  ///
  /// The average is rounded half up at six places; without such a period both numbers are 0.
  public func baseline(
    _ habit: Habit, _ period: BaselinePeriod, _ money: Money, today: Day, since: Day?
  ) -> Snapshot.Baseline {
    var sum: Int64 = 0
    var periods = 0
    let last = DayWindow(endingOn: today - 1, days: period.days)
    while periods < period.periodsMax, let since, last.earlier(by: periods).first >= since {
      sum &+= habit.value(self, money, in: last.earlier(by: periods)).millionths
      periods += 1
    }
    guard periods > 0 else { return Snapshot.Baseline(average: .zero, periods: 0) }
    let average = Decimal6(millionths: sum).scaled(by: Decimal6(1), over: Decimal6(periods)) ?? .zero
    return Snapshot.Baseline(average: average, periods: periods)
  }

  /// All habits over all periods, by their names.
  public func baselines(_ money: Money, today: Day, since: Day?) -> [String: [String: Snapshot.Baseline]] {
    var all: [String: [String: Snapshot.Baseline]] = [:]
    for habit in Habit.allCases {
      for period in BaselinePeriod.allCases {
        all[habit.rawValue, default: [:]][period.rawValue] = baseline(
          habit, period, money, today: today, since: since)
      }
    }
    return all
  }
}
