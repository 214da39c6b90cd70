import Wire

/// Days with how often something happened on each: a multiset, so that taking one back is exact.
public struct DayCounts: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    var day: Day
    var count: Int64
  }

  /// Ascending by day, counts never 0.
  private var entries: [Entry] = []

  public init() {}

  /// Adds to a day's count, or takes away from it.
  public mutating func add(_ count: Int64, on day: Day) {
    let place = entries.firstIndex { $0.day >= day } ?? entries.count
    if place < entries.count, entries[place].day == day {
      entries[place].count &+= count
      if entries[place].count == 0 { entries.remove(at: place) }
    } else if count != 0 {
      entries.insert(Entry(day: day, count: count), at: place)
    }
  }

  /// The earliest day on which it happened, if that is not after `limit`.
  public func earliest(through limit: Day) -> Day? {
    entries.first { $0.count > 0 && $0.day <= limit }?.day
  }

  public func pack(_ writer: inout PackedWriter) {
    writer.count(entries.count)
    for entry in entries {
      writer.signed(Int64(entry.day.number))
      writer.signed(entry.count)
    }
  }

  public init(_ reader: inout PackedReader) throws(PackedError) {
    entries = try reader.array { (reader) throws(PackedError) in
      Entry(day: try reader.day(), count: try reader.signed())
    }
    for (entry, next) in zip(entries, entries.dropFirst()) where entry.day >= next.day {
      throw PackedError(offset: 0, reason: "days are not in order")
    }
  }
}

extension PackedReader {
  /// A day, as its number since 1970-01-01.
  mutating func day() throws(PackedError) -> Day {
    guard let number = Int32(exactly: try signed()) else {
      throw PackedError(offset: 0, reason: "no such day")
    }
    return Day(number: number)
  }
}
