import Synchronization
import Wire

/// Asks one replica over one connection, many requests at a time, each with a context of its own.
///
/// It connects in the background and again after a loss; no request is sent twice. Close it explicitly: an
/// open caller keeps itself alive.
public final class Caller: Sendable {
  /// How many requests are on the way at a time unless told otherwise; more wait for their turn.
  public static let inFlightDefault = 256
  /// How many may wait for their turn.
  public static let waitingMax = 16_384
  /// After a loss the next try to connect follows so much later, in milliseconds.
  private static let pauseMilliseconds = 10

  /// `ipc://path`, `tcp://host:port` or `inproc://name`.
  public let url: String
  /// How this process calls itself in the heads that it sends.
  public let name: String

  private struct State: Sendable {
    var line: Line?
    var connecting: [Waiter<Bool>] = []
    var closed = false
  }

  private let inFlightMax: Int
  private let ids: RequestID
  private let state = Mutex(State())

  /// Begins to connect; throws `invalid_argument` for an address that cannot be.
  public init(url: String, name: String, inFlightMax: Int = inFlightDefault) throws(WireError) {
    self.url = url
    self.name = name
    self.inFlightMax = inFlightMax
    var random = SystemRandomNumberGenerator()
    ids = RequestID(random: random.next(), start: 0)
    let line = try makeLine()
    state.withLock { $0.line = line }
    if line.connected { came() }
  }

  private func makeLine() throws(WireError) -> Line {
    try Line(url: url, inFlightMax: inFlightMax) { line, connected in
      if connected { self.came() } else { self.went(line) }
    }
  }

  private func came() {
    let waiting = state.withLock { state in
      defer { state.connecting = [] }
      return state.connecting
    }
    for waiter in waiting { waiter.give(true) }
  }

  /// Puts a new line in the place of one that is lost, on a thread that may wait.
  private func went(_ lost: Line) {
    afterPause(milliseconds: Self.pauseMilliseconds) {
      let mine = self.state.withLock { state in
        guard !state.closed, state.line === lost else { return false }
        state.line = nil
        return true
      }
      guard mine else { return }
      self.replace()
      lost.close()
    }
  }

  private func replace() {
    // Not even dialled when nobody wants it: a peer that leaves at once does harm there (see `Listening`).
    if state.withLock({ $0.closed }) { return }
    guard let line = try? makeLine() else {
      // No memory or no descriptors now; the caller is of no use without a line, so it goes on trying.
      return afterPause(milliseconds: Self.pauseMilliseconds * 100) { self.replace() }
    }
    let open = state.withLock { state in
      if !state.closed { state.line = line }
      return !state.closed
    }
    if !open { return line.close() }
    // It may have connected and gone before it was known here.
    if line.connected { came() }
    if line.isLost { went(line) }
  }

  private var line: Line? { state.withLock { $0.line } }

  /// Whether somebody is at the other end now.
  public var connected: Bool { line?.connected ?? false }

  /// Requests on the way or waiting for their turn.
  public var outstanding: Int { line?.outstanding ?? 0 }

  /// Waits until somebody is connected; false when the time is over or the caller is closed.
  public func waitConnected(timeoutMilliseconds: Int) async -> Bool {
    let waiter = Waiter<Bool>()
    let open = state.withLock { state in
      if !state.closed { state.connecting.append(waiter) }
      return !state.closed
    }
    guard open, !connected else { return connected }
    let came = await waiter.value(withinMilliseconds: timeoutMilliseconds)
    if came == nil { state.withLock { $0.connecting.removeAll { $0 === waiter } } }
    return connected
  }

  /// Asks once and gives the payloads of the reply.
  ///
  /// Throws what the replica answers; `unavailable` at once when nobody is connected or the connection goes;
  /// `deadline_exceeded` after the timeout and `cancelled` with the task, both while it may still run there;
  /// `resource_exhausted` for frames over the limits, before anything is sent.
  public nonisolated(nonsending) func call(
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
    guard let line else { throw .unavailable("nobody is connected at \(url)") }
    let slot = try await line.take(until: deadline)
    return try await slot.call(head, payloads, deadline: deadline).get()
  }

  /// Ends the connection; requests on the way fail as `unavailable`. More than once does no harm.
  public func close() async {
    let (line, waiting) = state.withLock { state in
      defer {
        state.closed = true
        state.line = nil
        state.connecting = []
      }
      return (state.line, state.connecting)
    }
    for waiter in waiting { waiter.give(nil) }
    if let line { await onBlockingThread { line.close() } }
  }
}
