import Measures
import Testing
import Wire

@Suite struct BaselineTests {
  /// Yesterday is the last day of the last period; today does not count.
  @Test func weeksEndYesterday() {
    let buckets = active([0, -1, -7, -8, -14, -28, -29])
    let weekly = buckets.baseline(.callsMade, .weekly, Money(), today: march(0), since: march(-100))
    #expect(weekly.periods == 4)
    #expect(weekly.average == Decimal6("1.25"))
  }

  @Test(arguments: [(-6, 0), (-7, 1), (-13, 1), (-14, 2), (-28, 4), (-35, 4)])
  func onlyWholeWeeksSinceTheBeginning(since: Int, periods: Int) {
    let buckets = active([-1])
    #expect(
      buckets.baseline(.callsMade, .weekly, Money(), today: march(0), since: march(since)).periods == periods)
  }

  @Test(arguments: [(-29, 0), (-30, 1), (-90, 3), (-500, 3)])
  func onlyWholeMonthsSinceTheBeginning(since: Int, periods: Int) {
    let buckets = active([-1])
    #expect(
      buckets.baseline(.callsMade, .monthly, Money(), today: march(0), since: march(since)).periods == periods
    )
  }

  @Test func averagesAreRoundedAtSixPlaces() {
    let buckets = active([-1, -31])
    let monthly = buckets.baseline(.callsMade, .monthly, Money(), today: march(0), since: march(-90))
    #expect(monthly.average == Decimal6("0.666667"))
  }

  @Test func nothingIsKnownWithoutABeginning() {
    let all = active([]).baselines(Money(), today: march(0), since: nil)
    #expect(all["calls_made"]?["weekly"]?.periods == 0)
    #expect(all["calls_made"]?["monthly"]?.average == .zero)
    #expect(all.count == Habit.allCases.count)
  }
}
