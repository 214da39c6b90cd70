import Hosting
import Messaging
import Synchronization
import Testing
import Wire

@testable import Gateway

@Suite struct ClockTests {
  private let heard = Heard()
  private let services = Readiness.services.map(\.rawValue)

  private func routes(_ service: String, _ settled: @escaping @Sendable () throws -> Void = {}) -> [Route] {
    [
      heard.route(service, "clock/advance") { _ in #"{"now":5000000,"stepped":true}"# },
      heard.route(service, "settled/wait") { _ in
        try settled()
        return #"{"settled":true}"#
      },
      heard.route(service, "clock/read") { _ in #"{"now":5000000,"stepped":true}"# },
    ]
  }

  private var steps: [String] {
    heard.all.filter { $0.head.method != "clock/read" }.map {
      "\($0.service) \($0.head.method) \($0.payloads[0])"
    }
  }

  @Test func eachServiceStepsWhenTheOneBeforeHasSettled() async throws {
    try await TestGateway.run { gateway in
      for service in services.reversed() { try await gateway.stand(service, routes(service)) }
      let reply = try await gateway.ask("clock/advance", #"{"to":5000000}"#)
      #expect(reply == #"{"now":5000000,"stepped":true}"#)
      #expect(
        steps
          == services.flatMap {
            ["\($0) clock/advance {\"to\":5000000}", "\($0) settled/wait {\"time\":5000000}"]
          })
    }
  }

  @Test func allReplicasStep() async throws {
    try await TestGateway.run { gateway in
      for service in services {
        try await gateway.stand(service, "a", partitions: [0, 1], routes(service + "-a"))
        try await gateway.stand(service, "b", partitions: [2, 3, 4], routes(service + "-b"))
      }
      _ = try await gateway.ask("clock/advance", #"{"to":5000000}"#)
      #expect(steps.count == services.count * 4)
      let order = heard.all.filter { $0.head.method == "clock/advance" }.map { $0.service.dropLast(2) }
      #expect(order == services.flatMap { [$0[...], $0[...]] })
    }
  }

  @Test func whoIsSlowToSettleIsAskedAgain() async throws {
    try await TestGateway.run { gateway in
      let failures = Mutex(2)
      for service in services {
        try await gateway.stand(
          service,
          routes(service) {
            let fails =
              service == "scoring"
              && failures.withLock { left in
                defer { left -= 1 }
                return left > 0
              }
            if fails { throw WireError.unavailable("taking over") }
          })
      }
      _ = try await gateway.ask("clock/advance", #"{"to":5000000}"#)
      #expect(steps.filter { $0.hasPrefix("scoring settled/wait") }.count == 3)
      #expect(steps.filter { $0.hasPrefix("missions clock/advance") }.count == 1)
    }
  }

  @Test func nothingMovesBeforeAllIsThere() async throws {
    try await TestGateway.run { gateway in
      try await gateway.stand("ingestion", routes("ingestion"))
      let error = await #expect(throws: WireError.self) {
        try await gateway.ask("clock/advance", #"{"to":5000000}"#, milliseconds: 400)
      }
      #expect(error?.status == .unavailable || error?.status == .deadlineExceeded)
      #expect(steps.isEmpty)
    }
  }

  @Test func theSystemsClockDoesNotMove() async throws {
    try await TestGateway.run { gateway in
      let refused = heard.route("x", "clock/advance") { _ in
        throw WireError.failedPrecondition("the system's")
      }
      for service in services { try await gateway.stand(service, [refused]) }
      let error = await #expect(throws: WireError.self) {
        try await gateway.ask("clock/advance", #"{"to":1}"#)
      }
      #expect(error?.status == .failedPrecondition)
      let missing = await #expect(throws: WireError.self) { try await gateway.ask("clock/advance") }
      #expect(missing?.status == .invalidArgument)
    }
  }

  @Test func theTimeIsTheGreatest() async throws {
    try await TestGateway.run { gateway in
      let none = await #expect(throws: WireError.self) { try await gateway.ask("clock/read") }
      #expect(none?.status == .unavailable)
      for (service, now) in zip(services, [3, 7, 5, 1]) {
        try await gateway.stand(
          service, [heard.route(service, "clock/read") { _ in "{\"now\":\(now),\"stepped\":false}" }])
      }
      // The connections are made in the background; the first answers may come from some services only.
      for service in services { #expect(await gateway.connected(service)) }
      #expect(try await gateway.ask("clock/read") == #"{"now":7,"stepped":false}"#)
    }
  }
}

@Suite struct MembershipTests {
  @Test func membersAreToldAndListed() async throws {
    try await TestGateway.run { gateway in
      let list = try Announcement.members(Array(try await gateway.ask("registry/list").utf8)[...])
      #expect(list.map(\.service) == ["gateway"])
      #expect(list[0].urls.rpc.hasSuffix("/run/gateway.rpc"))
      let heard = AsyncStream<[Replica]>.makeStream()
      let subscriber = try Subscriber(topics: [Roster.topic])
      subscriber.publications { _, frames in
        if let members = try? Announcement.members(frames.first ?? []) { heard.continuation.yield(members) }
      }
      try subscriber.dial(list[0].urls.bell)
      var number = 0
      // A bell is lost while nobody has connected yet: so it is rung until it is heard.
      let ringing = Task {
        while !Task.isCancelled {
          number += 1
          try await gateway.announce(replica("scoring", "s\(number % 900)"))
        }
      }
      var members = heard.stream.makeAsyncIterator()
      #expect(await members.next()?.contains { $0.service == "scoring" } == true)
      ringing.cancel()
      await subscriber.close()
      #expect(try await gateway.ask("registry/list").contains("\"s1\""))
    }
  }

  @Test func healthNamesWhatIsMissing() async throws {
    try await TestGateway.run { gateway in
      #expect(try await gateway.ask("health/check").contains(#""status":"starting""#))
      let probe = await HealthProbe.run(url: "ipc://\(gateway.folder)/run/gateway.health")
      #expect(probe.code == 1)
      for service in Readiness.services { try await gateway.stand(service.rawValue, []) }
      #expect(try await gateway.ask("health/check").contains(#""status":"ok","missing":[]"#))
      #expect(await HealthProbe.run(url: "ipc://\(gateway.folder)/run/gateway.health").code == 0)
      let ready = try await gateway.get("/health/ready")
      #expect(ready.status == 200 && ready.text == #"{"status":"ok","missing":[]}"#)
    }
  }

  @Test func badAnnouncementsAreRefused() async throws {
    try await TestGateway.run { gateway in
      for text in ["", "{}", "[]", #"{"service":"","instance":"a"}"#] {
        let error = await #expect(throws: WireError.self) { try await gateway.ask(Announcement.method, text) }
        #expect(error?.status == .invalidArgument)
      }
      let methods = try await gateway.ask("reflection/list")
      #expect(methods.contains("clock/advance"))
      #expect(try await gateway.ask("metrics/read").contains("laurel_members"))
    }
  }
}
