import CNNG
import Wire

/// Owns one nng socket; its owner closes it, once.
struct Socket: Sendable {
  let raw: nng_socket

  enum Kind { case request, reply, publish, subscribe }

  /// nng counts its own header of the protocol too.
  private static let headerBytesMax = 64
  /// The shortest and the longest pause between two tries to connect, in milliseconds.
  private static let reconnectMilliseconds: (least: nng_duration, most: nng_duration) = (10, 500)

  init(_ kind: Kind) throws(WireError) {
    var socket = nng_socket()
    let code =
      switch kind {
      case .request: nng_req0_open(&socket)
      case .reply: nng_rep0_open(&socket)
      case .publish: nng_pub0_open(&socket)
      case .subscribe: nng_sub0_open(&socket)
      }
    try Failure.check(code, "open a socket")
    raw = socket
    do throws(WireError) { try configure() } catch {
      close([])
      throw error
    }
  }

  private func configure() throws(WireError) {
    let most = Limits.messageBytesMax + Self.headerBytesMax
    try Failure.check(nng_socket_set_size(raw, NNG_OPT_RECVMAXSZ, most), "limit messages")
    let (least, longest) = Self.reconnectMilliseconds
    try Failure.check(nng_socket_set_ms(raw, NNG_OPT_RECONNMINT, least), "set the reconnect time")
    try Failure.check(nng_socket_set_ms(raw, NNG_OPT_RECONNMAXT, longest), "set the reconnect time")
  }

  func set(_ option: String, _ value: Int32) throws(WireError) {
    try Failure.check(nng_socket_set_int(raw, option, value), "set \(option)")
  }

  /// Listens; a socket file that nobody serves is taken over, anything else at the path is refused.
  func listen(_ url: String) throws(WireError) -> nng_listener {
    try Address(url).checkFree()
    var listener = nng_listener()
    try Failure.check(nng_listen(raw, url, &listener, 0), "listen at \(url)")
    return listener
  }

  /// Begins to connect and goes on trying in the background.
  @discardableResult
  func dial(_ url: String) throws(WireError) -> nng_dialer {
    _ = try Address(url)
    var dialer = nng_dialer()
    try Failure.check(nng_dial(raw, url, &dialer, Int32(bitPattern: NNG_FLAG_NONBLOCK)), "dial \(url)")
    return dialer
  }

  /// A context of its own for one request at a time.
  func context() throws(WireError) -> nng_ctx {
    var context = nng_ctx()
    try Failure.check(nng_ctx_open(&context, raw), "open a context")
    return context
  }

  /// Closes it with all pipes and contexts, then does the rest; waits, so never on a thread of nng's.
  ///
  /// `urls` are those that it listens at or dials: within one process there is nothing to wait for.
  func close(_ urls: [String], then rest: @escaping @Sendable () -> Void = {}) {
    precondition(!CallbackThread.isCurrent, "a socket cannot wait for its own callback")
    Closing.close(raw, waiting: !urls.allSatisfy { $0.hasPrefix("inproc:") }, then: rest)
  }
}
