import Synchronization

/// Until when a replica may speak for what it owns.
///
/// A replica that was stopped for longer than a lease finds it run out when it wakes: others may have gone
/// on, and what it knows of heads is old.
final class Tenure: Sendable {
  /// Machine milliseconds.
  private let until: Mutex<Int64>
  private let machine: @Sendable () -> Int64

  /// One that never ends until it is first extended.
  init(machine: @escaping @Sendable () -> Int64) {
    self.machine = machine
    until = Mutex(.max)
  }

  var isCurrent: Bool { machine() < until.withLock { $0 } }

  /// The leases were renewed by a question that began at an instant of the machine.
  func extend(from begin: Int64) { until.withLock { $0 = begin + LeaseStore.ttl } }
}
