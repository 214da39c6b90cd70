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

extension DayBuckets {
  /// The average of a metric over the whole periods that end yesterday, as many as lie wholly since a day.
  ///
  /// The average is rounded half up at six places; without such a period both numbers are 0.
  public func baseline(
    _ metric: Metric, _ period: BaselinePeriod, today: Day, since: Day?
  ) -> Snapshot.Baseline {
    var sum = Decimal6.zero
    var periods = 0
    let last = DayWindow(endingOn: today - 1, days: period.days)
    while periods < period.periodsMax, let since, last.earlier(by: periods).first >= since {
      sum += metric.value(of: totals(in: last.earlier(by: periods)))
      periods += 1
    }
    guard periods > 0 else { return Snapshot.Baseline(average: .zero, periods: 0) }
    let average = sum.scaled(by: Decimal6(1), over: Decimal6(periods)) ?? .zero
    return Snapshot.Baseline(average: average, periods: periods)
  }

  /// All metrics over all periods, by their names.
  public func baselines(today: Day, since: Day?) -> [String: [String: Snapshot.Baseline]] {
    var all: [String: [String: Snapshot.Baseline]] = [:]
    for metric in Metric.allCases {
      for period in BaselinePeriod.allCases {
        all[metric.rawValue, default: [:]][period.rawValue] = baseline(
          metric, period, today: today, since: since)
      }
    }
    return all
  }
}
