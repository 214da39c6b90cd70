import Messaging
import Testing
import Wire

extension Sockets {
  struct EchoTests {
    @Test(arguments: [0, 1, 4, 5, 63, 1_024, 65_531, 65_536, 1_048_576, 8_388_607, Limits.frameBytesMax])
    func sizes(size: Int) async throws {
      let scratch = try Scratch()
      for url in [scratch.ipc("s"), "inproc://\(scratch.path)"] {
        try await withPair(url, [echo()]) { _, caller in
          var payload = [UInt8](repeating: 0x5A, count: size)
          for place in stride(from: 0, to: size, by: 4_093) {
            payload[place] = UInt8(truncatingIfNeeded: place / 4_093)
          }
          let reply = try await caller.call("test/echo", Frames([payload, [7]]), timeoutMilliseconds: 30_000)
          #expect(reply == Frames([payload, [7]]))
        }
      }
    }

    /// Memory of an earlier message is used again: what it held must not show, whichever of both is longer.
    @Test func sizesInTurn() async throws {
      let scratch = try Scratch()
      for url in [scratch.ipc("s"), "inproc://\(scratch.path)"] {
        try await withPair(url, [echo()]) { _, caller in
          for (round, size) in [900, 3, 20_000, 0, 16_300, 16_500, 1, 70_000, 64, 5_000, 2].enumerated() {
            let payloads = Frames([[UInt8](repeating: UInt8(round + 1), count: size), [UInt8(round)]])
            let reply = try await caller.call("test/echo", payloads, timeoutMilliseconds: 30_000)
            #expect(reply == payloads, "\(size) bytes over \(url)")
          }
        }
      }
    }

    @Test func noPayloadAtAll() async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo()]) { _, caller in
        let reply = try await caller.call("test/echo", timeoutMilliseconds: 30_000)
        #expect(reply.isEmpty)
      }
    }

    @Test func tcp() async throws {
      // Port 0 would be nng's choice and not known here; a taken port fails the start, and another is tried.
      var port = Int.random(in: 20_000...50_000)
      print("tcp: port \(port)")
      for _ in 0..<20 {
        do {
          try await withPair("tcp://127.0.0.1:\(port)", [echo()]) { _, caller in
            let reply = try await caller.call("test/echo", Frames([[1, 2]]), timeoutMilliseconds: 30_000)
            #expect(reply == Frames([[1, 2]]))
          }
          return
        } catch let error as WireError where error.status == .unavailable { port += 1 }
      }
      Issue.record("no port was free")
    }

    @Test(arguments: [1, 8, 64], [Placement.inline, .pool])
    func inFlight(width: Int, placement: Placement) async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo(placement)]) { _, caller in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for lane in 0..<width {
            group.addTask {
              for round in 0..<50 {
                let frames = Frames([Array("\(lane)/\(round)".utf8)])
                let reply = try await caller.call("test/echo", frames, timeoutMilliseconds: 30_000)
                #expect(reply == frames)
              }
            }
          }
          try await group.waitForAll()
        }
        #expect(caller.outstanding == 0)
      }
    }

    @Test(arguments: [256, 3]) func twoThousandAtOnce(inFlightMax: Int) async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo(.pool)], inFlightMax: inFlightMax) { _, caller in
        let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<2_000 {
            group.addTask {
              let frames = Frames([Array("\(number)".utf8)])
              return try await caller.call("test/echo", frames, timeoutMilliseconds: 60_000) == frames
            }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answered == 2_000)
        #expect(caller.outstanding == 0)
      }
    }

    @Test func tasksOfTheCallbackExecutor() async throws {
      let scratch = try Scratch()
      try await withPair(scratch.ipc("s"), [echo()]) { _, caller in
        let work = Task(executorPreference: CallbackExecutor.shared) {
          for round in 0..<200 {
            let frames = Frames([Array("\(round)".utf8)])
            let reply = try await caller.call("test/echo", frames, timeoutMilliseconds: 30_000)
            #expect(reply == frames)
            await withTaskGroup(of: Void.self) { group in
              for _ in 0..<3 { group.addTask { await Task.yield() } }
            }
          }
        }
        try await work.value
      }
    }
  }
}
