import Wire

extension DayBuckets {
  /// Bits of a day's distance from the one before, in front of its counters; 0 means that it follows.
  private static let distanceBits: UInt64 = 3
  private static let distanceMax: Int64 = 7

  /// Days as distances from the one before, counters by their bits.
  public func pack(_ writer: inout PackedWriter) {
    writer.signed(Int64(today.number))
    lifetime.pack(&writer)
    writer.signed(ancient.events)
    writer.signed(ancient.activity)
    writer.optional(ancient.newest) { $0.signed(Int64($1.number)) }
    older.pack(&writer)
    writer.count(buckets.count)
    var before: Int64 = 0
    for bucket in buckets {
      // 1 is the least, as days ascend.
      let distance = Int64(bucket.day.number) &- before
      let short = (1...Self.distanceMax).contains(distance) ? UInt64(distance) : 0
      bucket.totals.pack(&writer, extra: short, extraBits: Self.distanceBits)
      if short == 0 { writer.signed(distance) }
      before = Int64(bucket.day.number)
    }
  }

  /// Reads what `pack` wrote.
  public init(_ reader: inout PackedReader) throws(PackedError) {
    today = try reader.day()
    lifetime = try DayTotals(&reader, mask: try reader.unsigned())
    ancient.events = try reader.signed()
    ancient.activity = try reader.signed()
    ancient.newest = try reader.optional { (reader) throws(PackedError) in try reader.day() }
    older = try DayCounts(&reader)
    let count = try reader.count()
    buckets.reserveCapacity(count)
    var before: Int64 = 0
    for place in 0..<count {
      let head = try reader.unsigned()
      let totals = try DayTotals(&reader, mask: head >> Self.distanceBits)
      let short = Int64(head & ((1 << Self.distanceBits) - 1))
      let (sum, overflow) = before.addingReportingOverflow(short == 0 ? try reader.signed() : short)
      guard !overflow, let number = Int32(exactly: sum), place == 0 || sum > before else {
        throw PackedError(offset: 0, reason: "days are not in order")
      }
      before = sum
      buckets.append(Bucket(day: Day(number: number), totals: totals))
    }
  }
}
