import CNNG
import Dispatch
import Glibc
import Synchronization

/// Keeps as many of nng's worker threads as there are cores, at least two; the others rest for good.
///
/// nng 1.5 starts two a core for one queue and offers no setting. Where callbacks do work, the second half is
/// mostly woken in vain: 1 KB requests, 64 in flight, on two free cores took 17.8 us CPU each, and 12.4 with
/// half of the workers. On one core nng itself runs with two.
enum Workers {
  private static let least = 2
  private static var cores: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

  /// How many rest. Asked for before the first socket, so that nothing else waits in nng's queue yet.
  static let resting: Int = gather { max(0, $0 - max(least, cores)) }.resting

  /// Holds all workers at once for a moment, and lets go of all but so many as `rest` says of their number.
  ///
  /// Only workers that stand still together are counted, so there are never more than there seem.
  static func gather(_ rest: (Int) -> Int) -> (workers: Int, resting: Int) {
    let roll = Roll()
    for _ in 0..<2 * cores { roll.call() }
    return roll.close(rest)
  }
}

/// Who of the workers has come, and the gate at which they wait.
private final class Roll: Sendable {
  private let isClosed = Mutex(false)
  private let arrivals = DispatchSemaphore(value: 0)
  /// Those who rest wait here for good, and so it lives for good.
  private let gate = DispatchSemaphore(value: 0)

  /// Nobody new for so long means that all are here: a worker comes within some ten microseconds.
  private static let quietMilliseconds = 10

  /// Gives the workers one task; its aio stays, since its callback may.
  func call() {
    var aio: OpaquePointer?
    let me = Unmanaged.passRetained(self)
    guard nng_aio_alloc(&aio, Self.come, me.toOpaque()) == 0, let aio, nng_aio_begin(aio) else {
      return me.release()
    }
    nng_aio_finish(aio, 0)
  }

  private static let come: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
    guard let argument else { return }
    // Retained in `call` for this one callback.
    Unmanaged<Roll>.fromOpaque(argument).takeRetainedValue().arrive()
  }

  private func arrive() {
    let isLate = isClosed.withLock { isClosed in
      if !isClosed { arrivals.signal() }
      return isClosed
    }
    if !isLate { gate.wait() }
  }

  /// Waits until nobody comes any more, and lets all go but those who are to rest.
  func close(_ rest: (Int) -> Int) -> (workers: Int, resting: Int) {
    var workers = 0
    while arrivals.wait(timeout: .now() + .milliseconds(Self.quietMilliseconds)) == .success { workers += 1 }
    isClosed.withLock { isClosed in
      isClosed = true
      while arrivals.wait(timeout: .now()) == .success { workers += 1 }
    }
    let resting = rest(workers)
    for _ in resting..<workers { gate.signal() }
    return (workers, resting)
  }
}
