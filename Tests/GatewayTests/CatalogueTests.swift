import Contracts
import Messaging
import Testing
import Wire

@testable import Gateway

/// What single operations do beside what holds for all.
@Suite(.serialized) struct CatalogueTests {
  private let base = TestGateway.base
  private let heard = Heard()

  @Test func manyCustomersAreAskedOfTheirOwnersAndAnsweredInTheirOrder() async throws {
    try await TestGateway.run { gateway in
      try await gateway.stand(
        "scoring",
        [
          heard.route("scoring", Method.batchScores) { request in
            let asked = try ObjectText(request.payloads.first ?? [])
            let partition = try asked.integer("partition")
            let customers = try asked.elements("customers").map { String(decoding: $0, as: UTF8.self) }
            #expect(customers.count <= GatewayLimits.callCustomersMax)
            // Every tenth is not known.
            let known = customers.filter { !$0.hasSuffix("0\"") }
            let results = known.map { "{\"customer_id\":\($0),\"partition\":\(partition ?? -1)}" }
            return #"{"results":[\#(results.reversed().joined(separator: ","))],"unknown":[]}"#
          }
        ])
      let customers = (1...GatewayLimits.customersMax).map { "customer-number-\($0)" }
      let list = customers.map { "\"\($0)\"" }.joined(separator: ",")
      let path = base + "/behavior-scores/batch-calculate/"
      let reply = try await gateway.post(path, [:], #"{"customer_ids":[\#(list)]}"#)
      #expect(reply.status == 200)
      let object = try #require(reply.object)
      let results = try object.elements("results").map { try ObjectText($0) }
      let wanted = customers.filter { !$0.hasSuffix("0") }
      #expect(try results.map { try $0.string("customer_id") } == wanted)
      for (customer, result) in zip(wanted, results) {
        let partition = Partitioning.partition(of: customer, count: TestGateway.partitions)
        #expect(try result.integer("partition") == Int64(partition))
      }
      #expect(try object.elements("unknown").count == GatewayLimits.customersMax / 10)
      #expect(heard.all.count >= 10)
      let more = try await gateway.post(path, [:], #"{"customer_ids":[\#(list),"one-more"]}"#)
      #expect(more.status == 400)
    }
  }

  @Test(arguments: [
    "{}", #"{"customer_ids":[]}"#, #"{"customer_ids":["a",7]}"#, #"{"customer_ids":["a",""]}"#,
    #"{"customer_ids":"a"}"#, #"{"customer_ids":{"a":1}}"#, #"{"customer_ids":["a\u0000"]}"#,
    #"{"customer_ids":null}"#, #"{"customer_ids":["a"],"all":true}"#,
  ])
  func whatIsNoListOfCustomersIsRefused(_ body: String) async throws {
    try await TestGateway.run { gateway in
      for path in ["/behavior-scores/batch-calculate", "/missions/generate-for-segment"] {
        let reply = try await gateway.post(base + path, [:], body)
        #expect(reply.status == 400, "\(path) \(reply.text)")
        #expect(try reply.object?.elements("errors").count == 1, "\(path) \(reply.text)")
      }
    }
  }

  @Test func aSegmentOrAListIsGeneratedForNotBoth() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, heard)
      let path = base + "/missions/generate-for-segment/"
      let reply = try await gateway.post(path, ["Idempotency-Key": "k"], #"{"segment_id":"s-1"}"#)
      #expect(reply.status == 202)
      #expect(reply.header("Location") == base + "/jobs/missions-j-4-1/")
      #expect(heard.all.last?.head.key == "k")
      #expect(heard.take().last == #"missions missions.v1/generate-list {"segment_id":"s-1"}"#)
      let both = #"{"segment_id":"s-1","customer_ids":["a"]}"#
      #expect(try await gateway.post(path, [:], both).status == 400)
      let wrong = #"{"customer_ids":["a"],"max_missions_per_customer":"five"}"#
      #expect(try await gateway.post(path, [:], wrong).status == 400)
    }
  }

  @Test func aWriteWaitsForWhatItsClientHasWritten() async throws {
    try await TestGateway.run { gateway in
      let settled = { heard.route($0, "settled/wait") { _ in #"{"settled":true}"# } }
      try await gateway.stand("scoring", [settled("scoring")])
      try await gateway.stand(
        "missions",
        [settled("missions"), heard.route("missions", Method.generate) { _ in #"{"results":[]}"# }])
      let change = Position(partition: TestGateway.partitions, journal: .missionsDefinitions, number: 3)
      let headers = ["X-Laurel-Position": try #require(PositionToken([change])).text]
      let path = base + "/missions/generate-for-customer/"
      #expect(try await gateway.post(path, headers, #"{"customer_id":"C-1"}"#).status == 200)
      #expect(heard.all.map(\.head.method).sorted() == [Method.generate, "settled/wait", "settled/wait"])
      #expect(heard.all.last?.head.method == Method.generate)
    }
  }

  @Test func sourcesAreFoundByTheirNames() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, heard)
      let path = base + "/data-sources/"
      let twice = try await gateway.post(path, [:], #"{"source_name":"cdr","source_type":"cdr"}"#)
      #expect(twice.status == 409)
      let made = try await gateway.post(path, [:], #"{"source_name":"ä b","source_type":"cdr"}"#)
      #expect(made.header("Location") == path + "%C3%A4%20b/")
      #expect(try PositionToken(text: #require(made.header("X-Laurel-Position"))).positions.count == 1)
      let unknown = path + "nobody/"
      #expect(try await gateway.get(unknown).status == 404)
      #expect(try await gateway.send(.DELETE, unknown).status == 404)
      #expect(try await gateway.send(.POST, unknown + "sync").status == 404)
      #expect(try await gateway.send(.PATCH, unknown, body: Array(#"{"is_active":true}"#.utf8)).status == 404)
      for body in [
        #"{"source_name":"x"}"#, #"{"source_type":"cdr"}"#, #"{"source_name":1,"source_type":"a"}"#,
      ] {
        #expect(try await gateway.post(path, [:], body).status == 400)
      }
      for body in ["{}", #"{"source_name":"x"}"#, #"{"source_type":"app","is_active":true}"#] {
        #expect(try await gateway.send(.PATCH, path + "cdr", body: Array(body.utf8)).status == 400)
      }
      for body in ["{}", #"{"source_name":"x","source_type":"cdr"}"#, "[]"] {
        #expect(try await gateway.send(.PUT, path + "cdr", body: Array(body.utf8)).status == 400)
      }
      // Whether a write was begun at all: only the one that made a source.
      #expect(heard.take().count { $0.contains("put-source") } == 1)
    }
  }

  @Test func jobsAreOfTheirServices() async throws {
    try await TestGateway.run { gateway in
      try await gateway.stand(
        "missions", [heard.route("missions", Method.job) { _ in throw WireError.notFound("no job") }])
      for id in [
        "missions-j-1-9", "nobody-j-1-9", "gateway-j-1-9", "badging-j-1-9", "j-1-9", "x",
        "missions-", "-j-1",
      ] {
        #expect(try await gateway.get(base + "/jobs/\(id)/").status == 404, "\(id)")
      }
      for service in ["ingestion", "scoring"] {
        #expect(try await gateway.get(base + "/jobs/\(service)-j-1-9/").status == 503)
      }
      #expect(heard.all.map(\.payloads) == [[#"{"id":"j-1-9"}"#]])
    }
  }

  @Test func filtersTakeWhatIsThereAndRefuseWhatCannotBe() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, heard)
      for (query, count) in [
        ("/mission-templates?metric=x", 0), ("/mission-templates?is_active=false", 0),
        ("/mission-templates?category=revenue", 1), ("/mission-templates?is_active=true", 2),
        ("/missions?customer_id=C-1&template=other", 0), ("/missions?customer_id=C-1&category=revenue", 0),
        ("/badges?level=bronze", 1), ("/badges?level=silver", 0), ("/badges", 2),
        ("/badge-awards?customer_id=C-1&badge_type=premium", 1), ("/badge-awards?customer_id=C-1", 2),
        ("/data-sources?source_type=app", 0), ("/data-sources?source_type=cdr", 1),
      ] {
        let reply = try await gateway.get(base + query)
        #expect(try reply.object?.integer("count") == Int64(count), "\(query)")
        #expect(try reply.object?.elements("results").count == count, "\(query)")
      }
      for query in [
        "/mission-templates?category=x", "/mission-templates?is_active=yes", "/badges?level=wood",
        "/missions?customer_id=C-1&is_dynamic=1", "/missions?customer_id=C-1&category=",
        "/badge-awards?customer_id=C-1&level=x", "/badge-awards?level=gold", "/offer-grants",
        "/data-sources?is_active=",
      ] {
        #expect(try await gateway.get(base + query).status == 400, "\(query)")
      }
    }
  }

  @Test func whatIsNotThereIsA404() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, heard)
      for path in ["/mission-templates/none", "/badges/none", "/missions/x", "/missions/m-4-1"] {
        #expect(try await gateway.get(base + path).status == 404, "\(path)")
      }
      for id in ["x", "o-9-1", "o-1", "o-1-0"] {
        #expect(try await gateway.send(.POST, base + "/offer-grants/\(id)/redeem").status == 404, "\(id)")
      }
    }
  }
}
