import Glibc
import Synchronization

/// Counts the threads that are inside nng for one aio, so that nobody frees it under them.
///
/// `enter` is called under the owner's lock, which refuses it once the owner is closed; what `wait` sees
/// after that only falls.
struct Inside: ~Copyable {
  private let threads = Atomic<Int>(0)

  borrowing func enter() { threads.wrappingAdd(1, ordering: .sequentiallyConsistent) }

  borrowing func leave() { threads.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

  /// Waits until all have left: some microseconds, since a submission never blocks.
  borrowing func wait() {
    while threads.load(ordering: .sequentiallyConsistent) > 0 { sched_yield() }
  }
}
