import Contracts
import Wire

/// What a mission counts, by its name in templates (domain.md 5).
public enum Metric: String, Sendable, CaseIterable {
  /// Outgoing calls.
  case callsMade = "calls_made"

  /// What its values are.
  public enum Kind: Sendable, Hashable {
    /// Whole numbers of events.
    case count
    /// Decimals: money or megabytes.
    case amount
  }

  public var kind: Kind {
    switch self {
    case .callsMade: .count
    }
  }

  /// What one event adds to it (a reversal takes the same away); 0 for an event that it does not count.
  @inline(__always)
  public func value(of event: EventEntry) -> Decimal6 {
    switch self {
    case .callsMade: event.type == .callOutgoing ? Decimal6(1) : .zero
    }
  }

  /// Its value over the counters of one or more days.
  public func value(of totals: DayTotals) -> Decimal6 {
    switch self {
    case .callsMade: Decimal6(exactly: totals.callsMade) ?? .zero
    }
  }
}
