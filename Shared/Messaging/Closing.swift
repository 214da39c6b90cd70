import CNNG
import Dispatch
import Synchronization

/// Closes sockets on threads of its own, because nng 1.5.2 may never come back from it.
///
/// Its ipc and tcp transports read a message in two steps. A pipe that is closed exactly between them leaves
/// an operation that nobody ends (`nni_aio_begin` on a stopped aio gives no callback), and nng's only reaper
/// waits for it for ever: from then on no lost pipe is reported, dialled again or freed in this process. It
/// is common when a peer is killed under full load. So sockets are quiet for a moment before they are
/// closed, a close is waited for only so long, and `Caller` makes a new socket after a loss by itself.
enum Closing {
  /// What is on the way when the last request is over arrives within so many rounds of so long.
  private static let quiet = (rounds: 4, milliseconds: nng_duration(3))
  /// A close that takes longer is given up: its memory is lost until the process ends.
  private static let patienceMilliseconds = 2_000
  /// After one was given up none comes back; closing its addresses takes so long, in milliseconds.
  private static let laterPatienceMilliseconds = 100

  private static let queue = DispatchQueue(label: "laurel.nng.close", attributes: .concurrent)
  private static let given = Atomic<Bool>(false)

  /// Closes a socket on which nothing is submitted any more, then does the rest; false when it was given up.
  ///
  /// A socket that carries bytes between processes waits until they are quiet.
  @discardableResult
  static func close(_ socket: nng_socket, waiting: Bool, then rest: @escaping @Sendable () -> Void) -> Bool {
    let done = DispatchSemaphore(value: 0)
    if waiting { waitUntilQuiet() }
    queue.async {
      nng_close(socket)
      rest()
      done.signal()
    }
    let patience = given.load(ordering: .relaxed) ? laterPatienceMilliseconds : patienceMilliseconds
    if done.wait(timeout: .now() + .milliseconds(patience)) == .success { return true }
    given.store(true, ordering: .relaxed)
    return false
  }

  /// Sleeps by way of nng's own queue of callbacks: on a busy machine it lasts as long as they are late.
  private static func waitUntilQuiet() {
    var aio: OpaquePointer?
    guard nng_aio_alloc(&aio, { _ in }, nil) == 0, let aio else { return }
    for _ in 0..<quiet.rounds {
      nng_sleep_aio(quiet.milliseconds, aio)
      nng_aio_wait(aio)
    }
    nng_aio_free(aio)
  }
}
