import Messaging
import Synchronization
import Testing
import Wire

extension Sockets {
  struct DirectoryTests {
    private func replica(
      _ scratch: Scratch, _ instance: String, _ partitions: [Int] = [], epoch: Int64 = 1
    ) -> Replica {
      let url = scratch.ipc(instance)
      return Replica(
        service: "scoring", instance: instance, urls: .init(rpc: url, bell: url + ".b", health: url + ".h"),
        partitions: partitions, epoch: epoch, version: "1")
    }

    private func server(_ scratch: Scratch, _ instance: String, _ more: [Route] = []) throws -> Server {
      let who = Route("t/who", placement: .inline) { _ in Frames([Array(instance.utf8)]) }
      let server = Server(urls: [scratch.ipc(instance)], routes: [who] + more)
      try server.start()
      return server
    }

    private func text(_ frames: Frames) -> String { String(decoding: frames.first ?? [], as: UTF8.self) }

    @Test func leastOutstanding() async throws {
      let scratch = try Scratch()
      let (begun, gate) = (Counter(), Gate())
      let held = Route("t/held") { _ in
        await begun.step()
        await gate.pass()
        return Frames()
      }
      let servers = [try server(scratch, "a", [held]), try server(scratch, "b")]
      let directory = Directory(name: "test")
      directory.update([replica(scratch, "a"), replica(scratch, "b")])
      let slow = try #require(directory.caller(of: "scoring", instance: "a"))
      #expect(await slow.waitConnected(timeoutMilliseconds: 30_000))
      let busy = (0..<2).map { _ in Task { try await slow.call("t/held", timeoutMilliseconds: 60_000) } }
      await begun.reached(2)
      for _ in 0..<100 {
        let reply = try await directory.call("scoring", "t/who", timeoutMilliseconds: 30_000)
        #expect(text(reply) == "b")
      }
      await gate.unlock()
      for task in busy { _ = try await task.value }
      var answered: Set<String> = []
      for _ in 0..<10 {
        answered.insert(text(try await directory.call("scoring", "t/who", timeoutMilliseconds: 30_000)))
      }
      #expect(answered == ["a", "b"])
      await directory.close()
      for server in servers { await server.close() }
    }

    @Test func ownersByPartitionAndEpoch() async throws {
      let scratch = try Scratch()
      let servers = [try server(scratch, "a"), try server(scratch, "b")]
      let directory = Directory(name: "test")
      directory.update([replica(scratch, "a", [1, 2], epoch: 5), replica(scratch, "b", [2, 3], epoch: 6)])
      for (partition, owner) in [(1, "a"), (2, "b"), (3, "b")] {
        let reply = try await directory.call(
          "scoring", "t/who", partition: partition, timeoutMilliseconds: 30_000)
        #expect(text(reply) == owner)
      }
      for (service, partition) in [("scoring", 4), ("missions", 1)] {
        let none = await failure {
          _ = try await directory.call(service, "t/who", partition: partition, timeoutMilliseconds: 30_000)
        }
        #expect(none?.status == .unavailable)
      }
      await directory.close()
      for server in servers { await server.close() }
    }

    @Test func redirectToTheOwner() async throws {
      let scratch = try Scratch()
      let asked = Counter()
      let elsewhere = Route("t/mine", placement: .inline) { _ in
        await asked.step()
        throw WireError.owned(by: "b", "not mine")
      }
      let mine = Route("t/mine", placement: .inline) { Frames([Array("b \($0.head.id)".utf8)]) }
      let servers = [try server(scratch, "a", [elsewhere]), try server(scratch, "b", [mine])]
      let directory = Directory(name: "test")
      directory.update([replica(scratch, "a", [3]), replica(scratch, "b")])
      let reply = try await directory.call(
        "scoring", "t/mine", partition: 3, timeoutMilliseconds: 30_000, id: "7")
      #expect(text(reply) == "b 7")
      #expect(await asked.count == 1)
      await directory.close()
      for server in servers { await server.close() }
    }

    @Test func twoThatPointAtEachOther() async throws {
      let scratch = try Scratch()
      let asked = Counter()
      let route = { (other: String) in
        Route("t/mine") { _ in
          await asked.step()
          throw WireError.owned(by: other, "not mine")
        }
      }
      let servers = [try server(scratch, "a", [route("b")]), try server(scratch, "b", [route("a")])]
      let directory = Directory(name: "test")
      directory.update([replica(scratch, "a", [3]), replica(scratch, "b")])
      let error = await failure {
        _ = try await directory.call("scoring", "t/mine", partition: 3, timeoutMilliseconds: 30_000)
      }
      #expect(error?.status == .failedPrecondition)
      #expect(await asked.count == 2)
      await directory.close()
      for server in servers { await server.close() }
    }

    @Test func retryUntilSomebodyComes() async throws {
      let scratch = try Scratch()
      let directory = Directory(name: "test")
      async let reply = directory.call(
        "scoring", "t/who", partition: 1, timeoutMilliseconds: 60_000, retry: true)
      directory.update([replica(scratch, "a", [1])])
      let server = try server(scratch, "a")
      let answer = try await reply
      #expect(text(answer) == "a")
      await server.close()
      let clock = ContinuousClock()
      let start = clock.now
      let gone = await failure {
        _ = try await directory.call("scoring", "t/who", partition: 1, timeoutMilliseconds: 60_000)
      }
      #expect(gone?.status == .unavailable)
      #expect(clock.now - start < .seconds(30))
      let late = await failure {
        _ = try await directory.call("scoring", "t/who", partition: 1, timeoutMilliseconds: 100, retry: true)
      }
      #expect(late?.status == .unavailable)
      await directory.close()
    }

    @Test func aStoppedReplicaIsPassedOver() async throws {
      let scratch = try Scratch()
      let gate = Gate()
      let stuck = Route("t/read") { _ in
        await gate.pass()
        return Frames()
      }
      let quick = Route("t/read", placement: .inline) { _ in Frames([[1]]) }
      let servers = [try server(scratch, "a", [stuck]), try server(scratch, "b", [quick])]
      let directory = Directory(name: "test")
      directory.update([replica(scratch, "a"), replica(scratch, "b")])
      for _ in 0..<6 {
        let reply = try await directory.call("scoring", "t/read", timeoutMilliseconds: 6_000, retry: true)
        #expect(reply.count == 1)
      }
      await gate.unlock()
      await directory.close()
      for server in servers { await server.close() }
    }

    @Test func membershipChanges() async throws {
      let scratch = try Scratch()
      let server = try server(scratch, "a")
      let directory = Directory(name: "test")
      let changes = Mutex<[Int]>([])
      directory.onChange { replicas in changes.withLock { $0.append(replicas.count) } }
      directory.update([replica(scratch, "a")])
      directory.update([replica(scratch, "a")])
      let caller = try #require(directory.caller(of: "scoring", instance: "a"))
      directory.update([replica(scratch, "a", [1])])
      // Another announcement of the same address keeps the connection.
      #expect(directory.caller(of: "scoring", instance: "a") === caller)
      #expect(directory.replicas(of: "scoring").map(\.partitions) == [[1]])
      let bad = Replica(
        service: "scoring", instance: "c", urls: .init(rpc: "nowhere", bell: "", health: ""))
      #expect(directory.update([replica(scratch, "a", [1]), bad]) == [bad])
      directory.update([])
      #expect(changes.withLock { $0 } == [1, 1, 0])
      // The connection of a replica that went is closed: from some call on they fail.
      while await failure({ _ = try await caller.call("t/who", timeoutMilliseconds: 30_000) }) == nil {}
      #expect(directory.replicas.isEmpty)
      await directory.close()
      await server.close()
    }
  }
}
