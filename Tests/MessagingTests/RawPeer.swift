import Glibc
import Wire

/// Speaks SP over a Unix socket byte by byte, as a peer without nng would: REQ, one request at a time.
///
/// Handshake and framing: nng's RFC sp-tcp-mapping-01, for ipc with the type byte 1 before each length.
final class RawPeer {
  private let descriptor: Int32
  private var number: UInt32 = 0x8000_0000

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { throw WireError.unavailable("connect: \(errno)") }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    try write([0, 0x53, 0x50, 0, 0, 0x30, 0, 0])
    let greeting = try read(8)
    guard greeting == [0, 0x53, 0x50, 0, 0, 0x31, 0, 0] else { throw WireError.unavailable("no REP") }
  }

  deinit { close(descriptor) }

  /// Sends a body as one request and gives the body of the reply.
  func ask(_ body: [UInt8]) throws -> [UInt8] {
    number += 1
    try write([1] + big(UInt64(body.count + 4), 8) + big(UInt64(number), 4) + body)
    let head = try read(9)
    let count = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
    let reply = try read(count)
    guard reply.starts(with: big(UInt64(number), 4)) else { throw WireError.dataLoss("another's reply") }
    return Array(reply.dropFirst(4))
  }

  /// The status that a body is answered with.
  func status(_ body: [UInt8]) throws -> Status {
    let frames = try Frames(decoding: try ask(body))
    return try ReplyHead.decode(frames.first ?? []).status
  }

  /// Says that so many bytes follow, and whether the other side hangs up on it.
  func isHungUpOn(announcing count: UInt64) throws -> Bool {
    try write([1] + big(count, 8) + [0x80, 0, 0, 1])
    return try reads(1).isEmpty
  }

  private func big(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
  }

  private func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw WireError.unavailable("send: \(errno)") }
      rest = rest.dropFirst(count)
    }
  }

  private func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try reads(count - bytes.count)
      guard !more.isEmpty else { throw WireError.unavailable("hung up") }
      bytes += more
    }
    return bytes
  }

  private func reads(_ most: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: most)
    let count = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    // A connection that was reset is hung up too.
    if count < 0, errno == ECONNRESET || errno == EPIPE { return [] }
    guard count >= 0 else { throw WireError.unavailable("recv: \(errno)") }
    return Array(bytes.prefix(count))
  }
}
