import Dispatch

/// A serial executor on a queue of its own, for actors that call blocking C.
///
/// The cooperative pool has as many threads as cores: one blocked `fsync` there would stop the service.
public final class BlockingExecutor: SerialExecutor, Sendable {
  private let queue: DispatchQueue

  /// - Parameter label: shown by debuggers as the queue's name.
  public init(label: String) {
    queue = DispatchQueue(label: label)
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  public func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
