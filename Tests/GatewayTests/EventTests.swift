import Contracts
import Testing
import Wire

@testable import Gateway

@Suite(.serialized) struct EventTests {
  private let base = TestGateway.base
  private let heard = Heard()

  @Test func aCustomersEventsHaveAWayForthAndBack() async throws {
    try await TestGateway.run { gateway in
      // Entries 9, 5 and 2 are the customer's; one is on each page.
      let numbers: [Int64] = [9, 5, 2]
      try await gateway.stand(
        "ingestion",
        [
          heard.route("ingestion", Method.events) { request in
            let before = try ObjectText(request.payloads.first ?? []).integer("before") ?? .max
            let rest = numbers.filter { $0 < before }
            let next = rest.count > 1 ? rest[1] + 1 : 0
            return #"{"events":[{"id":"e-1-\#(rest[0])","prev":0}],"next":\#(next)}"#
          }
        ])
      var path: String? = base + "/customer-events/?customer_id=C-1&limit=1"
      var seen: [String] = []
      var backs: [String?] = []
      while let target = path, seen.count < 4 {
        let reply = try await gateway.get(target)
        #expect(reply.status == 200)
        let object = try #require(reply.object)
        #expect(try object.integer("count") == nil)
        #expect(try object.integer("count_at_least") == 1)
        seen.append(String(decoding: try object.elements("results")[0], as: UTF8.self))
        backs.append(try object.string("previous"))
        path = try object.string("next")
      }
      #expect(seen == numbers.map { #"{"id":"e-1-\#($0)"}"# })
      #expect(backs[0] == nil)
      for (place, back) in backs.enumerated().dropFirst() {
        let reply = try await gateway.get(try #require(back))
        let results = try #require(reply.object).elements("results")
        #expect(String(decoding: results[0], as: UTF8.self) == seen[place - 1])
      }
    }
  }

  @Test func cursorsForgetPagesThatAreLongPast() throws {
    var target = "/events?limit=1"
    let answer = { (next: Int) in try ObjectText(Array(#"{"events":[],"next":\#(next)}"#.utf8)[...]) }
    for place in 0..<(2 * GatewayLimits.cursorPagesMax) {
      let query = target.split(separator: "cursor=").dropFirst().first.map { ["cursor": String($0)] } ?? [:]
      let page = try EventPage(query)
      let body = try ObjectText(try page.body(answer(1_000 - place), target: target)[...])
      target = try #require(try body.string("next"))
      #expect(try body.string("previous") != nil || place == 0)
    }
    // Back to where the memory ends, and no further.
    var steps = 0
    while true {
      let cursor = try #require(target.split(separator: "cursor=").last)
      let page = try EventPage(["cursor": String(cursor)])
      let body = try ObjectText(try page.body(answer(1), target: target)[...])
      guard let back = try body.string("previous") else { break }
      target = back
      steps += 1
    }
    #expect(steps == GatewayLimits.cursorPagesMax - 2)
  }

  @Test(arguments: ["", "e", "x", "ZSwx", "ZSwxLDI", "MTA"]) func whatIsACursorIsKnown(_ text: String) {
    // The base64url of e,1 and e,1,2 and 10.
    let isCursor = ["ZSwx", "ZSwxLDI"].contains(text)
    #expect((try? EventPage(["cursor": text])) != nil || !isCursor)
    #expect((try? EventPage(["cursor": text])) == nil || isCursor)
  }

  @Test(arguments: [
    "event_type=NOTHING", "since=yesterday", "until=1", "cursor=e", "limit=0", "since=", "cursor=ZSww",
  ])
  func wrongParametersAreRefused(_ query: String) async throws {
    try await TestGateway.run { gateway in
      let reply = try await gateway.get(base + "/customer-events?customer_id=C-1&" + query)
      #expect(reply.status == 400)
      let name = query.prefix { $0 != "=" }
      #expect(reply.text.contains("\"field\":\"\(name)\""))
      #expect(try await gateway.get(base + "/customer-events").text.contains("'customer_id' is required"))
    }
  }

  @Test func aRejectedRecordIsA422WithItsReason() async throws {
    try await TestGateway.run { gateway in
      let details: @Sendable (String) -> [UInt8] = { Array($0.utf8) }
      try await gateway.stand(
        "ingestion",
        [
          heard.route("ingestion", Method.normalize) { request in
            let text = String(decoding: request.payloads.first ?? [], as: UTF8.self)
            if text.contains("badsource") {
              throw WireError(
                .invalidArgument, "'source_type' is none",
                details: details(#"{"field":"source_type","code":"x"}"#))
            }
            throw WireError(
              .failedPrecondition, "kept: no time",
              details: details(#"{"code":"missing_timestamp","message":"no time"}"#))
          }
        ])
      let path = base + "/customer-events/normalize/"
      let refused = try await gateway.post(path, [:], #"{"source_type":"cdr","event":{}}"#)
      #expect(refused.status == 422)
      #expect(try refused.object?.string("type") == "urn:laurel:problem:event_rejected")
      #expect(refused.text.contains(#""code":"missing_timestamp""#))
      #expect(try await gateway.post(path, [:], #"{"source_type":"badsource","event":{}}"#).status == 400)
      for body in [
        #"{"source_type":"cdr"}"#, #"{"event":{}}"#, #"{"source_type":"cdr","event":[]}"#,
        #"{"source_type":"cdr","event":"{}"}"#, #"{"source_type":7,"event":{}}"#,
        #"{"source_type":"cdr","source_name":7,"event":{}}"#, #"{"source":"cdr","event":{}}"#,
      ] {
        #expect(try await gateway.post(path, [:], body).status == 400, "\(body)")
      }
    }
  }

  @Test func anAcceptedRecordSaysWhereItStands() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, heard)
      let body = #"{"source":"app","event":{"action":"login"}}"#
      let reply = try await gateway.post(base + "/webhooks/customer-events/", ["Idempotency-Key": "k"], body)
      #expect(reply.status == 200)
      let token = try PositionToken(text: #require(reply.header("X-Laurel-Position")))
      #expect(token.positions == [Position(partition: 1, journal: .events, number: 7)])
      #expect(try heard.question(0).head.key == "k")
    }
  }
}
