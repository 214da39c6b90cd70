import Contracts
import Wire

/// Named counters of a customer: what a day, or a whole life, adds up to.
///
/// They are sums, so any order of additions and removals gives the same; a counter may be below 0 in between.
public struct DayTotals: Sendable, Hashable {
  /// Events by which the customer was active.
  public var activity: Int64 = 0
  /// Events by which the customer was not.
  public var passive: Int64 = 0
  /// Outgoing calls.
  public var callsMade: Int64 = 0
  /// Incoming calls.
  public var callsTaken: Int64 = 0

  public init() {}

  /// Events of any kind.
  public var events: Int64 { activity &+ passive }
  /// Calls of both directions.
  public var calls: Int64 { callsMade &+ callsTaken }
  public var isActive: Bool { activity > 0 }
  public var isZero: Bool { self == DayTotals() }

  /// What is kept of a day that no window reaches any more: whether anything happened.
  public var thinned: DayTotals {
    var rest = DayTotals()
    (rest.activity, rest.passive) = (activity, passive)
    return rest
  }

  @inline(__always)
  public static func += (left: inout DayTotals, right: DayTotals) {
    left.activity &+= right.activity
    left.passive &+= right.passive
    left.callsMade &+= right.callsMade
    left.callsTaken &+= right.callsTaken
  }

  @inline(__always)
  public static func -= (left: inout DayTotals, right: DayTotals) { left += -right }

  public static prefix func - (totals: DayTotals) -> DayTotals {
    var negative = DayTotals()
    negative.activity = 0 &- totals.activity
    negative.passive = 0 &- totals.passive
    negative.callsMade = 0 &- totals.callsMade
    negative.callsTaken = 0 &- totals.callsTaken
    return negative
  }
}

extension DayTotals {
  /// What one event adds; a reversal's facts are its original's, so it takes the same away.
  public init(of event: EventEntry) { self.init(of: event.type) }

  /// What one event of a type adds.
  public init(of type: EventType) {
    if type.isActivity { activity = 1 } else { passive = 1 }
    switch type {
    case .callOutgoing: callsMade = 1
    case .callIncoming: callsTaken = 1
    default: break
    }
  }
}

/// What an event adds to the counters of its day.
public func contribution(of event: EventEntry) -> DayTotals { DayTotals(of: event) }

extension DayTotals {
  /// The bits of the counters in a packed form; new ones are put at the end.
  private enum Bit {
    static let activity: UInt64 = 1
    static let passive: UInt64 = 2
    static let callsMade: UInt64 = 4
    static let callsTaken: UInt64 = 8
    static let all = activity | passive | callsMade | callsTaken
  }

  /// One bit for each counter that is not 0, then those counters.
  public func pack(_ writer: inout PackedWriter) {
    var mask: UInt64 = 0
    if activity != 0 { mask |= Bit.activity }
    if passive != 0 { mask |= Bit.passive }
    if callsMade != 0 { mask |= Bit.callsMade }
    if callsTaken != 0 { mask |= Bit.callsTaken }
    writer.unsigned(mask)
    if activity != 0 { writer.signed(activity) }
    if passive != 0 { writer.signed(passive) }
    if callsMade != 0 { writer.signed(callsMade) }
    if callsTaken != 0 { writer.signed(callsTaken) }
  }

  /// Reads what `pack` wrote; a counter that is not known here is refused.
  public init(_ reader: inout PackedReader) throws(PackedError) {
    self.init()
    let mask = try reader.unsigned()
    guard mask & ~Bit.all == 0 else { throw PackedError(offset: 0, reason: "an unknown counter") }
    if mask & Bit.activity != 0 { activity = try reader.signed() }
    if mask & Bit.passive != 0 { passive = try reader.signed() }
    if mask & Bit.callsMade != 0 { callsMade = try reader.signed() }
    if mask & Bit.callsTaken != 0 { callsTaken = try reader.signed() }
  }
}
