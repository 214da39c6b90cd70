import Wire

/// A sum that remembers when each part of it happened, so that any part can be taken back in any order.
///
/// Times ascend and are distinct; an instant whose parts cancel out is not kept, so equal contents are equal
/// values. Sums wrap: that keeps them free of order, and no input can trap.
struct Tally: Sendable, Equatable {
  private(set) var times: [Int64] = []
  /// Millionths, by place in `times`.
  private(set) var amounts: [Int64] = []
  private(set) var value = Decimal6.zero

  init() {}

  /// Adds an amount at an event time (unix microseconds); a negative one takes back.
  mutating func add(_ amount: Decimal6, at time: Int64) {
    guard amount != .zero else { return }
    value.millionths &+= amount.millionths
    let place = self.place(of: time)
    guard place < times.count, times[place] == time else {
      times.insert(time, at: place)
      amounts.insert(amount.millionths, at: place)
      return
    }
    amounts[place] &+= amount.millionths
    if amounts[place] == 0 {
      times.remove(at: place)
      amounts.remove(at: place)
    }
  }

  /// Where a time stands or would be inserted; mostly at the end.
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

extension Tally {
  /// Whole numbers, by far the most, take a flag and a byte or two; times are differences.
  func pack(_ writer: inout PackedWriter) {
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
    var time: Int64 = 0
    for _ in 0..<(try reader.count()) {
      time = time &+ (try reader.signed())
      let isWhole = try reader.bool()
      let amount = try reader.signed()
      add(Decimal6(millionths: isWhole ? amount &* Decimal6.one : amount), at: time)
    }
  }
}
