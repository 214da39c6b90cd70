import CNNG
import Dispatch
import Glibc
import Synchronization
import Wire

/// The addresses at which a socket listens, and the care that it goes on listening there.
///
/// A listener of nng 1.5.2 stops for good, and says nothing, when a peer leaves between its connecting and
/// the first eight bytes: writing to it fails with EPIPE, which nng takes for NNG_ECLOSED, and that means "no
/// further action" to `listener_accept_cb` (core/listener.c). The transport goes on taking connections, so
/// whoever comes later seems to be connected and is never answered. Therefore each ipc address is tried from
/// outside now and then; where a whole handshake does not become a pipe, the listener is made anew, and its
/// peers, those in vain too, lose their connections and come back.
final class Listening: Sendable {
  /// Milliseconds from the start to the first trial, and between two.
  private static let pauseMilliseconds = (first: 200, later: 1_000)
  /// A handshake becomes a pipe within this time, in milliseconds, on a machine that is not overloaded.
  private static let patienceMilliseconds = 2_000

  private struct State {
    /// Nil at an address at which listening failed; it is tried again.
    var listeners: [String: nng_listener?] = [:]
    var isClosed = false
  }

  let socket: Socket
  private let arrivals = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  /// A socket that listens nowhere yet; close it in any case.
  init(_ kind: Socket.Kind) throws(WireError) {
    socket = try Socket(kind)
    // Given back after the socket is closed: then no callback comes any more. It fails on no open socket.
    let me = Unmanaged.passRetained(self).toOpaque()
    nng_pipe_notify(socket.raw, NNG_PIPE_EV_ADD_POST, Self.arrived, me)
  }

  /// Begins to listen; throws like `Socket.listen`.
  func start(_ urls: [String]) throws(WireError) {
    for url in urls {
      let listener = try socket.listen(url)
      state.withLock { $0.listeners[url] = listener }
    }
    tryLater(milliseconds: Self.pauseMilliseconds.first)
  }

  private static let arrived: nng_pipe_cb = { _, _, argument in
    guard let argument else { return }
    // Alive: retained in `init` until no callback can come any more.
    Unmanaged<Listening>.fromOpaque(argument).takeUnretainedValue().arrivals.signal()
  }

  private func tryLater(milliseconds: Int) {
    afterPause(milliseconds: milliseconds) { [weak self] in self?.tryAll() }
  }

  private func tryAll() {
    let urls = state.withLock { Array($0.listeners.keys) }
    for url in urls {
      if let path = (try? Address(url))?.path, isDeaf(path) { renew(url) }
    }
    if !state.withLock(\.isClosed) { tryLater(milliseconds: Self.pauseMilliseconds.later) }
  }

  /// Whether a connection with a whole handshake is not taken up, or nobody listens at the path.
  private func isDeaf(_ path: String) -> Bool {
    var peer: Int32 = 0
    guard nng_socket_get_int(socket.raw, NNG_OPT_PEER, &peer) == 0 else { return false }
    while arrivals.wait(timeout: .now()) == .success {}
    guard let handshake = Handshake(path, protocol: UInt16(truncatingIfNeeded: peer)) else {
      return access(path, F_OK) != 0
    }
    defer { handshake.end() }
    // Whoever else arrives meanwhile shows as well that the listener hears.
    return arrivals.wait(timeout: .now() + .milliseconds(Self.patienceMilliseconds)) == .timedOut
  }

  private func renew(_ url: String) {
    state.withLock { state in
      guard !state.isClosed else { return }
      if case .some(.some(let deaf)) = state.listeners[url] { nng_listener_close(deaf) }
      state.listeners[url] = .some(try? socket.listen(url))
    }
  }

  /// Closes the socket with all that hangs on it, see `Socket.close`.
  func close(_ urls: [String]) {
    state.withLock { $0.isClosed = true }
    socket.close(urls) { Unmanaged.passUnretained(self).release() }
  }
}

/// A connection from outside, up to where the transport has greeted: eight bytes both ways.
private struct Handshake {
  private static let answerSeconds = 2

  private let descriptor: Int32

  /// Nil when nobody greets back.
  init?(_ path: String, protocol number: UInt16) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var limit = timeval(tv_sec: Self.answerSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    // The scalability protocols' greeting: 0 S P 0, the protocol, two bytes reserved.
    let greeting: [UInt8] = [
      0, UInt8(ascii: "S"), UInt8(ascii: "P"), 0, UInt8(number >> 8), UInt8(number & 0xFF), 0, 0,
    ]
    var answer = [UInt8](repeating: 0, count: greeting.count)
    guard Self.connect(descriptor, path),
      send(descriptor, greeting, greeting.count, Int32(MSG_NOSIGNAL)) == greeting.count,
      recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count
    else {
      end()
      return nil
    }
  }

  private static func connect(_ descriptor: Int32, _ path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    // One byte stays zero: the path's end.
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  func end() { _ = Glibc.close(descriptor) }
}
