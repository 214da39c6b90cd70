import Wire

extension DayBuckets {
  /// How many days of a window were active.
  public func activeDays(in window: DayWindow) -> Int {
    var count = 0
    for bucket in buckets.reversed() where bucket.day <= window.last {
      if bucket.day < window.first { break }
      if bucket.totals.isActive { count += 1 }
    }
    return count
  }

  /// The run of active days that ends with the window's last day, or the day before if that has none yet.
  public func currentStreak(in window: DayWindow) -> Int {
    var expected = window.last
    var streak = 0
    for bucket in buckets.reversed() where bucket.day <= window.last && bucket.totals.isActive {
      if streak == 0, bucket.day == window.last - 1 { expected = bucket.day }
      guard bucket.day == expected, bucket.day >= window.first else { break }
      streak += 1
      expected = expected - 1
    }
    return streak
  }

  /// The longest run of active days inside a window.
  public func longestStreak(in window: DayWindow) -> Int {
    var (longest, run) = (0, 0)
    var before: Day?
    for bucket in buckets where bucket.totals.isActive && window.contains(bucket.day) {
      run = before.map { bucket.day - $0 == 1 } == true ? run + 1 : 1
      longest = max(longest, run)
      before = bucket.day
    }
    return longest
  }

  /// The most whole inactive days between two active days that follow each other inside a window.
  public func longestGap(in window: DayWindow) -> Int {
    var longest = 0
    var before: Day?
    for bucket in buckets where bucket.totals.isActive && window.contains(bucket.day) {
      if let before { longest = max(longest, bucket.day - before - 1) }
      before = bucket.day
    }
    return longest
  }
}
