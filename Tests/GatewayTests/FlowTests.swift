import Contracts
import Messaging
import Testing
import Wire

@testable import Gateway

@Suite struct FlowTests {
  private let base = TestGateway.base
  private let heard = Heard()
  /// C-1 is in partition 1 of 4.
  private let partition = Partitioning.partition(of: "C-1", count: TestGateway.partitions)

  private func route(
    _ service: String, _ method: String, _ answer: @escaping @Sendable (Request) async throws -> String
  ) -> Route { heard.route(service, method, answer) }

  @Test func aReadGoesToTheOwnerAndShowsInstants() async throws {
    try await TestGateway.run { gateway in
      let others = (0...TestGateway.partitions).filter { $0 != partition }
      try await gateway.stand(
        "scoring", "other", partitions: others, [route("other", Method.scores) { _ in "{}" }])
      try await gateway.stand(
        "scoring", "owner", partitions: [partition],
        [
          route("owner", Method.scores) { _ in
            #"{"customer_id":"C-1","engagement_score":41.50,"as_of":1767225600000000,"features":{"at":5}}"#
          }
        ])
      for path in ["/behavior-scores/C-1", "/behavior-scores/C%2D1/"] {
        let reply = try await gateway.get(
          base + path + "?as_of=2026-01-01T01:00:00%2B01:00", ["X-Request-Id": "r1"])
        #expect(reply.status == 200)
        #expect(reply.header("Content-Type") == "application/json")
        #expect(
          reply.text
            == #"{"customer_id":"C-1","engagement_score":41.50,"as_of":"2026-01-01T00:00:00Z","#
            + #""features":{"at":5}}"#
        )
      }
      #expect(heard.all.map(\.service) == ["owner", "owner"])
      #expect(try heard.question(0).payloads == [#"{"customer_id":"C-1","as_of":1767225600000000}"#])
      #expect(try heard.question(0).head.id == "r1")
      #expect(try heard.question(0).head.traceparent?.hasPrefix("00-") == true)
    }
  }

  @Test func errorsOfServicesBecomeProblems() async throws {
    try await TestGateway.run { gateway in
      try await gateway.stand(
        "scoring",
        [
          route("scoring", Method.scores) { request in
            let isSecret = request.payloads.first?.contains(UInt8(ascii: "S")) ?? false
            if isSecret { throw WireError.internal("table 7") }
            throw WireError.notFound("no such customer")
          }
        ])
      let missing = try await gateway.get(base + "/behavior-scores/C-1/")
      #expect(missing.status == 404)
      #expect(try missing.object?.string("detail") == "no such customer")
      let broken = try await gateway.get(base + "/behavior-scores/S/")
      #expect(broken.status == 500)
      #expect(!broken.text.contains("table 7"))
    }
  }

  @Test func aServiceThatIsAwayIsA503() async throws {
    try await TestGateway.run { gateway in
      let reply = try await gateway.get(base + "/behavior-scores/C-1/")
      #expect(reply.status == 503)
      #expect(reply.header("Retry-After") == "1")
      #expect(reply.text.contains("scoring"))
    }
  }

  @Test func aPartitionThatNobodyOwnsIsWaitedForUntilTheDeadline() async throws {
    try await TestGateway.run(["milliseconds": "300"]) { gateway in
      let others = (0...TestGateway.partitions).filter { $0 != partition }
      try await gateway.stand("scoring", "a", partitions: others, [])
      let reply = try await gateway.get(base + "/behavior-scores/C-1/")
      #expect(reply.status == 503)
      #expect(reply.text.contains("nobody owns partition \(partition) of scoring"))
    }
  }

  @Test func aBatchIsCutAddedUpAndHasAPosition() async throws {
    try await TestGateway.run { gateway in
      let answer: @Sendable (Request) -> String = { request in
        let count = request.payloads.count - 1
        return "{\"accepted\":\(count - 1),\"duplicate\":0,\"rejected\":1,\"skipped\":0,\"errors\":"
          + "[{\"index\":\(count - 1),\"code\":\"c\",\"message\":\"m\"}],"
          + "\"positions\":[{\"partition\":2,\"journal\":\"events\",\"number\":\(count)}]}"
      }
      try await gateway.stand("ingestion", [route("ingestion", "ingestion.v1/push", answer)])
      let count = GatewayLimits.pushEventsMax + 2
      let body = "[" + (0..<count).map { "{\"n\":\($0)}" }.joined(separator: ",") + "]"
      let reply = try await gateway.post(base + "/customer-events/batch/", ["Idempotency-Key": "k"], body)
      #expect(reply.status == 202)
      #expect(
        reply.text == "{\"accepted\":\(count - 2),\"duplicate\":0,\"rejected\":2,\"errors\":["
          + "{\"index\":9999,\"code\":\"c\",\"message\":\"m\"},"
          + "{\"index\":10001,\"code\":\"c\",\"message\":\"m\"}]}"
      )
      #expect(heard.all.map(\.head.key) == ["k/0", "k/1"])
      #expect(heard.all.map(\.payloads[0]) == ["{\"key\":\"k/0\"}", "{\"key\":\"k/1\"}"])
      #expect(heard.all.map(\.payloads[1]) == ["{\"n\":0}", "{\"n\":10000}"])
      let token = try PositionToken(text: #require(reply.header("X-Laurel-Position")))
      #expect(
        token.positions == [
          Position(partition: 2, journal: .events, number: Int64(GatewayLimits.pushEventsMax))
        ])
    }
  }

  @Test func aBatchWithoutAKeyGetsOneOfItsOwn() async throws {
    try await TestGateway.run { gateway in
      let answer = #"{"accepted":1,"duplicate":0,"rejected":0,"errors":[],"positions":[]}"#
      try await gateway.stand("ingestion", [route("ingestion", "ingestion.v1/push") { _ in answer }])
      for _ in 0..<2 {
        let reply = try await gateway.post(
          base + "/customer-events/batch", ["Content-Type": "application/x-ndjson; charset=utf-8"], "{}\n")
        #expect(reply.status == 202)
        #expect(reply.header("X-Laurel-Position") == nil)
      }
      let keys = heard.all.compactMap(\.head.key)
      #expect(keys.count == 2 && Set(keys).count == 2)
    }
  }

  @Test func commandsCarryKeyAndPosition() async throws {
    try await TestGateway.run { gateway in
      let result = #"{"customer_id":"C-1","missions":[{"id":"m-1-2","start_date":0}],"verdicts":[]}"#
      let position = #""position":{"partition":1,"journal":"outcomes","number":2}"#
      try await gateway.stand(
        "missions",
        [
          route("missions", Method.generate) { _ in "{\"results\":[\(result)],\(position)}" },
          route("missions", Method.patchTemplate) { _ in "{\"slug\":\"first_call\",\"version\":2,\(position)}"
          },
        ])
      let body = #"{"customer_id":"C-1","max_missions":3}"#
      let path = base + "/missions/generate-for-customer/"
      let reply = try await gateway.post(path, ["Idempotency-Key": "once"], body)
      #expect(reply.status == 200)
      #expect(reply.text == result.replacing(":0}", with: ":\"1970-01-01T00:00:00Z\"}"))
      #expect(try PositionToken(text: #require(reply.header("X-Laurel-Position"))).positions.count == 1)
      let patch = try await gateway.send(
        .PATCH, base + "/mission-templates/first_call/",
        body: Array(#"{"reward_config":{"points":150}}"#.utf8))
      #expect(patch.text == #"{"slug":"first_call","version":2}"#)
      #expect(heard.all.map(\.head.key) == ["once", nil])
      #expect(
        heard.all.map(\.payloads) == [
          [body], [#"{"slug":"first_call","changes":{"reward_config":{"points":150}}}"#],
        ])
    }
  }

  @Test func listsArePages() async throws {
    try await TestGateway.run { gateway in
      try await gateway.stand(
        "badging",
        [
          route("badging", Method.badges) { _ in #"{"count":1,"results":[{"slug":"a"}]}"# },
          route("badging", Method.awards) { _ in #"{"count":3,"results":[{"awarded_at":0},{}]}"# },
          route("badging", Method.points) { _ in #"{"customer_id":"C-1","balance":7,"count":0,"entries":[]}"#
          },
        ])
      let badges = try await gateway.get(base + "/badges/")
      #expect(badges.text == #"{"count":1,"next":null,"previous":null,"results":[{"slug":"a"}]}"#)
      let awards = try await gateway.get(base + "/badge-awards/?customer_id=C-1&limit=2")
      let next = try #require(try awards.object?.string("next"))
      #expect(next.hasPrefix(base + "/badge-awards/?customer_id=C-1&limit=2&cursor="))
      #expect(try await gateway.get(next).status == 200)
      #expect(try heard.question(1).payloads == [#"{"customer_id":"C-1","limit":2}"#])
      #expect(try heard.question(2).payloads == [#"{"customer_id":"C-1","limit":4}"#])
      #expect(try await gateway.get(base + "/points/C-1/").text == #"{"customer_id":"C-1","balance":7}"#)
      let ledger = try await gateway.get(base + "/points/C-1/ledger/")
      #expect(ledger.text == #"{"count":0,"next":null,"previous":null,"results":[]}"#)
    }
  }
}
