import Measures
import Wire

/// Which things there were and how often: days, names or amounts, each as one number.
///
/// A multiset, so that any order of additions and removals gives the same members. When a thing first was is
/// the earliest seen while it stood; that only dates a completion.
struct Census: Sendable, Equatable {
  struct Member: Sendable, Equatable {
    var key: Int64
    /// How often; never 0.
    var count: Int64
    /// Event time of the earliest, unix microseconds.
    var first: Int64
  }

  /// Ascending by key.
  private(set) var members: [Member] = []

  init() {}

  /// Adds a thing (or takes one away, with -1); whether it thereby came or went.
  mutating func add(_ count: Int64, _ key: Int64, at time: Int64) -> Bool {
    let place = place(of: key)
    guard place < members.count, members[place].key == key else {
      members.insert(Member(key: key, count: count, first: time), at: place)
      return count > 0
    }
    let before = members[place].count
    let after = before &+ count
    if count > 0 { members[place].first = before > 0 ? min(members[place].first, time) : time }
    members[place].count = after
    if after == 0 { members.remove(at: place) }
    return (before > 0) != (after > 0)
  }

  private func place(of key: Int64) -> Int {
    guard let last = members.last, last.key >= key else { return members.count }
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Census {
  /// The longest stretch of inactive days that does not end a reach.
  static let gapDaysMax: Int64 = 7

  /// What a form makes of the members; `origin` is the key of the first day.
  func value(_ form: Metric.Form, origin: Int64) -> Decimal6 {
    switch form {
    case .distinct: Decimal6(members.count { $0.count > 0 })
    case .run: Decimal6(run)
    case .reach: Decimal6(exactly: reach(from: origin)) ?? .zero
    case .largest: Decimal6(millionths: members.last { $0.count > 0 }?.key ?? 0)
    case .sum, .onTime, .instant: .zero
    }
  }

  /// The longest run of keys that follow each other.
  private var run: Int {
    var (longest, length) = (0, 0)
    var before: Int64?
    for member in members where member.count > 0 {
      length = before.map { member.key == $0 &+ 1 } == true ? length + 1 : 1
      longest = max(longest, length)
      before = member.key
    }
    return longest
  }

  /// The number (the origin is 1) of the last day that is reached without a long gap; 0 for none.
  private func reach(from origin: Int64) -> Int64 {
    var reached: Int64 = 0
    for member in members where member.count > 0 {
      let number = max(1, member.key &- origin &+ 1)
      guard number - reached - 1 <= Self.gapDaysMax else { break }
      reached = number
    }
    return reached
  }

  /// The event time at which a target was first reached, as the members came one after the other.
  func reached(_ target: Decimal6, _ form: Metric.Form, origin: Int64) -> Int64? {
    var seen = Census()
    for member in members.filter({ $0.count > 0 }).sorted(by: { $0.first < $1.first }) {
      _ = seen.add(1, member.key, at: member.first)
      if seen.value(form, origin: origin) >= target { return member.first }
    }
    return nil
  }

  func pack(_ writer: inout PackedWriter) {
    var key: Int64 = 0
    var time: Int64 = 0
    writer.array(members) { writer, member in
      writer.signed(member.key &- key)
      writer.signed(member.count)
      writer.signed(member.first &- time)
      (key, time) = (member.key, member.first)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    var before = Member(key: 0, count: 0, first: 0)
    for place in 0..<(try reader.count()) {
      let key = before.key &+ (try reader.signed())
      guard place == 0 || key > before.key else {
        throw PackedError(offset: 0, reason: "keys do not ascend")
      }
      let count = try reader.signed()
      before = Member(key: key, count: count, first: before.first &+ (try reader.signed()))
      members.append(before)
    }
  }
}
