import CNNG
import Wire

/// Hears when the operation on its aio is over, on one of nng's threads.
protocol Completion: AnyObject, Sendable {
  func completed()
}

/// Owns one `nng_aio` and the way from its callback to the one who waits.
///
/// nng runs one operation at a time on it; the owner submits and aborts under a lock of its own, and closes
/// it from a thread that is not nng's: stopping waits for the callback, which would wait for itself.
final class Aio: Sendable {
  /// Safe because the pointer never changes and nng locks each aio inside (nng_aio(5)).
  nonisolated(unsafe) let raw: OpaquePointer
  /// Safe because it is written by `attach` before the first submission and by `free` after the last
  /// callback; nng's own locks order the callbacks in between.
  nonisolated(unsafe) private let target: UnsafeMutablePointer<(any Completion)?>

  init() throws(WireError) {
    let target = UnsafeMutablePointer<(any Completion)?>.allocate(capacity: 1)
    target.initialize(to: nil)
    var aio: OpaquePointer?
    let code = nng_aio_alloc(&aio, Aio.callback, target)
    guard code == 0, let aio else {
      target.deallocate()
      throw Failure(code).wire("allocate an aio")
    }
    raw = aio
    self.target = target
  }

  /// Says who hears of completions; they live until `free`.
  func attach(_ completion: any Completion) { target.pointee = completion }

  /// Stops what runs, waits for its callback, gives all memory back. Once, and not on a thread of nng's.
  func free() {
    precondition(!CallbackThread.isCurrent, "an aio cannot wait for its own callback")
    nng_aio_stop(raw)
    nng_aio_free(raw)
    target.deinitialize(count: 1)
    target.deallocate()
  }

  private static let callback: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
    guard let argument else { return }
    let target = argument.assumingMemoryBound(to: (any Completion)?.self)
    // A copy, so that the target lives to the end of the call whatever happens to the aio meanwhile.
    guard let completion = target.pointee else { return }
    CallbackThread.run { completion.completed() }
  }
}
