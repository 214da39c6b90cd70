import Wire

/// How long days are kept, in days back from today.
public enum DayLimits {
  /// How far back an instant may be that features are asked for.
  public static let asOfDays = 60
  /// How far back a customer's daily values are told.
  public static let historyDays = 90
  /// All counters of a day are kept so long: windows of 30 days as of 90 days ago, three months of habits.
  public static let bucketDays = 160
  /// Each transaction is kept by itself so long: three months of habits.
  public static let singleDays = 92
  /// Money is kept by the day so long: windows of 90 days as of 90 days ago.
  public static let moneyDays = 182
  /// Days of activity and of payments are kept so long: windows of a year as of 90 days ago.
  public static let activityDays = 457
}

/// A customer's sparse days with their counters, the days of activity before them, and the sums of a life.
///
/// The whole is a sum: any order of additions and removals gives the same answers for the days that are kept.
/// Of what is older than `DayLimits.activityDays` only the count and the newest active day remain.
public struct DayBuckets: Sendable, Hashable {
  /// A day and what it adds up to.
  public struct Bucket: Sendable, Hashable {
    public var day: Day
    public var totals: DayTotals
  }

  /// What lies before all days.
  struct Ancient: Sendable, Hashable {
    /// Events older than all buckets.
    var events: Int64 = 0
    /// Activity older than all days of activity.
    var activity: Int64 = 0
    /// The newest such day; exact as long as no activity that old is taken back.
    var newest: Day?
  }

  /// Ascending by day; never all counters 0.
  public internal(set) var buckets: [Bucket] = []
  /// How often the customer was active on the days before the buckets.
  var older = DayCounts()
  /// Everything that ever happened.
  public internal(set) var lifetime = DayTotals()
  /// The day up to which old days have been thinned, counted back from it.
  public internal(set) var today = Day(number: .min)
  var ancient = Ancient()

  public init() {}

  /// Adds a day's share (or takes it back: a negative one); `today` decides what is too old to keep.
  public mutating func add(_ totals: DayTotals, on day: Day, today: Day) {
    lifetime += totals
    if today > self.today { thin(today) }
    if self.today - day > DayLimits.bucketDays { bury(totals, day) } else { put(totals, day) }
  }

  private mutating func put(_ totals: DayTotals, _ day: Day) {
    let place = place(of: day)
    if place < buckets.count, buckets[place].day == day {
      buckets[place].totals += totals
      if buckets[place].totals.isZero { buckets.remove(at: place) }
    } else if !totals.isZero {
      buckets.insert(Bucket(day: day, totals: totals), at: place)
    }
  }

  /// Where a day is or would be; most often at the end.
  private func place(of day: Day) -> Int {
    var place = buckets.count
    while place > 0, buckets[place - 1].day >= day { place -= 1 }
    return place
  }

  /// Keeps of a day before the buckets how often the customer was active.
  private mutating func bury(_ totals: DayTotals, _ day: Day) {
    ancient.events &+= totals.events
    if today - day > DayLimits.activityDays {
      forget(totals.activity, day)
    } else {
      older.add(totals.activity, on: day)
    }
  }

  private mutating func forget(_ activity: Int64, _ day: Day) {
    ancient.activity &+= activity
    if activity > 0, day > ancient.newest ?? day - 1 { ancient.newest = day }
    if ancient.activity == 0 { ancient.newest = nil }
  }

  private mutating func thin(_ today: Day) {
    self.today = today
    var gone = 0
    while gone < buckets.count, today - buckets[gone].day > DayLimits.bucketDays {
      bury(buckets[gone].totals, buckets[gone].day)
      gone += 1
    }
    buckets.removeFirst(gone)
    for old in older.removed(before: today - DayLimits.activityDays) { forget(old.count, old.day) }
  }
}

extension DayBuckets {
  /// The sums of the days of a window that lies within `DayLimits.bucketDays`.
  public func totals(in window: DayWindow) -> DayTotals {
    var sum = DayTotals()
    for bucket in buckets.reversed() where bucket.day <= window.last {
      if bucket.day < window.first { break }
      sum += bucket.totals
    }
    return sum
  }

  /// The sums of everything up to the end of a day, which lies within `DayLimits.bucketDays`.
  public func totals(through last: Day) -> DayTotals {
    var sum = lifetime
    for bucket in buckets.reversed() {
      if bucket.day <= last { break }
      sum -= bucket.totals
    }
    return sum
  }

  /// The earliest day with an event, not after `last`; of what is older than all buckets, some day of it.
  public func firstEvent(through last: Day) -> Day? {
    if ancient.events > 0 { return today - (DayLimits.bucketDays + 1) }
    return buckets.first { $0.totals.events > 0 && $0.day <= last }?.day
  }
}
