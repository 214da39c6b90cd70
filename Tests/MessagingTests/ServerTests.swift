import Glibc
import Messaging
import Synchronization
import Testing
import Wire

extension Sockets {
  struct ServerTests {
    struct Secret: Error {}

    @Test func unknownMethod() async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo()]) { _, caller in
        let error = await failure { _ = try await caller.call("test/none", timeoutMilliseconds: 30_000) }
        #expect(error?.status == .unimplemented)
        #expect(error?.message.contains("test/none") == true)
      }
    }

    @Test func listOfMethods() async throws {
      let scratch = try Scratch()
      let routes = [Route("b/two") { _ in Frames() }, echo(), Route("a/one") { _ in Frames() }]
      try await withPair(scratch.ipc("s"), routes) { _, caller in
        let reply = try await caller.call("reflection/list", timeoutMilliseconds: 30_000)
        let text = #"{"methods":["a/one","b/two","reflection/list","test/echo"]}"#
        #expect(reply.array().map { String(decoding: $0, as: UTF8.self) } == [text])
      }
    }

    @Test func handlersErrors() async throws {
      let scratch = try Scratch()
      let routes = [
        Route(quick: "t/quick") { _ in throw WireError.notFound("quick") },
        Route("t/wire") { _ in
          throw WireError(
            .aborted, "again", details: Array(#"{"a":1}"#.utf8), retryAfterMilliseconds: 30, cause: Secret())
        },
        Route("t/inside") { _ in throw Secret() },
        Route("t/long") { _ in throw WireError(.notFound, String(repeating: "x", count: 100_000)) },
        Route("t/code") { _ in throw WireError(Status(rawValue: "tea_time"), "new") },
      ]
      try await withPair(scratch.ipc("s"), routes) { _, caller in
        let wire = await failure { _ = try await caller.call("t/wire", timeoutMilliseconds: 30_000) }
        #expect(wire?.status == .aborted)
        #expect(wire?.message == "again")
        #expect(wire?.details == Array(#"{"a":1}"#.utf8))
        #expect(wire?.retryAfterMilliseconds == 30)
        let quick = await failure { _ = try await caller.call("t/quick", timeoutMilliseconds: 30_000) }
        #expect(quick?.status == .notFound)
        let inside = await failure { _ = try await caller.call("t/inside", timeoutMilliseconds: 30_000) }
        #expect(inside?.status == .internal)
        #expect(inside?.message.contains("Secret") == false)
        let long = await failure { _ = try await caller.call("t/long", timeoutMilliseconds: 30_000) }
        #expect(long?.status == .notFound)
        let code = await failure { _ = try await caller.call("t/code", timeoutMilliseconds: 30_000) }
        #expect(code?.status == .unknown)
      }
    }

    @Test func theServersOwnSideHearsTheError() async throws {
      let scratch = try Scratch()
      let heard = Mutex<[String]>([])
      let server = Server(
        urls: [scratch.ipc("s")], routes: [Route("t/inside") { _ in throw Secret() }],
        failed: { method, error in heard.withLock { $0.append("\(method) \(type(of: error))") } })
      try server.start()
      let caller = try Caller(url: scratch.ipc("s"), name: "test")
      #expect(await caller.waitConnected(timeoutMilliseconds: 30_000))
      _ = await failure { _ = try await caller.call("t/inside", timeoutMilliseconds: 30_000) }
      #expect(heard.withLock { $0 } == ["t/inside Secret"])
      await caller.close()
      await server.close()
    }

    @Test func pastItsDeadlineItIsNotRun() async throws {
      let scratch = try Scratch()
      let runs = Counter()
      let route = Route("t/count") { _ in
        await runs.step()
        return Frames()
      }
      // The server's clock is an hour ahead, so that every deadline is over on arrival.
      let ahead: @Sendable () -> Int64 = { Machine.unixMilliseconds() + 3_600_000 }
      try await withPair(scratch.ipc("s"), [route], now: ahead) { _, caller in
        let error = await failure { _ = try await caller.call("t/count", timeoutMilliseconds: 30_000) }
        #expect(error?.status == .deadlineExceeded)
        #expect(await runs.count == 0)
      }
    }

    @Test func tooLargeAReply() async throws {
      let scratch = try Scratch()
      let large = Frames([[UInt8](repeating: 1, count: Limits.frameBytesMax)])
      let routes = [
        Route("t/message") { _ in
          var frames = large
          for _ in 0..<4 { frames.append(contentsOf: large) }
          return frames
        },
        Route("t/frame") { _ in Frames([[UInt8](repeating: 1, count: Limits.frameBytesMax + 1)]) },
        echo(),
      ]
      try await withPair(scratch.ipc("s"), routes) { _, caller in
        for method in ["t/message", "t/frame"] {
          let error = await failure { _ = try await caller.call(method, timeoutMilliseconds: 30_000) }
          #expect(error?.status == .resourceExhausted)
        }
        let reply = try await caller.call("test/echo", Frames([[1]]), timeoutMilliseconds: 30_000)
        #expect(reply.count == 1)
      }
    }

    @Test func headsArriveWhole() async throws {
      let scratch = try Scratch()
      let seen = Mutex<RequestHead?>(nil)
      let route = Route("t/head") { request in
        seen.withLock { $0 = request.head }
        return Frames()
      }
      try await withPair(scratch.ipc("s"), [route]) { _, caller in
        let before = Machine.unixMilliseconds()
        _ = try await caller.call(
          "t/head", timeoutMilliseconds: 30_000, key: "k", traceparent: "00-1", id: "one")
        let head = seen.withLock { $0 }
        #expect(head?.id == "one")
        #expect(head?.key == "k")
        #expect(head?.traceparent == "00-1")
        #expect(head?.caller == "test")
        #expect((before + 30_000...before + 60_000).contains(head?.deadline ?? 0))
        _ = try await caller.call("t/head", timeoutMilliseconds: 30_000)
        let id = try #require(seen.withLock { $0?.id })
        #expect(id.utf8.count == 36)
      }
    }

    @Test func slowOnesOnThePoolDoNotHoldUpInlineOnes() async throws {
      let scratch = try Scratch()
      let gate = Gate()
      let slow = Route("t/slow") { _ in
        await gate.pass()
        return Frames()
      }
      try await withPair(scratch.ipc("s"), [slow, echo()]) { _, caller in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<32 {
            group.addTask { _ = try await caller.call("t/slow", timeoutMilliseconds: 30_000) }
          }
          for number in 0..<100 {
            let frames = Frames([Array("\(number)".utf8)])
            let reply = try await caller.call("test/echo", frames, timeoutMilliseconds: 30_000)
            #expect(reply == frames)
          }
          await gate.unlock()
          try await group.waitForAll()
        }
      }
    }

    @Test func drainAnswersWhatRunsAndRefusesWhatComes() async throws {
      let scratch = try Scratch()
      let gate = Gate()
      let begun = Counter()
      let large = Frames([[UInt8](repeating: 9, count: 4_000_000)])
      let slow = Route("t/slow") { _ in
        await begun.step()
        await gate.pass()
        return large
      }
      try await withPair(scratch.ipc("s"), [slow, echo()]) { server, caller in
        async let answers = withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<4 {
            group.addTask { try await caller.call("t/slow", timeoutMilliseconds: 30_000) == large }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        await begun.reached(4)
        #expect(await server.drain(deadlineMilliseconds: 1) == false)
        let refused = await failure { _ = try await caller.call("test/echo", timeoutMilliseconds: 30_000) }
        #expect(refused?.status == .unavailable)
        await gate.unlock()
        #expect(await server.drain(deadlineMilliseconds: 30_000))
        await server.close()
        let answered = try await answers
        #expect(answered == 4)
        #expect(!scratch.exists("s"))
      }
    }
  }
}
