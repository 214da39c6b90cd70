import Wire

/// Days with how often something happened on each: a multiset, so that taking one back is exact.
public struct DayCounts: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    var day: Day
    var count: Int64
  }

  /// Ascending by day, counts never 0.
  private(set) var entries: [Entry] = []

  public init() {}

  /// Adds to a day's count, or takes away from it.
  public mutating func add(_ count: Int64, on day: Day) {
    var place = entries.count
    while place > 0, entries[place - 1].day >= day { place -= 1 }
    if place < entries.count, entries[place].day == day {
      entries[place].count &+= count
      if entries[place].count == 0 { entries.remove(at: place) }
    } else if count != 0 {
      entries.insert(Entry(day: day, count: count), at: place)
    }
  }

  /// Adds to a day's count unless the day is more than so many days before `today`, and drops such days.
  public mutating func add(_ count: Int64, on day: Day, today: Day, keeping days: Int) {
    if today - day <= days { add(count, on: day) }
    drop(before: today - days)
  }

  /// Forgets the days before a day.
  public mutating func drop(before day: Day) {
    if let first = entries.first, first.day < day { entries.removeAll { $0.day < day } }
  }

  /// Takes the days before a day out.
  mutating func removed(before day: Day) -> ArraySlice<Entry> {
    guard let first = entries.first, first.day < day else { return [] }
    let gone = entries.prefix { $0.day < day }
    entries.removeFirst(gone.count)
    return gone
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// The earliest day on which it happened, if that is not after `limit`.
  public func earliest(through limit: Day) -> Day? {
    entries.first { $0.count > 0 && $0.day <= limit }?.day
  }

  /// How often it happened in a window.
  public func total(in window: DayWindow) -> Int64 {
    var total: Int64 = 0
    for entry in entries where window.contains(entry.day) { total &+= entry.count }
    return total
  }
}

extension DayCounts {
  /// Bits of a day's distance from the one before, in front of its count; 0 means that it follows.
  private static let distanceBits: UInt64 = 3
  private static let distanceMax: Int64 = 7
  /// Counts that fit in front of the distance; a larger one follows whole.
  private static let countMax: Int64 = 127

  /// A byte for most days: distance and count together.
  public func pack(_ writer: inout PackedWriter) {
    writer.count(entries.count)
    var before: Int64 = 0
    for entry in entries {
      let distance = Int64(entry.day.number) &- before
      let near = (1...Self.distanceMax).contains(distance) ? UInt64(distance) : 0
      let few = (1...Self.countMax).contains(entry.count) ? UInt64(entry.count) : 0
      writer.unsigned(few << Self.distanceBits | near)
      if near == 0 { writer.signed(distance) }
      if few == 0 { writer.signed(entry.count) }
      before = Int64(entry.day.number)
    }
  }

  public init(_ reader: inout PackedReader) throws(PackedError) {
    let count = try reader.count()
    entries.reserveCapacity(count)
    var before: Int64 = 0
    for place in 0..<count {
      let head = try reader.unsigned()
      let near = Int64(head & ((1 << Self.distanceBits) - 1))
      let few = Int64(truncatingIfNeeded: head >> Self.distanceBits)
      let (sum, overflow) = before.addingReportingOverflow(near == 0 ? try reader.signed() : near)
      guard !overflow, let number = Int32(exactly: sum), place == 0 || sum > before else {
        throw PackedError(offset: 0, reason: "days are not in order")
      }
      before = sum
      entries.append(Entry(day: Day(number: number), count: few == 0 ? try reader.signed() : few))
    }
  }
}

extension PackedReader {
  /// A day, as its number since 1970-01-01.
  public mutating func day() throws(PackedError) -> Day {
    guard let number = Int32(exactly: try signed()) else {
      throw PackedError(offset: 0, reason: "no such day")
    }
    return Day(number: number)
  }
}
