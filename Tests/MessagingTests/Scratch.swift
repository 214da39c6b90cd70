import Glibc
import Messaging
import Testing
import Wire

/// All tests with real sockets, one after another: each needs both processors to be quick.
@Suite(.serialized) enum Sockets {}

/// A folder of a test's own, gone with it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/laurel-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw WireError.internal("no temporary folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { unlink("\(path)/\(name)") }
      }
      closedir(folder)
    }
    rmdir(path)
  }

  func ipc(_ name: String) -> String { "ipc://\(path)/\(name)" }

  func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }
}

/// Runs a test's body against a server and a caller connected to it, and closes both.
func withPair(
  _ url: String, _ routes: [Route], parallel: Int = Server.parallelDefault, inFlightMax: Int = 256,
  now: @escaping @Sendable () -> Int64 = { Machine.unixMilliseconds() },
  _ body: (Server, Caller) async throws -> Void
) async throws {
  let server = Server(urls: [url], routes: routes, parallel: parallel, now: now)
  try server.start()
  let caller = try Caller(url: url, name: "test", inFlightMax: inFlightMax)
  var failure: (any Error)?
  do {
    #expect(await caller.waitConnected(timeoutMilliseconds: 30_000))
    try await body(server, caller)
  } catch { failure = error }
  await caller.close()
  await server.close()
  if let failure { throw failure }
}

/// How a call failed, nil when it went well.
func failure(_ body: () async throws -> Void) async -> WireError? {
  do {
    try await body()
    return nil
  } catch { return error as? WireError }
}

/// What comes back is what went there.
func echo(_ placement: Placement = .inline) -> Route {
  Route("test/echo", placement: placement, idempotent: true) { $0.payloads }
}

/// Something that is awaited by one side and opened by the other, any number of times waited for.
actor Gate {
  private var open = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func pass() async {
    if open { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func unlock() {
    open = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}

/// Counts what happened and lets others wait for a number of it.
actor Counter {
  private(set) var count = 0
  private var waiting: [(Int, CheckedContinuation<Void, Never>)] = []

  func step() {
    count += 1
    for (number, continuation) in waiting where number <= count { continuation.resume() }
    waiting.removeAll { $0.0 <= count }
  }

  func reached(_ number: Int) async {
    if count >= number { return }
    await withCheckedContinuation { waiting.append((number, $0)) }
  }
}
