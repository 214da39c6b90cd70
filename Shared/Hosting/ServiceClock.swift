import Glibc
import Synchronization
import Wire

/// The time that a service's timers, days and expiries go by, in unix microseconds.
///
/// Either the machine's, or stepped: then it stands still until it is told to move, so that months pass in
/// seconds. It never goes back. Leases, deadlines and announcements use the machine's own time instead.
public final class ServiceClock: Sendable {
  /// Where the time comes from.
  public enum Source: Sendable, Equatable {
    case system
    /// Begins at these unix microseconds.
    case stepped(start: Int64)
  }

  public let source: Source
  private let machine: @Sendable () -> Int64
  private let greatest: Atomic<Int64>
  private let listeners = Mutex<[@Sendable (Int64) -> Void]>([])

  /// A clock; `machine` is the machine's own time in unix microseconds.
  public init(
    _ source: Source, machine: @escaping @Sendable () -> Int64 = { ServiceClock.machineMicroseconds() }
  ) {
    self.source = source
    self.machine = machine
    if case .stepped(let start) = source {
      greatest = Atomic(start)
    } else {
      greatest = Atomic(Int64.min)
    }
  }

  /// Unix microseconds; never less than any earlier answer.
  public func now() -> Int64 {
    guard source == .system else { return greatest.load(ordering: .acquiring) }
    return greatest.max(machine(), ordering: .acquiringAndReleasing).newValue
  }

  /// Makes `floor` the least time from now on: the greatest that the store holds, at the start.
  public func raise(to floor: Int64) { greatest.max(floor, ordering: .acquiringAndReleasing) }

  /// Moves a stepped clock, then tells the listeners; an instant that has passed changes nothing.
  ///
  /// Gives the time afterwards. Throws `failed_precondition` on the system's clock.
  @discardableResult
  public func advance(to instant: Int64) throws(WireError) -> Int64 {
    guard source != .system else {
      throw .failedPrecondition("the clock is the system's, only a stepped one moves")
    }
    let (old, new) = greatest.max(instant, ordering: .acquiringAndReleasing)
    if new > old { for listener in listeners.withLock({ $0 }) { listener(new) } }
    return new
  }

  /// Adds a listener that is called after every move, on the mover's thread; it should only set a flag.
  public func onAdvance(_ listener: @escaping @Sendable (Int64) -> Void) {
    listeners.withLock { $0.append(listener) }
  }

  /// The machine's time in unix microseconds.
  public static func machineMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// The machine's time in unix milliseconds.
  public static func machineMilliseconds() -> Int64 { machineMicroseconds() / 1000 }
}
