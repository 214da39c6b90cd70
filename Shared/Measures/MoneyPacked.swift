import Wire

extension Money {
  /// What stands in front of an entry: the distance of its day from the one before, its kind, and what is
  /// not as usual; so most entries begin with one byte.
  private enum Head {
    static let distance: UInt64 = 7
    /// The distance that means: it follows.
    static let far: Int64 = 7
    static let kindShift: UInt64 = 3
    static let kind: UInt64 = 3
    /// The amount has more than two decimals.
    static let precise: UInt64 = 32
    /// The instant is not a whole second.
    static let micros: UInt64 = 64
    /// More than one transaction, or less than none.
    static let counted: UInt64 = 128
    static let all: UInt64 = 255
  }

  /// Millionths in a hundredth.
  private static let hundredth: Int64 = 10_000
  private static let second: Int64 = 1_000_000

  private func isOld(_ day: Day) -> Bool { today - day > DayLimits.bucketDays }

  public func pack(_ writer: inout PackedWriter) {
    writer.signed(Int64(today.number))
    for kind in Kind.allCases {
      writer.signed(lifetime[kind].amount)
      writer.signed(lifetime[kind].count)
    }
    writer.signed(ancient)
    writer.optional(newest) { $0.signed(Int64($1.number)) }
    writer.count(entries.count)
    var before: Int64 = 0
    for entry in entries {
      pack(entry, since: before, &writer)
      before = Int64(entry.day.number)
    }
  }

  private func pack(_ entry: Entry, since before: Int64, _ writer: inout PackedWriter) {
    let distance = Int64(entry.day.number) &- before
    let near = (0..<Head.far).contains(distance) ? distance : Head.far
    let offset = entry.at &- Int64(entry.day.number) &* Day.micros
    var head = UInt64(near) | UInt64(entry.kind.rawValue) << Head.kindShift
    if entry.sum.amount % Self.hundredth != 0 { head |= Head.precise }
    if offset % Self.second != 0 { head |= Head.micros }
    if entry.sum.count != 1 { head |= Head.counted }
    writer.unsigned(head)
    if near == Head.far { writer.signed(distance) }
    if !isOld(entry.day) { writer.signed(head & Head.micros == 0 ? offset / Self.second : offset) }
    writer.signed(head & Head.precise == 0 ? entry.sum.amount / Self.hundredth : entry.sum.amount)
    if entry.sum.count != 1 { writer.signed(entry.sum.count) }
  }

  /// Reads what `pack` wrote.
  public init(_ reader: inout PackedReader) throws(PackedError) {
    today = try reader.day()
    for kind in Kind.allCases {
      lifetime[kind] = Sum(amount: try reader.signed(), count: try reader.signed())
    }
    ancient = try reader.signed()
    newest = try reader.optional { (reader) throws(PackedError) in try reader.day() }
    let count = try reader.count()
    entries.reserveCapacity(count)
    var before: Int64 = 0
    for place in 0..<count {
      let entry = try entry(since: before, &reader)
      guard place == 0 || entry.day.number >= before else {
        throw PackedError(offset: 0, reason: "days are not in order")
      }
      before = Int64(entry.day.number)
      entries.append(entry)
    }
  }

  private func entry(since before: Int64, _ reader: inout PackedReader) throws(PackedError) -> Entry {
    let head = try reader.unsigned()
    guard head <= Head.all, let kind = Kind(rawValue: UInt8(head >> Head.kindShift & Head.kind)) else {
      throw PackedError(offset: 0, reason: "an unknown form of transaction")
    }
    let near = Int64(head & Head.distance)
    guard let number = Int32(exactly: before &+ (near == Head.far ? try reader.signed() : near)) else {
      throw PackedError(offset: 0, reason: "no such day")
    }
    let day = Day(number: number)
    let offset = isOld(day) ? 0 : try reader.signed() &* (head & Head.micros == 0 ? Self.second : 1)
    let amount = try reader.signed() &* (head & Head.precise == 0 ? Self.hundredth : 1)
    let count = head & Head.counted == 0 ? 1 : try reader.signed()
    return Entry(
      day: day, kind: kind, at: Int64(number) &* Day.micros &+ offset, sum: Sum(amount: amount, count: count))
  }
}
