import Foundation
import Glibc
import Synchronization

/// A small HTTP/1.1 server in the test's own process; a test decides each answer, also broken ones.
///
/// It takes one request a connection and one connection at a time, on a thread of its own.
public final class Counterpart: Sendable {
  /// A request as it came.
  public struct Asked: Sendable {
    public var method = ""
    /// Without the query.
    public var path = ""
    public var query: [String: String] = [:]
    /// By name in lower case.
    public var headers: [String: String] = [:]
    public var body = ""
  }

  /// What is sent back.
  public struct Answer: Sendable {
    public var status: Int
    public var headers: [String: String]
    public var body: String
    /// So many bytes of the body are sent before the connection ends; nil for all.
    public var sentBytes: Int?

    public init(_ body: String, status: Int = 200, headers: [String: String] = [:], sentBytes: Int? = nil) {
      (self.body, self.status, self.headers, self.sentBytes) = (body, status, headers, sentBytes)
    }

    /// Ends the connection without a word.
    public static let silence = Answer("", status: 0)

    fileprivate var bytes: [UInt8] {
      var text = "HTTP/1.1 \(status) Told\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
      for (name, value) in headers { text += "\(name): \(value)\r\n" }
      return Array((text + "\r\n").utf8) + Array(body.utf8).prefix(sentBytes ?? .max)
    }
  }

  private let handle: Int32
  private let port: UInt16
  private let log = Mutex<[Asked]>([])
  private let answer: @Sendable (Asked) -> Answer

  /// Listens on a free port.
  public init(_ answer: @escaping @Sendable (Asked) -> Answer) throws {
    self.answer = answer
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    handle = listening
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // The pointers live for the calls only, and point to a whole sockaddr_in.
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listening, raw, length) == 0 && getsockname(listening, raw, &length) == 0
      }
    }
    guard isBound, listen(listening, 64) == 0 else { throw PrivatePostgres.Failure("no port is free") }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(listening, nil, nil)
        guard connection >= 0, let self else { break }
        self.serve(connection)
      }
    }
  }

  /// Ends the listening.
  public func stop() {
    shutdown(handle, Int32(SHUT_RDWR))
    close(handle)
  }

  /// Where it listens.
  public var url: String { "http://127.0.0.1:\(port)" }

  /// All requests so far.
  public var asked: [Asked] { log.withLock { $0 } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let asked = Self.read(connection) else { return }
    log.withLock { $0.append(asked) }
    let answer = self.answer(asked)
    let bytes = answer.status == 0 ? [] : answer.bytes
    var sent = 0
    while sent < bytes.count {
      // The slice's storage lives for the call; a peer that is gone is no signal.
      let count = bytes[sent...].withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
    shutdown(connection, Int32(SHUT_WR))
  }

  private static func read(_ connection: Int32) -> Asked? {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(connection, &piece, piece.count, 0)
      if count <= 0 { return nil }
      text += piece[..<count]
      if let asked = parsed(text) { return asked }
    }
  }

  /// nil while something is missing.
  private static func parsed(_ bytes: [UInt8]) -> Asked? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    var lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    let first = lines.removeFirst().split(separator: " ")
    guard first.count == 3, let parts = URLComponents(string: String(first[1])) else { return nil }
    var asked = Asked(method: String(first[0]), path: parts.path)
    for item in parts.queryItems ?? [] { asked.query[item.name] = item.value ?? "" }
    for line in lines {
      let halves = line.split(separator: ":", maxSplits: 1)
      if halves.count == 2 {
        asked.headers[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
      }
    }
    asked.body = String(text[end.upperBound...])
    return asked.body.utf8.count >= Int(asked.headers["content-length"] ?? "0") ?? 0 ? asked : nil
  }
}
