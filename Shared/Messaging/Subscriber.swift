import CNNG
import Synchronization
import Wire

/// Hears bells of exactly its topics from all publishers that it dials.
///
/// Close it explicitly: one that listens keeps itself alive.
public final class Subscriber: Completion {
  /// A quick handler on nng's thread: sets a flag, wakes a loop.
  public typealias Handler = @Sendable (_ topic: String, _ frames: Frames) -> Void

  private struct Life: Sendable {
    var dialers: [String: nng_dialer] = [:]
    var handler: Handler?
    var closed = false
  }

  private let socket: Socket
  private let aio: Aio
  private let life = Mutex(Life())
  private let skipped = Atomic<Int>(0)

  /// Messages kept before the oldest gives way.
  private static let bufferMessages: Int32 = 256

  /// Listens to nothing yet but will hear these topics, whole names each.
  public init(topics: [String]) throws(WireError) {
    socket = try Socket(.subscribe)
    do throws(WireError) {
      aio = try Aio()
      try subscribe(topics)
    } catch {
      socket.close([])
      throw error
    }
  }

  private func subscribe(_ topics: [String]) throws(WireError) {
    try socket.set(NNG_OPT_RECVBUF, Self.bufferMessages)
    for topic in topics {
      // nng compares prefixes; with its NUL a topic is the prefix of itself only.
      let prefix = Array(topic.utf8) + [0]
      let code = nng_socket_set(socket.raw, NNG_OPT_SUB_SUBSCRIBE, prefix, prefix.count)
      try Failure.check(code, "subscribe to \(topic)")
    }
  }

  /// Publications that could not be read and were skipped.
  public var undecodable: Int { skipped.load(ordering: .relaxed) }

  /// Begins to connect to a publisher; a second time does nothing.
  public func dial(_ url: String) throws(WireError) {
    _ = try Address(url)
    let result: Result<Void, WireError> = life.withLock { life in
      if life.closed { return .failure(.unavailable("the subscriber is closed")) }
      if life.dialers[url] != nil { return .success(()) }
      do throws(WireError) {
        life.dialers[url] = try socket.dial(url)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Ends the connection to a publisher.
  public func drop(_ url: String) {
    life.withLock { life in
      guard !life.closed, let dialer = life.dialers.removeValue(forKey: url) else { return }
      nng_dialer_close(dialer)
    }
  }

  /// Gives each publication from now on to the handler. Once.
  public func publications(_ handler: @escaping Handler) {
    life.withLock { life in
      precondition(life.handler == nil, "a subscriber has one handler")
      life.handler = handler
    }
    aio.attach(self)
    receive()
  }

  private func receive() {
    life.withLock { life in
      if !life.closed { nng_recv_aio(socket.raw, aio.raw) }
    }
  }

  func completed() {
    let failure = Failure(nng_aio_result(aio.raw))
    if failure.code == 0, let message = Message(from: aio.raw) { hear(message) }
    if !failure.matches(NNG_ECLOSED), !failure.matches(NNG_ECANCELED) { receive() }
  }

  private func hear(_ message: consuming Message) {
    guard let (topic, frames) = message.publication() else {
      skipped.wrappingAdd(1, ordering: .relaxed)
      return
    }
    life.withLock { $0.handler }?(topic, frames)
  }

  /// Ends all connections; no handler runs after it. More than once does no harm.
  public func close() async {
    let urls = life.withLock { life -> [String]? in
      defer { life.closed = true }
      return life.closed ? nil : Array(life.dialers.keys)
    }
    guard let urls else { return }
    await onBlockingThread {
      self.aio.free()
      self.socket.close(urls)
    }
  }
}

extension Message {
  /// A publication's topic and frames; nil when it is none.
  borrowing func publication() -> (topic: String, frames: Frames)? {
    withBody { body in
      guard let end = body.firstIndex(of: 0) else { return nil }
      guard let topic = String(validating: body[..<end], as: UTF8.self) else { return nil }
      guard let frames = try? Frames(decoding: Array(body[(end + 1)...])) else { return nil }
      return (topic, frames)
    }
  }
}
