import Contracts
import Wire

/// Counters of a customer: what a day, or a whole life, adds up to.
///
/// They are sums, so any order of additions and removals gives the same; a counter may be below 0 in between.
/// Every event is counted by exactly one counter, SMS by its number of messages.
public struct DayTotals: Sendable, Hashable {
  /// What is counted. The order is that of the bits in rows: what is most frequent has the shortest form.
  public enum Counter: Int, Sendable, CaseIterable {
    case callsMade, callsTaken, sms, dataUses, otherActivity
    case appLogins, featureUses, contentViews, webLogins, ussdSessions
    case referrals, appInstalls, otherPassive, bills, qoeIssues
  }

  /// The most messages that one event can stand for.
  static let messagesMax: Int64 = 1_000_000

  var counts = SIMD16<Int32>()
  /// Mobile data in millionths of a megabyte (10^6 bytes).
  var data: Int64 = 0

  public init() {}

  public subscript(_ counter: Counter) -> Int64 {
    get { Int64(counts[counter.rawValue]) }
    set { counts[counter.rawValue] = Int32(truncatingIfNeeded: newValue) }
  }

  /// Outgoing calls.
  public var callsMade: Int64 {
    get { self[.callsMade] }
    set { self[.callsMade] = newValue }
  }
  /// Mobile data in megabytes.
  public var megabytes: Decimal6 { Decimal6(millionths: data) }
  /// Calls of both directions.
  public var calls: Int64 { self[.callsMade] + self[.callsTaken] }
  /// How often the customer was active.
  public var activity: Int64 { events - passive }
  /// Events by which the customer was not active.
  public var passive: Int64 { self[.otherPassive] + self[.bills] + self[.qoeIssues] }
  /// Events of any kind.
  public var events: Int64 { Int64(counts.wrappedSum()) }
  public var isActive: Bool { activity > 0 }
  public var isZero: Bool { data == 0 && counts == SIMD16() }

  @inline(__always)
  public static func += (left: inout DayTotals, right: DayTotals) {
    left.counts &+= right.counts
    left.data &+= right.data
  }

  @inline(__always)
  public static func -= (left: inout DayTotals, right: DayTotals) {
    left.counts &-= right.counts
    left.data &-= right.data
  }

  public static prefix func - (totals: DayTotals) -> DayTotals {
    var negative = DayTotals()
    negative -= totals
    return negative
  }
}

extension DayTotals {
  /// What one event adds; a reversal's facts are its original's, so it takes the same away.
  public init(of event: EventEntry) {
    self.init(of: event.type)
    switch event.type {
    case .smsSent, .smsReceived:
      let messages = min(max((event.value?.millionths ?? Decimal6.one) / Decimal6.one, 0), Self.messagesMax)
      if messages == 0 { self = DayTotals(.otherActivity) } else { self[.sms] = messages }
    case .dataUsage: data = event.value?.millionths ?? 0
    default: break
    }
  }

  /// What one event of a type adds, its value left aside.
  public init(of type: EventType) { self.init(Self.counter(of: type)) }

  private init(_ counter: Counter) { counts[counter.rawValue] = 1 }

  private static func counter(of type: EventType) -> Counter {
    switch type {
    case .callOutgoing: .callsMade
    case .callIncoming: .callsTaken
    case .smsSent, .smsReceived: .sms
    case .dataUsage: .dataUses
    case .appLogin: .appLogins
    case .appFeatureUse: .featureUses
    case .contentView: .contentViews
    case .webLogin: .webLogins
    case .ussdSession: .ussdSessions
    case .referral: .referrals
    case .appInstall: .appInstalls
    case .billIssued: .bills
    case .qoeIssue: .qoeIssues
    default: type.isActivity ? .otherActivity : .otherPassive
    }
  }
}

/// What an event adds to the counters of its day.
public func contribution(of event: EventEntry) -> DayTotals { DayTotals(of: event) }

extension DayTotals {
  /// Counters in the packed form.
  private static var bits: Int { Counter.qoeIssues.rawValue + 1 }
  private static var usesBit: UInt64 { 1 << UInt64(Counter.dataUses.rawValue) }
  /// Data goes with its counter nearly always; this bit says that one is there without the other.
  private static var differBit: UInt64 { 1 << UInt64(bits) }

  /// `extra` bits come first, then one bit for each counter that is not 0, then those counters.
  func pack(_ writer: inout PackedWriter, extra: UInt64 = 0, extraBits: UInt64 = 0) {
    // The lanes as memory: an index into a vector is far slower. All 16 are there, and `place` is below 16.
    withUnsafeBytes(of: counts) { lanes in
      func count(_ place: Int) -> Int32 {
        lanes.load(fromByteOffset: place * MemoryLayout<Int32>.stride, as: Int32.self)
      }
      var mask: UInt64 = 0
      for place in 0..<Self.bits where count(place) != 0 { mask |= 1 << UInt64(place) }
      var rest = mask
      if (data != 0) != (mask & Self.usesBit != 0) { mask |= Self.differBit }
      writer.unsigned(mask << extraBits | extra)
      while rest != 0 {
        writer.signed(Int64(count(rest.trailingZeroBitCount)))
        rest &= rest - 1
      }
    }
    if data != 0 { writer.signed(data) }
  }

  /// Reads what `pack` wrote behind its first number without the extra bits.
  init(_ reader: inout PackedReader, mask: UInt64) throws(PackedError) {
    self.init()
    guard mask < Self.differBit << 1 else { throw PackedError(offset: 0, reason: "an unknown counter") }
    var rest = mask & (Self.differBit - 1)
    // The lanes as memory: see `pack`.
    try withUnsafeMutableBytes(of: &counts) { (lanes) throws(PackedError) in
      while rest != 0 {
        let place = rest.trailingZeroBitCount
        let count = Int32(truncatingIfNeeded: try reader.signed())
        lanes.storeBytes(of: count, toByteOffset: place * MemoryLayout<Int32>.stride, as: Int32.self)
        rest &= rest - 1
      }
    }
    if (mask & Self.usesBit != 0) != (mask & Self.differBit != 0) { data = try reader.signed() }
  }
}
