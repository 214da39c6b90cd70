import Wire

extension DayBuckets {
  /// Shows the active days not after a day, the newest first, until the body says that it has seen enough.
  ///
  /// Days before `DayLimits.activityDays` are not among them.
  @inline(__always)
  private func backwards(from last: Day, _ more: (Day) -> Bool) {
    for bucket in buckets.reversed() where bucket.day <= last && bucket.totals.isActive {
      if !more(bucket.day) { return }
    }
    for entry in older.entries.reversed() where entry.day <= last && entry.count > 0 {
      if !more(entry.day) { return }
    }
  }

  /// How many days of a window were active.
  public func activeDays(in window: DayWindow) -> Int {
    var count = 0
    backwards(from: window.last) { day in
      if day < window.first { return false }
      count += 1
      return true
    }
    return count
  }

  /// The newest active day that is not after a day.
  public func lastActive(through last: Day) -> Day? {
    var newest: Day?
    backwards(from: last) { day in
      newest = day
      return false
    }
    return newest ?? ancient.newest
  }

  /// The run of active days that ends with the window's last day, or the day before if that has none yet.
  public func currentStreak(in window: DayWindow) -> Int {
    var expected = window.last
    var streak = 0
    backwards(from: window.last) { day in
      if streak == 0, day == window.last - 1 { expected = day }
      guard day == expected, day >= window.first else { return false }
      streak += 1
      expected = expected - 1
      return true
    }
    return streak
  }

  /// The longest run of active days inside a window.
  public func longestStreak(in window: DayWindow) -> Int {
    var (longest, run) = (0, 0)
    var later: Day?
    backwards(from: window.last) { day in
      if day < window.first { return false }
      run = later.map { $0 - day == 1 } == true ? run + 1 : 1
      longest = max(longest, run)
      later = day
      return true
    }
    return longest
  }

  /// The most whole inactive days between two active days that follow each other inside a window.
  public func longestGap(in window: DayWindow) -> Int {
    var longest = 0
    var later: Day?
    backwards(from: window.last) { day in
      if day < window.first { return false }
      if let later { longest = max(longest, later - day - 1) }
      later = day
      return true
    }
    return longest
  }
}
