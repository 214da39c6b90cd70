import CNNG
import Synchronization
import Wire

/// Rings bells: whoever listens may hear it, nobody is waited for, what is lost is not noticed.
public final class Publisher: Sendable {
  public let urls: [String]
  private let listening: Listening
  private let closed = Mutex(false)

  /// Messages per listener before the oldest gives way.
  private static let bufferMessages: Int32 = 128

  /// Begins to listen; throws like `Server.start`.
  public init(urls: [String]) throws(WireError) {
    self.urls = urls
    for url in urls { try Address(url).checkFree() }
    listening = try Listening(.publish)
    do throws(WireError) {
      try listening.socket.set(NNG_OPT_SENDBUF, Self.bufferMessages)
      try listening.start(urls)
    } catch {
      listening.close([])
      throw error
    }
  }

  /// Sends frames under a topic to all who listen now.
  ///
  /// Throws `invalid_argument` for a topic that holds a NUL, `resource_exhausted` over the limits.
  public func publish(topic: String, _ frames: Frames) throws(WireError) {
    if topic.utf8.contains(0) { throw .invalid("a topic holds no NUL") }
    try frames.check(headBytes: topic.utf8.count)
    let raw = try Message(topic: topic, frames).release()
    let code = closed.withLock { closed in
      closed
        ? Int32(bitPattern: NNG_ECLOSED.rawValue)
        : nng_sendmsg(listening.socket.raw, raw, Int32(bitPattern: NNG_FLAG_NONBLOCK))
    }
    guard code != 0 else { return }
    nng_msg_free(raw)
    throw Failure(code).wire("publish \(topic)")
  }

  /// Ends all connections and removes the socket files; waits a little. More than once does no harm.
  public func close() {
    let first = closed.withLock { closed in
      defer { closed = true }
      return !closed
    }
    if first { listening.close(urls) }
  }
}
