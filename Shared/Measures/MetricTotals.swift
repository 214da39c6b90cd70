import Wire

extension Metric {
  /// Its value over the counters of one or more days; 0 for what days do not count.
  public func value(of totals: DayTotals) -> Decimal6 {
    switch self {
    case .callsMade: Decimal6(exactly: totals.callsMade) ?? .zero
    default: .zero
    }
  }
}
