import Messaging
import Testing
import Wire

extension Sockets {
  struct CallerTests {
    private let clock = ContinuousClock()

    /// A handler that tells when it runs and ends when the gate opens.
    private func held(_ begun: Counter, _ gate: Gate) -> Route {
      Route("test/held") { _ in
        await begun.step()
        await gate.pass()
        return Frames()
      }
    }

    @Test func timeout() async throws {
      let scratch = try Scratch()
      let (begun, gate) = (Counter(), Gate())
      try await withPair(scratch.ipc("s"), [held(begun, gate), echo()]) { _, caller in
        let start = clock.now
        let error = await failure { _ = try await caller.call("test/held", timeoutMilliseconds: 60) }
        #expect(error?.status == .deadlineExceeded)
        #expect(error?.cause is Failure)
        #expect(clock.now - start >= .milliseconds(55))
        #expect(caller.outstanding == 0)
        let reply = try await caller.call("test/echo", Frames([[1]]), timeoutMilliseconds: 30_000)
        #expect(reply.count == 1)
        await gate.unlock()
      }
    }

    @Test func cancellation() async throws {
      let scratch = try Scratch()
      let (begun, gate) = (Counter(), Gate())
      try await withPair(scratch.ipc("s"), [held(begun, gate), echo()], inFlightMax: 1) { _, caller in
        for round in 1...20 {
          let task = Task {
            await failure { _ = try await caller.call("test/held", timeoutMilliseconds: 30_000) }
          }
          await begun.reached(round)
          task.cancel()
          #expect(await task.value?.status == .cancelled)
          // The same slot again: a reply of the call before must not come here.
          let reply = try await caller.call(
            "test/echo", Frames([[UInt8(round)]]), timeoutMilliseconds: 30_000)
          #expect(reply == Frames([[UInt8(round)]]))
        }
        await gate.unlock()
      }
    }

    @Test func cancelledBeforeItBegins() async throws {
      let scratch = try Scratch()
      let runs = Counter()
      let route = Route("test/run") { _ in
        await runs.step()
        return Frames()
      }
      try await withPair(scratch.ipc("s"), [route, echo()]) { _, caller in
        let gate = Gate()
        let task = Task {
          await gate.pass()
          return await failure { _ = try await caller.call("test/run", timeoutMilliseconds: 30_000) }
        }
        task.cancel()
        await gate.unlock()
        #expect(await task.value?.status == .cancelled)
        _ = try await caller.call("test/echo", timeoutMilliseconds: 30_000)
        #expect(await runs.count == 0)
        #expect(caller.outstanding == 0)
      }
    }

    @Test func nobodyThere() async throws {
      let scratch = try Scratch()
      let caller = try Caller(url: scratch.ipc("nobody"), name: "test")
      // The best of some: another test may have the processor.
      var quickest = Duration.seconds(30)
      for _ in 0..<10 {
        let start = clock.now
        let error = await failure { _ = try await caller.call("test/echo", timeoutMilliseconds: 30_000) }
        #expect(error?.status == .unavailable)
        quickest = min(quickest, clock.now - start)
      }
      #expect(quickest < .milliseconds(100))
      #expect(!caller.connected)
      #expect(await caller.waitConnected(timeoutMilliseconds: 20) == false)
      await caller.close()
      #expect(await caller.waitConnected(timeoutMilliseconds: 30_000) == false)
    }

    @Test func aServerThatGoesFailsWhatRunsAndNothingRunsTwice() async throws {
      let scratch = try Scratch()
      let (begun, gate) = (Counter(), Gate())
      let first = Server(urls: [scratch.ipc("s")], routes: [held(begun, gate)])
      try first.start()
      let caller = try Caller(url: scratch.ipc("s"), name: "test")
      #expect(await caller.waitConnected(timeoutMilliseconds: 30_000))
      async let ended = withTaskGroup(of: Status?.self) { group in
        for _ in 0..<10 {
          group.addTask {
            await failure { _ = try await caller.call("test/held", timeoutMilliseconds: 60_000) }?.status
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      await begun.reached(10)
      let start = clock.now
      await first.close()
      #expect(await ended == Array(repeating: Status.unavailable, count: 10))
      #expect(clock.now - start < .seconds(30))
      let second = Server(urls: [scratch.ipc("s")], routes: [held(begun, gate), echo()])
      try second.start()
      #expect(await caller.waitConnected(timeoutMilliseconds: 30_000))
      let reply = try await caller.call("test/echo", Frames([[5]]), timeoutMilliseconds: 30_000)
      #expect(reply == Frames([[5]]))
      #expect(await begun.count == 10)
      await gate.unlock()
      await caller.close()
      await second.close()
    }

    @Test func waitingForATurn() async throws {
      let scratch = try Scratch()
      let (begun, gate) = (Counter(), Gate())
      try await withPair(scratch.ipc("s"), [held(begun, gate), echo()], inFlightMax: 1) { server, caller in
        async let running = failure { _ = try await caller.call("test/held", timeoutMilliseconds: 60_000) }
        await begun.reached(1)
        let late = await failure { _ = try await caller.call("test/echo", timeoutMilliseconds: 30) }
        #expect(late?.status == .deadlineExceeded)
        let waiting = Task {
          await failure { _ = try await caller.call("test/echo", timeoutMilliseconds: 60_000) }
        }
        waiting.cancel()
        #expect(await waiting.value?.status == .cancelled)
        let served = Task {
          await failure { _ = try await caller.call("test/echo", timeoutMilliseconds: 60_000) }
        }
        await gate.unlock()
        #expect(await running == nil)
        #expect(await served.value == nil)
      }
    }

    @Test func closingFailsWhatRunsAndWaits() async throws {
      let scratch = try Scratch()
      let (begun, gate) = (Counter(), Gate())
      try await withPair(scratch.ipc("s"), [held(begun, gate)], inFlightMax: 2) { _, caller in
        let calls = (0..<6).map { _ in
          Task {
            await failure { _ = try await caller.call("test/held", timeoutMilliseconds: 60_000) }?.status
          }
        }
        await begun.reached(2)
        await caller.close()
        for call in calls { #expect(await call.value == .unavailable) }
        await caller.close()
        let after = await failure { _ = try await caller.call("test/held", timeoutMilliseconds: 60_000) }
        #expect(after?.status == .unavailable)
        await gate.unlock()
      }
    }

    @Test func tooMuchIsRefusedBeforeItIsSent() async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo()]) { _, caller in
        let frames = Frames([[UInt8](repeating: 0, count: Limits.frameBytesMax + 1)])
        let error = await failure {
          _ = try await caller.call("test/echo", frames, timeoutMilliseconds: 30_000)
        }
        #expect(error?.status == .resourceExhausted)
        let method = String(repeating: "m", count: Limits.headBytesMax)
        let head = await failure { _ = try await caller.call(method, timeoutMilliseconds: 30_000) }
        #expect(head?.status == .resourceExhausted)
        #expect(caller.connected)
      }
    }
  }
}
