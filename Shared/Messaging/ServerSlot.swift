import CNNG
import Synchronization
import Wire

/// One request at a time: receive, have it handled, send the reply, and again. Two stages on one aio.
final class ServerSlot: Completion {
  private enum Stage { case idle, receiving, handling, sending, closed }

  private let aio: Aio
  private let context: nng_ctx
  private let stage = Mutex(Stage.idle)
  private let inside = Inside()
  private let isShut = Atomic<Bool>(false)
  private let core: ServerCore
  /// The memory of the request in hand, for its reply. Safe because one request is in hand at a time: it is
  /// set before the handler begins and taken by the reply, after it.
  nonisolated(unsafe) private var spare: Message?

  /// A reply that its asker does not read is given up after so long, in milliseconds.
  private static let sendMilliseconds: nng_duration = 10_000

  init(_ core: ServerCore, _ socket: Socket) throws(WireError) {
    self.core = core
    context = try socket.context()
    aio = try Aio()
    aio.attach(self)
  }

  func receive() {
    submit(.receiving) {
      nng_aio_set_timeout(aio.raw, NNG_DURATION_INFINITE)
      nng_ctx_recv(context, aio.raw)
    }
  }

  /// Hands the aio to nng unless the slot is closed; false then.
  ///
  /// Outside of the lock: the callback may come on another thread before nng returns here, and would wait
  /// for it. A closer's cancel that found nothing yet is made good.
  @discardableResult
  private func submit(_ next: Stage, _ operation: () -> Void) -> Bool {
    let open = stage.withLock { stage in
      guard stage != .closed else { return false }
      stage = next
      inside.enter()
      return true
    }
    guard open else { return false }
    operation()
    if isShut.load(ordering: .sequentiallyConsistent) { nng_aio_cancel(aio.raw) }
    inside.leave()
    return true
  }

  func completed() {
    switch stage.withLock({ $0 }) {
    case .receiving: received()
    case .sending: sent()
    case .idle, .handling, .closed: _ = Message(from: aio.raw)
    }
  }

  private func received() {
    let failure = Failure(nng_aio_result(aio.raw))
    guard failure.code == 0, let message = Message(from: aio.raw) else {
      // The socket is being closed; anything else concerns one message only.
      if !failure.matches(NNG_ECLOSED), !failure.matches(NNG_ECANCELED) { receive() }
      return
    }
    let open = stage.withLock { stage in
      guard stage == .receiving else { return false }
      stage = .handling
      return true
    }
    if open { core.accept(message, self) }
  }

  /// Takes back the message of the request in hand, which has been read.
  func keep(_ message: consuming Message) {
    spare = message.spare()
  }

  /// Sends the reply to the request in hand; after closing it is dropped, there is nobody left to hear it.
  func reply(_ head: ReplyHead) { reply(encoded: head.encode(), Frames()) }

  func reply(encoded head: [UInt8], _ payloads: Frames) {
    guard let message = try? Message.make(in: spare.take(), head: head, payloads) else {
      // No memory for the reply: the asker's time will run out. The slot must go on.
      core.finished()
      return receive()
    }
    let raw = message.release()
    let submitted = submit(.sending) {
      nng_aio_set_timeout(aio.raw, Self.sendMilliseconds)
      nng_aio_set_msg(aio.raw, raw)
      nng_ctx_send(context, aio.raw)
    }
    if submitted { return }
    nng_msg_free(raw)
    core.finished()
  }

  private func sent() {
    if nng_aio_result(aio.raw) != 0 { _ = Message(from: aio.raw) }
    core.finished()
    receive()
  }

  /// From now on nothing is submitted; what is on the way ends. Before the socket is closed.
  func shut() {
    stage.withLock { $0 = .closed }
    isShut.store(true, ordering: .sequentiallyConsistent)
    nng_aio_cancel(aio.raw)
  }

  /// After `shut`: waits for the last callback and gives the aio back.
  func free() {
    inside.wait()
    aio.free()
  }
}
