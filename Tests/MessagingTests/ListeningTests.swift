import Glibc
import Messaging
import Testing
import Wire

extension Sockets {
  struct ListeningTests {
    /// Peers that are gone before the server greets them make nng's listener stop; it must come back.
    @Test func goesOnListeningAfterPeersThatLeaveAtOnce() async throws {
      let scratch = try Scratch()
      let server = Server(urls: [scratch.ipc("s")], routes: [echo()])
      try server.start()
      for _ in 0..<200 { try leaveAtOnce(scratch.path + "/s") }
      #expect(try await isAnswered(at: scratch.ipc("s"), withinMilliseconds: 20_000))
      await server.close()
    }

    /// A socket file that somebody deletes is made again.
    @Test func makesItsSocketFileAgain() async throws {
      let scratch = try Scratch()
      let server = Server(urls: [scratch.ipc("s")], routes: [echo()])
      try server.start()
      unlink(scratch.path + "/s")
      #expect(try await isAnswered(at: scratch.ipc("s"), withinMilliseconds: 20_000))
      await server.close()
      #expect(!scratch.exists("s"))
    }

    private func leaveAtOnce(_ path: String) throws {
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let code = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(code == 0)
    }

    /// Whether a new caller gets an answer, asking again and again for so long.
    private func isAnswered(at url: String, withinMilliseconds limit: Int) async throws -> Bool {
      let caller = try Caller(url: url, name: "late")
      let end = ContinuousClock.now + .milliseconds(limit)
      var isAnswered = false
      while !isAnswered, ContinuousClock.now < end {
        _ = await caller.waitConnected(timeoutMilliseconds: 1_000)
        isAnswered =
          await failure {
            _ = try await caller.call("test/echo", Frames([[1]]), timeoutMilliseconds: 1_000)
          } == nil
      }
      await caller.close()
      return isAnswered
    }
  }
}
