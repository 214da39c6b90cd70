import CNNG
import Synchronization
import Wire

/// One call at a time: send, then receive, as two stages of one aio.
final class CallSlot: Completion {
  typealias Reply = Result<Frames, WireError>

  private enum Stage { case idle, sending, receiving }

  private struct State {
    var stage = Stage.idle
    /// Set before the aio is stopped: nothing is submitted after that.
    var closed = false
    /// Counts the calls, so that an abort that comes late does not hit the next one.
    var turn: UInt64 = 0
    /// Why the call in hand is to end; aborting an idle aio would be lost, this is not.
    var reason: WireError?
    var continuation: UnsafeContinuation<Reply, Never>?
    /// Monotonic milliseconds.
    var deadline: Int64 = 0
  }

  private let aio: Aio
  private let context: nng_ctx
  private let state = Mutex(State())
  private let inside = Inside()
  /// Whether the call in hand has a reason to end; read without the lock.
  private let hasReason = Atomic<Bool>(false)
  private let line: Line
  /// The last reply's memory, for the next request. Safe because only who has the slot touches it, and slots
  /// change hands under the line's lock.
  nonisolated(unsafe) private var spare: Message?

  init(_ line: Line, _ socket: Socket) throws(WireError) {
    self.line = line
    context = try socket.context()
    aio = try Aio()
    aio.attach(self)
  }

  /// Sends one request and gives its reply; the slot goes back to the line before this returns.
  nonisolated(nonsending) func call(_ head: [UInt8], _ payloads: Frames, deadline: Int64) async -> Reply {
    let turn = state.withLock { state in
      state.turn += 1
      end(&state, nil)
      state.deadline = deadline
      return state.turn
    }
    return await withTaskCancellationHandler {
      // Resumed once: by who takes it out of the state, or by who was refused before it came in there.
      await withUnsafeContinuation { submit(head, payloads, $0) }
    } onCancel: {
      abort(turn: turn, .cancelled("the asker went away"))
    }
  }

  private func submit(_ head: [UInt8], _ payloads: Frames, _ continuation: UnsafeContinuation<Reply, Never>) {
    do throws(WireError) {
      try submit(try Message.make(in: spare.take(), head: head, payloads), continuation)
    } catch {
      line.release(self)
      continuation.resume(returning: .failure(error))
    }
  }

  private func submit(
    _ message: consuming Message, _ continuation: UnsafeContinuation<Reply, Never>
  ) throws(WireError) {
    let raw = message.release()
    let turn: Result<Turn, WireError> = state.withLock { state in
      if let reason = state.reason { return .failure(reason) }
      // Looked at under this lock: a pipe that goes later aborts this slot after us, under the same lock.
      if state.closed || !line.connected { return .failure(line.nobody) }
      state.stage = .sending
      state.continuation = continuation
      return .success(enter(state))
    }
    switch turn {
    case .success(let turn):
      nng_aio_set_msg(aio.raw, raw)
      send(turn)
    case .failure(let refused):
      nng_msg_free(raw)
      throw refused
    }
  }

  /// One operation of one call on its way into nng.
  private struct Turn {
    let number: UInt64
    let deadline: Int64

    /// What remains of the call's time, as nng wants it.
    var remaining: nng_duration { Machine.remaining(until: deadline, now: Machine.milliseconds()) }
  }

  /// Under the lock: the aio is ours, and stays until `leave`.
  private func enter(_ state: State) -> Turn {
    inside.enter()
    return Turn(number: state.turn, deadline: state.deadline)
  }

  /// After the submission. An abort that came before it found nothing to cancel, so it is made good here.
  private func leave(_ turn: Turn) {
    if hasReason.load(ordering: .sequentiallyConsistent) {
      state.withLock { state in
        guard state.turn == turn.number, state.reason != nil, state.continuation != nil else { return }
        nng_aio_cancel(aio.raw)
      }
    }
    inside.leave()
  }

  /// Sending is over at once unless the line is full or lost; which one is asked so often, in milliseconds.
  private static let sendMilliseconds: nng_duration = 500

  /// Submits what the aio carries. Outside of the lock: the callback may come on another thread before
  /// nng returns here, and would wait for it.
  private func send(_ turn: Turn) {
    nng_aio_set_timeout(aio.raw, min(turn.remaining, Self.sendMilliseconds))
    nng_ctx_send(context, aio.raw)
    leave(turn)
  }

  /// After a send that was not taken: once more, while there is time and the line lives.
  private func sendAgain() -> Bool {
    guard state.withLock({ $0.stage == .sending && $0.reason == nil }) else { return false }
    line.stalled()
    let turn = state.withLock { state -> Turn? in
      // A line that was lost meanwhile has given the reason.
      state.reason == nil && state.deadline > Machine.milliseconds() ? enter(state) : nil
    }
    guard let turn else { return false }
    send(turn)
    return true
  }

  private func end(_ state: inout State, _ reason: WireError?) {
    state.reason = reason
    hasReason.store(reason != nil, ordering: .sequentiallyConsistent)
  }

  /// Ends the call in hand, whichever it is.
  func abort(_ reason: WireError) { abort(turn: nil, reason) }

  private func abort(turn: UInt64?, _ reason: WireError) {
    state.withLock { state in
      guard turn == nil ? state.continuation != nil : state.turn == turn else { return }
      if state.reason == nil { end(&state, reason) }
      if state.continuation != nil { nng_aio_cancel(aio.raw) }
    }
  }

  func completed() {
    let failure = Failure(nng_aio_result(aio.raw))
    if failure.code == 0, proceed() { return }
    if failure.matches(NNG_ETIMEDOUT), sendAgain() { return }
    // The reply, or the request that could not be sent.
    var answer: Reply?
    if let message = Message(from: aio.raw) {
      if failure.code == 0 { answer = Self.decode(message) }
      spare = message.spare()
    }
    let (stage, reason, continuation) = state.withLock { state in
      let parts = (state.stage, state.reason, state.continuation)
      state.continuation = nil
      state.stage = .idle
      return parts
    }
    guard let continuation else { return }
    let reply = stage == .receiving ? answer : nil
    // nng tells the calls of a lost connection first, and its watchers later or never (see `Closing`).
    if failure.matches(NNG_ECONNRESET) { line.lost() }
    line.release(self)
    continuation.resume(returning: reply ?? .failure(reason ?? failure.wire("call \(line.url)")))
  }

  /// After the sending: begins to receive, unless the call was aborted meanwhile.
  private func proceed() -> Bool {
    let turn = state.withLock { state -> Turn? in
      guard state.stage == .sending, state.reason == nil else { return nil }
      state.stage = .receiving
      return enter(state)
    }
    guard let turn else { return false }
    nng_aio_set_timeout(aio.raw, turn.remaining)
    nng_ctx_recv(context, aio.raw)
    leave(turn)
    return true
  }

  private static func decode(_ message: borrowing Message) -> Reply {
    do throws(WireError) {
      let body = try message.taken()
      if let error = try ReplyHead.failure(in: body.head[...]) { return .failure(error) }
      return .success(body.payloads)
    } catch {
      return .failure(WireError(.dataLoss, "the reply cannot be read: \(error.message)", cause: error))
    }
  }

  /// Whether a request is sent and its reply has not come.
  var awaitsReply: Bool { state.withLock { $0.stage == .receiving } }

  /// From now on nothing is submitted; what is on the way fails. Before the socket is closed.
  func shut() {
    state.withLock { state in
      state.closed = true
      guard state.continuation != nil else { return }
      if state.reason == nil { end(&state, line.nobody) }
      nng_aio_cancel(aio.raw)
    }
  }

  /// After `shut`: waits for the last callback and gives the aio back.
  func free() {
    inside.wait()
    aio.free()
  }
}
