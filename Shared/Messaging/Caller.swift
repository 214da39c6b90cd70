import CNNG
import Synchronization
import Wire

/// Asks one replica over one socket; as many requests at a time as allowed, each with a context of its own.
///
/// nng connects in the background and again after a loss; it never sends a request twice. Close it
/// explicitly: an open caller keeps itself alive.
public final class Caller: Sendable {
  /// How many requests are on the way at a time unless told otherwise; more wait for their turn.
  public static let inFlightDefault = 256
  /// How many may wait for their turn.
  public static let waitingMax = 16_384

  /// `ipc://path`, `tcp://host:port` or `inproc://name`.
  public let url: String
  /// How this process calls itself in the heads that it sends.
  public let name: String

  private struct Life: Sendable {
    var pool: SlotPool<CallSlot>
    var connecting: [Waiter<Bool>] = []
    var closed = false
  }

  private let socket: Socket
  private let ids: RequestID
  private let pipes = Atomic<Int>(0)
  private let life: Mutex<Life>

  /// Begins to connect; throws `invalid_argument` for an address that cannot be.
  public init(url: String, name: String, inFlightMax: Int = inFlightDefault) throws(WireError) {
    self.url = url
    self.name = name
    var random = SystemRandomNumberGenerator()
    ids = RequestID(random: random.next(), start: 0)
    life = Mutex(Life(pool: SlotPool(slotsMax: inFlightMax, waitersMax: Self.waitingMax)))
    socket = try Socket(.request)
    do throws(WireError) { try connect() } catch {
      socket.close()
      throw error
    }
  }

  private func connect() throws(WireError) {
    // nng's resending would run handlers twice; trying again is decided where idempotence is known.
    try Failure.check(
      nng_socket_set_ms(socket.raw, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE), "set the resend time")
    // Safe unretained: `close` waits in nng_close until the last pipe's callback is over, and until then
    // the slots or the retain below keep this object.
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
    let caller = Unmanaged<Caller>.fromOpaque(argument).takeUnretainedValue()
    if event == NNG_PIPE_EV_ADD_POST { caller.pipeCame() } else { caller.pipeWent() }
  }

  private func pipeCame() {
    pipes.wrappingAdd(1, ordering: .sequentiallyConsistent)
    let waiting = life.withLock { life in
      defer { life.connecting = [] }
      return life.connecting
    }
    for waiter in waiting { waiter.give(true) }
  }

  private func pipeWent() {
    guard pipes.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 else { return }
    let (slots, waiters) = life.withLock { ($0.pool.slots, $0.pool.dismiss()) }
    for slot in slots { slot.abort(nobody) }
    for waiter in waiters { waiter.give(nil) }
  }

  var nobody: WireError { .unavailable("nobody is connected at \(url)") }

  /// Whether somebody is at the other end now.
  public var connected: Bool { pipes.load(ordering: .sequentiallyConsistent) > 0 }

  /// Requests on the way or waiting for their turn.
  public var outstanding: Int { life.withLock { $0.pool.outstanding } }

  /// Waits until somebody is connected; false when the time is over.
  public func waitConnected(timeoutMilliseconds: Int) async -> Bool {
    let waiter = Waiter<Bool>()
    let open = life.withLock { life in
      if !life.closed { life.connecting.append(waiter) }
      return !life.closed
    }
    guard open, !connected else { return connected }
    let came = await waiter.value(withinMilliseconds: timeoutMilliseconds)
    if came == nil { life.withLock { $0.connecting.removeAll { $0 === waiter } } }
    return connected
  }

  /// Asks once and gives the payloads of the reply.
  ///
  /// Throws what the replica answers; `unavailable` at once when nobody is connected or the connection goes;
  /// `deadline_exceeded` after the timeout and `cancelled` with the task, both while it may still run there;
  /// `resource_exhausted` for frames over the limits, before anything is sent.
  public func call(
    _ method: String, _ payloads: Frames = Frames(), timeoutMilliseconds: Int, key: String? = nil,
    traceparent: String? = nil, id: String? = nil
  ) async throws(WireError) -> Frames {
    let deadline = Machine.later(Machine.milliseconds(), by: timeoutMilliseconds)
    let head = RequestHead(
      method: method, id: id ?? ids.next(),
      deadline: Machine.later(Machine.unixMilliseconds(), by: timeoutMilliseconds), key: key,
      traceparent: traceparent, caller: name
    ).encode()
    try payloads.check(headBytes: head.count)
    let slot = try await take(timeoutMilliseconds, until: deadline)
    return try await slot.call(head, payloads, deadline: deadline).get()
  }

  private func take(_ timeoutMilliseconds: Int, until deadline: Int64) async throws(WireError) -> CallSlot {
    let turn = life.withLock { life in life.closed || !connected ? nil : life.pool.take() }
    switch turn {
    case nil: throw nobody
    case .free(let slot): return slot
    case .new: return try make()
    case .full: throw .exhausted("\(Self.waitingMax) requests wait for \(url)")
    case .wait(let waiter):
      if let slot = await waiter.value(withinMilliseconds: timeoutMilliseconds) { return slot }
      if Task.isCancelled { throw .cancelled("the asker went away") }
      // Told before the time is over: the connection went, whether there is a new one by now or not.
      if Machine.milliseconds() < deadline { throw nobody }
      throw .deadlineExceeded("no turn for a request to \(url) in time")
    }
  }

  private func make() throws(WireError) -> CallSlot {
    do throws(WireError) {
      let slot = try CallSlot(self, socket)
      let open = life.withLock { life in
        if !life.closed { life.pool.add(slot) }
        return !life.closed
      }
      if open { return slot }
      slot.closeUnused()
      throw nobody
    } catch {
      life.withLock { $0.pool.abandon() }
      throw error
    }
  }

  func release(_ slot: CallSlot) {
    // Who gave up waiting does not take the slot; then the next one does.
    while let waiter = life.withLock({ $0.pool.release(slot) }) {
      if waiter.give(slot) { return }
    }
  }

  /// Ends the connection; requests on the way fail as `unavailable`. More than once does no harm.
  public func close() async {
    let first = life.withLock { life in
      defer { life.closed = true }
      return !life.closed
    }
    guard first else { return }
    await onBlockingThread { self.closeAndWait() }
  }

  private func closeAndWait() {
    socket.close()
    let (slots, waiters, connecting) = life.withLock { life in
      defer { life.connecting = [] }
      return (life.pool.slots, life.pool.dismiss(), life.connecting)
    }
    for waiter in waiters { waiter.give(nil) }
    for waiter in connecting { waiter.give(nil) }
    for slot in slots { slot.close() }
    // The last callback is over: gives back what `connect` retained.
    Unmanaged.passUnretained(self).release()
  }
}
