import Synchronization
import Wire

/// Answers requests at one or more addresses; every request gets a reply.
///
/// Health has a server of its own: a socket whose contexts are all busy does not even read.
public final class Server: Sendable {
  /// How many requests run at a time unless told otherwise.
  public static let parallelDefault = 64

  /// What nng took is not yet in the kernel; a stopping server waits so long for it, in milliseconds.
  private static let lingerMilliseconds = 50

  private enum Life {
    case new
    case open(Listening, [ServerSlot])
    case closed
  }

  public let urls: [String]
  private let parallel: Int
  private let core: ServerCore
  private let life = Mutex(Life.new)

  /// Routes with two entries for one method are a mistake of ours and trap.
  ///
  /// `now` is the machine's time in unix ms, against which deadlines are checked on arrival. `failed` hears
  /// of each error that a handler threw, with the method, before it is reduced to what may travel.
  public init(
    urls: [String], routes: [Route], parallel: Int = parallelDefault,
    now: @escaping @Sendable () -> Int64 = { Machine.unixMilliseconds() },
    failed: @escaping @Sendable (String, any Error) -> Void = { _, _ in }
  ) {
    precondition(parallel > 0)
    self.urls = urls
    self.parallel = parallel
    core = ServerCore(routes, now: now, failed: failed)
  }

  /// Begins to listen and to answer.
  ///
  /// Throws `invalid_argument` for an address that cannot be (a path over 107 bytes), `unavailable` for one
  /// in use, `failed_precondition` for one at which something else lies.
  public func start() throws(WireError) {
    let fresh = life.withLock { life in
      guard case .new = life else { return false }
      life = .closed
      return true
    }
    guard fresh else { throw .internal("a server starts once") }
    let listening = try Listening(.reply)
    var slots: [ServerSlot] = []
    do throws(WireError) {
      for _ in 0..<parallel { slots.append(try ServerSlot(core, listening.socket)) }
      for slot in slots { slot.receive() }
      try listening.start(urls)
    } catch {
      close(listening, slots)
      throw error
    }
    life.withLock { $0 = .open(listening, slots) }
  }

  /// Refuses new requests as `unavailable` and waits until those that run are answered; true when all were.
  @discardableResult
  public func drain(deadlineMilliseconds: Int) async -> Bool {
    let done = await core.drain(withinMilliseconds: deadlineMilliseconds)
    try? await Task.sleep(for: .milliseconds(Self.lingerMilliseconds))
    return done
  }

  /// Closes all connections and removes the socket files; waits some ten milliseconds for it.
  ///
  /// Never from an inline handler, whose own end it would wait for. More than once does no harm.
  public func stop() {
    let parts = life.withLock { life -> (Listening, [ServerSlot])? in
      defer { life = .closed }
      if case .open(let listening, let slots) = life { return (listening, slots) }
      return nil
    }
    if let (listening, slots) = parts { close(listening, slots) }
  }

  /// `stop` on a thread that may wait.
  public func close() async { await onBlockingThread { self.stop() } }

  /// First the slots, then the socket; why, see `Line.close`.
  private func close(_ listening: Listening, _ slots: [ServerSlot]) {
    for slot in slots { slot.shut() }
    for slot in slots { slot.free() }
    listening.close(urls)
  }
}
