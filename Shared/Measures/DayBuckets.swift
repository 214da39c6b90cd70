import Wire

/// How long days are kept, in days back from today.
public enum DayLimits {
  /// How far back an instant may be that features are asked for.
  public static let asOfDays = 60
  /// All counters of a day are kept so long.
  public static let bucketDays = 160
  /// Whether something happened on a day is kept so long.
  public static let activityDays = 430
}

/// A customer's sparse days with their counters, and the sums of a whole life.
///
/// The whole is a sum: any order of additions and removals gives the same answers for the days that are kept.
/// Of what is older than `DayLimits.activityDays` only the count and the newest active day remain.
public struct DayBuckets: Sendable, Hashable {
  /// A day and what it adds up to.
  public struct Bucket: Sendable, Hashable {
    public var day: Day
    public var totals: DayTotals
  }

  /// What lies before all buckets.
  private struct Ancient: Sendable, Hashable {
    var events: Int64 = 0
    var activity: Int64 = 0
    /// The newest active day; exact as long as no activity that old is taken back.
    var newest: Day?
  }

  /// Ascending by day; never all counters 0.
  public private(set) var buckets: [Bucket] = []
  /// Everything that ever happened.
  public private(set) var lifetime = DayTotals()
  /// The day up to which old days have been thinned, counted back from it.
  public private(set) var today = Day(number: .min)
  private var ancient = Ancient()

  public init() {}

  /// Adds a day's share (or takes it back: a negative one); `today` decides what is too old to keep.
  public mutating func add(_ totals: DayTotals, on day: Day, today: Day) {
    lifetime += totals
    if today > self.today { thin(today) }
    let age = self.today - day
    if age > DayLimits.activityDays {
      bury(totals, day)
    } else {
      put(age > DayLimits.bucketDays ? totals.thinned : totals, day)
    }
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
    var high = buckets.count
    guard high > 0, buckets[high - 1].day >= day else { return high }
    var low = 0
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func bury(_ totals: DayTotals, _ day: Day) {
    ancient.events &+= totals.events
    ancient.activity &+= totals.activity
    if totals.activity > 0, day > ancient.newest ?? day - 1 { ancient.newest = day }
    if ancient.activity == 0 { ancient.newest = nil }
  }

  private mutating func thin(_ today: Day) {
    self.today = today
    var gone = 0
    while gone < buckets.count, today - buckets[gone].day > DayLimits.activityDays {
      bury(buckets[gone].totals, buckets[gone].day)
      gone += 1
    }
    buckets.removeFirst(gone)
    var place = 0
    while place < buckets.count, today - buckets[place].day > DayLimits.bucketDays {
      buckets[place].totals = buckets[place].totals.thinned
      place += 1
    }
    // A day whose counters cancelled out only in part may be nothing once it is thinned.
    if place > 0 { buckets.removeAll { $0.totals.isZero } }
  }
}

extension DayBuckets {
  /// The sums of the days of a window.
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

  /// The newest active day that is not after a day.
  public func lastActive(through last: Day) -> Day? {
    for bucket in buckets.reversed() where bucket.day <= last && bucket.totals.isActive { return bucket.day }
    return ancient.newest
  }

  /// The earliest day with an event, not after `last`; of what is older than all buckets, some day of it.
  public func firstEvent(through last: Day) -> Day? {
    if ancient.events > 0 { return ancient.newest ?? today - (DayLimits.activityDays + 1) }
    return buckets.first { $0.totals.events > 0 && $0.day <= last }?.day
  }
}

extension DayBuckets {
  /// Days as distances from the one before, counters by their bits.
  public func pack(_ writer: inout PackedWriter) {
    writer.signed(Int64(today.number))
    lifetime.pack(&writer)
    writer.signed(ancient.events)
    writer.signed(ancient.activity)
    writer.optional(ancient.newest) { $0.signed(Int64($1.number)) }
    writer.count(buckets.count)
    var before: Int64 = 0
    for bucket in buckets {
      writer.signed(Int64(bucket.day.number) - before)
      before = Int64(bucket.day.number)
      bucket.totals.pack(&writer)
    }
  }

  /// Reads what `pack` wrote.
  public init(_ reader: inout PackedReader) throws(PackedError) {
    today = try reader.day()
    lifetime = try DayTotals(&reader)
    ancient.events = try reader.signed()
    ancient.activity = try reader.signed()
    ancient.newest = try reader.optional { (reader) throws(PackedError) in try reader.day() }
    let count = try reader.count()
    buckets.reserveCapacity(count)
    var before: Int64 = 0
    for place in 0..<count {
      let (sum, overflow) = before.addingReportingOverflow(try reader.signed())
      guard !overflow, let number = Int32(exactly: sum), place == 0 || sum > before else {
        throw PackedError(offset: 0, reason: "days are not in order")
      }
      before = sum
      buckets.append(Bucket(day: Day(number: number), totals: try DayTotals(&reader)))
    }
  }
}
