import CNNG
import Synchronization
import Wire

/// One REQ socket with its slots: from dialling to the first loss of its connection, and never again.
///
/// nng would dial again by itself, but not reliably (see `Closing`); the caller takes a new line instead.
final class Line: Sendable {
  /// Tells its caller, on a thread of nng's, that somebody is there (true) or is lost (false).
  typealias Change = @Sendable (Line, Bool) -> Void

  private struct Life: Sendable {
    var pool: SlotPool<CallSlot>
    var closed = false
  }

  let url: String
  private let socket: Socket
  private let change: Change
  private let pipes = Atomic<Int>(0)
  private let dead = Atomic<Bool>(false)
  private let life: Mutex<Life>

  init(url: String, inFlightMax: Int, _ change: @escaping Change) throws(WireError) {
    self.url = url
    self.change = change
    life = Mutex(Life(pool: SlotPool(slotsMax: inFlightMax, waitersMax: Caller.waitingMax)))
    socket = try Socket(.request)
    do throws(WireError) { try connect() } catch {
      socket.close([])
      throw error
    }
  }

  private func connect() throws(WireError) {
    // nng's resending would run handlers twice; trying again is decided where idempotence is known.
    try Failure.check(
      nng_socket_set_ms(socket.raw, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE), "set the resend time")
    // Given back after nng_close, which waits for the last pipe's callback.
    let me = Unmanaged.passRetained(self)
    var code = nng_pipe_notify(socket.raw, NNG_PIPE_EV_ADD_POST, Self.pipeChanged, me.toOpaque())
    if code == 0 { code = nng_pipe_notify(socket.raw, NNG_PIPE_EV_REM_POST, Self.pipeChanged, me.toOpaque()) }
    do throws(WireError) {
      try Failure.check(code, "watch connections")
      try socket.dial(url)
    } catch {
      me.release()
      throw error
    }
  }

  private static let pipeChanged: nng_pipe_cb = { _, event, argument in
    guard let argument else { return }
    // Alive: retained in `connect` until no callback can come any more.
    let line = Unmanaged<Line>.fromOpaque(argument).takeUnretainedValue()
    if event == NNG_PIPE_EV_ADD_POST { line.pipeCame() } else { line.pipeWent() }
  }

  private func pipeCame() {
    pipes.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if connected { change(self, true) }
  }

  private func pipeWent() {
    let left = pipes.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
    if left == 0 { lost() }
  }

  /// Ends all that is on the way and says so, once; also when a request shows the loss before nng does.
  func lost() {
    guard !dead.exchange(true, ordering: .sequentiallyConsistent) else { return }
    let (slots, waiters) = life.withLock { ($0.pool.slots, $0.pool.dismiss()) }
    for slot in slots { slot.abort(nobody) }
    for waiter in waiters { waiter.give(nil) }
    change(self, false)
  }

  /// A request could not be sent in all its time. If another one waits for its reply, the line lives and is
  /// only full, for a lost pipe ends those at once; if none does, the line is taken for lost.
  func stalled() {
    let slots = life.withLock { $0.pool.slots }
    if !slots.contains(where: \.awaitsReply) { lost() }
  }

  var nobody: WireError { .unavailable("nobody is connected at \(url)") }

  var connected: Bool {
    pipes.load(ordering: .sequentiallyConsistent) > 0 && !dead.load(ordering: .sequentiallyConsistent)
  }

  var isLost: Bool { dead.load(ordering: .sequentiallyConsistent) }

  var outstanding: Int { life.withLock { $0.pool.outstanding } }

  /// A slot of one's own until it is released.
  nonisolated(nonsending) func take(until deadline: Int64) async throws(WireError) -> CallSlot {
    let turn = life.withLock { life in life.closed || !connected ? nil : life.pool.take() }
    switch turn {
    case nil: throw nobody
    case .free(let slot): return slot
    case .new: return try make()
    case .full: throw .exhausted("\(Caller.waitingMax) requests wait for \(url)")
    case .wait(let waiter):
      let time = Int(clamping: deadline - Machine.milliseconds())
      if let slot = await waiter.value(withinMilliseconds: max(time, 0)) { return slot }
      if Task.isCancelled { throw .cancelled("the asker went away") }
      // Told before the time is over: the connection went, whether there is a new one by now or not.
      if Machine.milliseconds() < deadline { throw nobody }
      throw .deadlineExceeded("no turn for a request to \(url) in time")
    }
  }

  private func make() throws(WireError) -> CallSlot {
    // Under the lock, so that no context is opened while the socket is being closed.
    let made: Result<CallSlot, WireError> = life.withLock { life in
      do throws(WireError) {
        if life.closed { throw nobody }
        let slot = try CallSlot(self, socket)
        life.pool.add(slot)
        return .success(slot)
      } catch {
        life.pool.abandon()
        return .failure(error)
      }
    }
    return try made.get()
  }

  func release(_ slot: CallSlot) {
    // Who gave up waiting does not take the slot; then the next one does.
    while let waiter = life.withLock({ $0.pool.release(slot) }) {
      if waiter.give(slot) { return }
    }
  }

  /// Ends everything and waits for it; on a thread that may wait, once.
  ///
  /// nng 1.5.2 must not be closing a socket while another thread is inside a send or receive on one of its
  /// contexts (`nni_ctx_rele` uses the socket after it told the closer to go on): first the slots, then it.
  func close() {
    dead.store(true, ordering: .sequentiallyConsistent)
    let (slots, waiters) = life.withLock { life in
      life.closed = true
      return (life.pool.slots, life.pool.dismiss())
    }
    for waiter in waiters { waiter.give(nil) }
    for slot in slots { slot.shut() }
    for slot in slots { slot.free() }
    // The last callback is over then: gives back what `connect` retained.
    socket.close([url]) { Unmanaged.passUnretained(self).release() }
  }
}
