import Wire

/// A sum that remembers when each part of it happened, so that any part can be taken back in any order.
///
/// Times ascend and are distinct; an instant whose parts cancel out is not kept, so equal contents are equal
/// values. Sums wrap: that keeps them free of order, and no input can trap. Of many parts the older ones are
/// merged by UTC day, which keeps rows small: the value stays exact, only the time of reaching a target among
/// merged parts is then that of the last part of the day.
struct Sum: Sendable, Equatable {
  /// Parts that stand alone, at most; and how many of them are left alone by a merge.
  static let aloneMax = 48
  static let aloneKept = 16

  private(set) var times: [Int64] = []
  /// Millionths, by place in `times`.
  private(set) var amounts: [Int64] = []
  private(set) var value = Decimal6.zero
  /// Parts up to this event time stand together by UTC day.
  private var merged = Int64.min

  init() {}

  /// Adds an amount at an event time (unix microseconds); a negative one takes back.
  mutating func add(_ amount: Decimal6, at time: Int64) {
    guard amount != .zero else { return }
    value.millionths &+= amount.millionths
    let place = place(of: time > merged ? time : Self.dayStart(time))
    guard place < times.count, isSame(times[place], time) else {
      times.insert(time, at: place)
      amounts.insert(amount.millionths, at: place)
      if times.count > Self.aloneMax { merge() }
      return
    }
    amounts[place] &+= amount.millionths
    if time <= merged { times[place] = max(times[place], time) }
    if amounts[place] == 0 {
      times.remove(at: place)
      amounts.remove(at: place)
    }
  }

  /// Whether a part at `time` belongs to the kept one at `kept`.
  private func isSame(_ kept: Int64, _ time: Int64) -> Bool {
    if time > merged { return kept == time }
    return kept <= merged && Self.dayStart(kept) == Self.dayStart(time)
  }

  private static func dayStart(_ time: Int64) -> Int64 {
    let rest = time % Day.micros
    return rest < 0 ? max(time, .min + Day.micros) - rest - Day.micros : time - rest
  }

  /// The first place whose time is not before this; mostly at the end.
  private func place(of time: Int64) -> Int {
    guard let last = times.last, last >= time else { return times.count }
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func merge() {
    let alone = merged == .min ? times.count : times.count - place(of: merged &+ 1)
    guard alone > Self.aloneMax else { return }
    let old = times.count - Self.aloneKept
    merged = times[old - 1]
    let (parts, sums) = (times, amounts)
    times.removeAll(keepingCapacity: true)
    amounts.removeAll(keepingCapacity: true)
    for (place, (time, amount)) in zip(parts, sums).enumerated() {
      if place < old, let last = times.last, Self.dayStart(last) == Self.dayStart(time) {
        times[times.count - 1] = time
        amounts[amounts.count - 1] &+= amount
      } else {
        times.append(time)
        amounts.append(amount)
      }
    }
  }

  /// The event time at which the sum first came to a target, in the order of event times.
  func reached(_ target: Decimal6) -> Int64? {
    var sum: Int64 = 0
    for (time, amount) in zip(times, amounts) {
      sum &+= amount
      if sum >= target.millionths { return time }
    }
    return nil
  }
}

extension Sum {
  /// Whole numbers, by far the most, take a flag and a byte or two; times are differences.
  func pack(_ writer: inout PackedWriter) {
    writer.signed(merged)
    writer.count(times.count)
    var before: Int64 = 0
    for (time, amount) in zip(times, amounts) {
      writer.signed(time &- before)
      before = time
      let isWhole = amount % Decimal6.one == 0
      writer.bool(isWhole)
      writer.signed(isWhole ? amount / Decimal6.one : amount)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    merged = try reader.signed()
    var time: Int64 = 0
    for place in 0..<(try reader.count()) {
      let next = time &+ (try reader.signed())
      guard place == 0 || next > time else { throw PackedError(offset: 0, reason: "times do not ascend") }
      time = next
      let isWhole = try reader.bool()
      let amount = try reader.signed()
      times.append(time)
      amounts.append(isWhole ? amount &* Decimal6.one : amount)
      value.millionths &+= amounts[place]
    }
  }
}
