import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  init() {}
  /// Adds `amount`, which is not negative.
  public func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
  public var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
  private let bits = Atomic<UInt64>(0)
  init() {}
  /// Replaces the value.
  public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
  /// Replaces the value.
  public func set(_ value: Int) { set(Double(value)) }
  public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How many observations fell below each of some fixed bounds.
public final class Histogram: Sendable {
  /// What was observed up to a moment.
  public struct Snapshot: Sendable, Equatable {
    /// Observations per bound, each counting only its own bucket, and those above the last bound.
    public var counts: [Int]
    public var sum: Double
    public var total: Int { counts.reduce(0, +) }
  }

  /// Latency in seconds, from half a millisecond to ten seconds.
  public static let latencyBounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  public let bounds: [Double]
  private let state: Mutex<Snapshot>

  init(bounds: [Double]) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds of a histogram rise")
    self.bounds = bounds
    state = Mutex(Snapshot(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
  }

  /// Counts one value; a value equal to a bound belongs to it.
  public func observe(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.counts[place] += 1
      $0.sum += value
    }
  }

  /// Counts a duration, in seconds.
  public func observe(_ duration: Duration) {
    let parts = duration.components
    observe(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
  }

  public var snapshot: Snapshot { state.withLock { $0 } }
}
