import Contracts
import Foundation
import Messaging
import Testing
import Wire

@testable import Gateway

@Suite struct WaitTests {
  private let base = TestGateway.base
  private let heard = Heard()
  private let partition = Partitioning.partition(of: "C-1", count: TestGateway.partitions)

  private func token(_ positions: Position...) throws -> [String: String] {
    ["X-Laurel-Position": try #require(PositionToken(positions)).text]
  }

  private func settled(_ service: String, _ error: WireError? = nil) -> Route {
    heard.route(service, "settled/wait") { _ in
      if let error { throw error }
      return #"{"settled":true}"#
    }
  }

  @Test func aReadWaitsForTheClientsWrite() async throws {
    try await TestGateway.run { gateway in
      try await gateway.stand(
        "scoring", [settled("scoring"), heard.route("scoring", Method.scores) { _ in "{}" }])
      let elsewhere = (partition + 1) % TestGateway.partitions
      let headers = try token(
        Position(partition: partition, journal: .events, number: 9),
        Position(partition: elsewhere, journal: .events, number: 4),
        Position(partition: partition, journal: .awards, number: 3))
      #expect(try await gateway.get(base + "/behavior-scores/C-1/", headers).status == 200)
      #expect(heard.all.map(\.head.method) == ["settled/wait", Method.scores])
      #expect(
        try heard.question(0).payloads
          == ["{\"positions\":[{\"partition\":\(partition),\"journal\":\"events\",\"number\":9}]}"])
    }
  }

  @Test func theOwnerIsAskedAndAllReplicasForDefinitions() async throws {
    try await TestGateway.run { gateway in
      let others = (0..<TestGateway.partitions).filter { $0 != partition }
      try await gateway.stand(
        "scoring", "a", partitions: [partition],
        [settled("a"), heard.route("a", Method.scores) { _ in "{}" }])
      try await gateway.stand("scoring", "b", partitions: others, [settled("b")])
      let change = Position(partition: TestGateway.partitions, journal: .badgingDefinitions, number: 2)
      let event = Position(partition: partition, journal: .events, number: 5)
      let headers = try token(change, event)
      #expect(try await gateway.get(base + "/behavior-scores/C-1/", headers).status == 200)
      let waits = heard.all.filter { $0.head.method == "settled/wait" }
      #expect(waits.filter { $0.service == "a" }.count == 2)
      #expect(waits.filter { $0.service == "b" }.map(\.payloads.count) == [1])
      #expect(waits.first { $0.service == "b" }?.payloads[0].contains("definitions.badging") == true)
      #expect(heard.all.last?.head.method == Method.scores)
    }
  }

  @Test func whoIsBehindIsNamed() async throws {
    try await TestGateway.run { gateway in
      let late = WireError.deadlineExceeded("not yet")
      try await gateway.stand(
        "scoring", [settled("scoring", late), heard.route("scoring", Method.scores) { _ in "{}" }])
      let headers = try token(Position(partition: partition, journal: .events, number: 9))
      let reply = try await gateway.get(base + "/behavior-scores/C-1/", headers)
      #expect(reply.status == 504)
      #expect(try reply.object?.string("detail")?.contains("scoring is behind") == true)
      #expect(heard.all.map(\.head.method) == ["settled/wait"])
    }
  }

  @Test func theDeadlineOfTheWaitIsTheRequests() async throws {
    try await TestGateway.run(["milliseconds": "20000"]) { gateway in
      try await gateway.stand(
        "scoring", [settled("scoring"), heard.route("scoring", Method.scores) { _ in "{}" }])
      let headers = try token(Position(partition: partition, journal: .events, number: 9))
      let before = Machine.unixMilliseconds()
      #expect(try await gateway.get(base + "/behavior-scores/C-1/", headers).status == 200)
      let deadline = try #require(heard.all.first?.head.deadline)
      #expect(deadline <= Machine.unixMilliseconds() + 20_000)
      #expect(deadline > before + 10_000)
    }
  }
}

@Suite struct PageTests {
  private let base = TestGateway.base
  private let heard = Heard()

  private func stand(_ gateway: TestGateway, isKnown: Bool) async throws {
    let event = isKnown ? #"{"v":1,"type":"CUSTOM","at":0}"# : ""
    let mission = isKnown ? #"{"id":"m-1-2","start_date":0}"# : ""
    try await gateway.stand(
      "scoring",
      [
        heard.route("scoring", Method.scores) { _ in
          guard isKnown else { throw WireError.notFound("no events") }
          return #"{"customer_id":"C-1","engagement_score":1.5,"features":{"calls_30d":2},"events":9}"#
        }
      ])
    try await gateway.stand(
      "missions", [heard.route("missions", Method.missions) { _ in "{\"results\":[\(mission)]}" }])
    try await gateway.stand(
      "badging",
      [
        heard.route("badging", Method.awards) { _ in #"{"count":0,"results":[]}"# },
        heard.route("badging", Method.points) { _ in
          #"{"customer_id":"C-1","balance":0,"count":0,"entries":[]}"#
        },
        heard.route("badging", Method.grants) { _ in
          isKnown ? #"{"results":[{"id":"o-1-3","granted_at":0}]}"# : #"{"results":[]}"#
        },
      ])
    try await gateway.stand(
      "ingestion", [heard.route("ingestion", Method.events) { _ in #"{"events":[\#(event)],"next":0}"# }])
  }

  @Test func everythingIsOnOnePage() async throws {
    try await TestGateway.run { gateway in
      try await stand(gateway, isKnown: true)
      let reply = try await gateway.get(base + "/customers/C-1/")
      #expect(
        reply.text == #"{"customer_id":"C-1","features":{"calls_30d":2},"scores":{"engagement_score":1.5},"#
          + #""missions":[{"id":"m-1-2","start_date":"1970-01-01T00:00:00Z"}],"badge_awards":[],"#
          + #""points":{"balance":0,"entries":[]},"#
          + #""offers":[{"id":"o-1-3","granted_at":"1970-01-01T00:00:00Z"}],"#
          + #""events":[{"event_type":"CUSTOM","timestamp":"1970-01-01T00:00:00Z"}]}"#
      )
      #expect(Set(heard.all.map(\.service)) == ["scoring", "missions", "badging", "ingestion"])
    }
  }

  @Test func somebodyOfWhomNothingIsKnownIsA404() async throws {
    try await TestGateway.run { gateway in
      try await stand(gateway, isKnown: false)
      #expect(try await gateway.get(base + "/customers/C-1/").status == 404)
    }
  }

  @Test func aMissionIsFoundByItsID() async throws {
    try await TestGateway.run { gateway in
      try await stand(gateway, isKnown: true)
      let reply = try await gateway.get(base + "/missions/m-1-2/")
      #expect(reply.text == #"{"id":"m-1-2","start_date":"1970-01-01T00:00:00Z"}"#)
      #expect(heard.all.map(\.payloads) == [[#"{"id":"m-1-2"}"#]])
      for id in ["m-1", "m-9-2", "m-01-2", "m--1-2", "x", "m-1-0", "m-1-2-0", "m-1-2-01"] {
        #expect(try await gateway.get(base + "/missions/\(id)/").status == 404)
      }
    }
  }
}
