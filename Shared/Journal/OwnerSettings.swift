import Storage
import Wire

/// A named moment of the loop at which a test may end the owner as a crash would.
public enum CutPoint: String, Sendable, CaseIterable {
  /// Steps were computed, nothing is written.
  case stepped
  /// Everything is written inside the transaction, which is not committed.
  case written
  /// Committed; nobody was told.
  case committed
  /// Committed, and callers were answered.
  case replied
}

/// What an owner is given besides its fold.
struct OwnerSettings: Sendable {
  let database: DatabaseURL
  let clock: ClockFace
  /// `instance#start`: who holds the leases.
  let holder: String
  let cut: @Sendable (CutPoint) throws -> Void
  let fault: @Sendable (Int, WireError) -> Void
}

/// The time that a service is given: `now` is the operator's clock, `machine` the machine's own.
public struct ClockFace: Sendable {
  /// Unix microseconds of the service's clock.
  public var now: @Sendable () -> Int64
  /// Whether the clock is moved by hand: then a due entry's instant is its own.
  public var isStepped: Bool
  /// Unix milliseconds of the machine: for leases and deadlines.
  public var machine: @Sendable () -> Int64

  public init(now: @escaping @Sendable () -> Int64, isStepped: Bool, machine: @escaping @Sendable () -> Int64)
  {
    self.now = now
    self.isStepped = isStepped
    self.machine = machine
  }
}

/// A test's cut inside a transaction.
struct CutError: Error {}
