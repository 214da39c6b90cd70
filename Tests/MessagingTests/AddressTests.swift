import Glibc
import Messaging
import Testing
import Wire

extension Sockets {
  struct AddressTests {
    private func started(_ url: String) async -> Status? {
      let server = Server(urls: [url], routes: [echo()])
      defer { server.stop() }
      return await failure { try server.start() }?.status
    }

    @Test func longPaths() async throws {
      let scratch = try Scratch()
      let room = Limits.socketPathBytesMax - scratch.path.utf8.count - 1
      #expect(await started(scratch.ipc(String(repeating: "n", count: room))) == nil)
      #expect(await started(scratch.ipc(String(repeating: "n", count: room + 1))) == .invalidArgument)
      let caller = await failure {
        _ = try Caller(url: scratch.ipc(String(repeating: "n", count: room + 1)), name: "test")
      }
      #expect(caller?.status == .invalidArgument)
    }

    @Test(arguments: ["", "nothing", "ipc", "what://there"]) func noAddress(url: String) async {
      #expect(await started(url) == .invalidArgument)
      #expect(await failure { _ = try Caller(url: url, name: "test") }?.status == .invalidArgument)
      #expect(await failure { _ = try Publisher(urls: [url]) }?.status == .invalidArgument)
    }

    @Test func aFileAtThePathStays() async throws {
      let scratch = try Scratch()
      let file = try #require(fopen("\(scratch.path)/s", "w"))
      fclose(file)
      #expect(await started(scratch.ipc("s")) == .failedPrecondition)
      #expect(await failure { _ = try Publisher(urls: [scratch.ipc("s")]) }?.status == .failedPrecondition)
      #expect(scratch.exists("s"))
    }

    @Test func aSocketThatNobodyServesIsTakenOver() async throws {
      let scratch = try Scratch()
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(scratch.path)/s".utf8) }
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      let bound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
      // As after kill -9: the file is there, nobody listens.
      close(descriptor)
      #expect(scratch.exists("s"))
      try await withPair(scratch.ipc("s"), [echo()]) { _, caller in
        let reply = try await caller.call("test/echo", Frames([[1]]), timeoutMilliseconds: 30_000)
        #expect(reply.count == 1)
      }
      #expect(!scratch.exists("s"))
    }

    @Test func anAddressInUseIsNotTaken() async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo()]) { _, caller in
        #expect(await started(scratch.ipc("s")) == .unavailable)
        let reply = try await caller.call("test/echo", Frames([[1]]), timeoutMilliseconds: 30_000)
        #expect(reply.count == 1)
      }
    }

    @Test func aServerStartsOnce() async throws {
      let scratch = try Scratch()
      let server = Server(urls: [scratch.ipc("s")], routes: [echo()])
      try server.start()
      #expect(await failure { try server.start() }?.status == .internal)
      #expect(scratch.exists("s"))
      await server.close()
      await server.close()
      #expect(!scratch.exists("s"))
    }
  }
}
