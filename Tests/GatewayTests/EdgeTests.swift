import Foundation
import Testing
import Wire

@testable import Gateway

@Suite struct EdgeTests {
  private let base = TestGateway.base

  @Test func onlyHealthAndVersionAreOpen() async throws {
    try await TestGateway.run { gateway in
      for path in ["/health/live", "/health/live/", "/version", "/version/"] {
        #expect(try await gateway.get(path, ["Authorization": ""]).status == 200)
      }
      #expect(try await gateway.get("/health/ready", ["Authorization": ""]).status == 503)
      for path in ["/metrics", base + "/badges/", base + "/nothing", "/", "/version/x"] {
        for wrong in ["", "Bearer lk_wrong", "Basic \(gateway.key)"] {
          let reply = try await gateway.get(path, ["Authorization": wrong])
          #expect(reply.status == 401)
          #expect(reply.header("WWW-Authenticate") == Access.challenge)
          #expect(reply.header("Content-Type") == "application/problem+json")
        }
      }
      #expect(try await gateway.get("/metrics").status == 200)
    }
  }

  @Test func unknownPathsAndMethodsAreNamed() async throws {
    try await TestGateway.run { gateway in
      for path in ["/", base, base + "/nothing/", base + "/badges/x/y", "/api/loyalty/v2/badges"] {
        #expect(try await gateway.get(path).status == 404)
      }
      for (method, path, allowed) in [
        ("DELETE", "/badges/", "GET"), ("DELETE", "/badges/power_user.gold/", "GET, PATCH"),
        ("PUT", "/missions", "GET"),
        ("GET", "/customer-events/batch/", "POST"),
      ] {
        let reply = try await gateway.send(.init(rawValue: method), base + path)
        #expect(reply.status == 405)
        #expect(reply.header("Allow") == allowed)
        #expect(try reply.object?.string("type") == "urn:laurel:problem:method_not_allowed")
      }
    }
  }

  @Test func unknownParametersAreNamed() async throws {
    try await TestGateway.run { gateway in
      let reply = try await gateway.get(base + "/missions/?customer_id=C-1&colour=red&x=1")
      #expect(reply.status == 400)
      #expect(reply.text.contains("\"field\":\"colour\"") && reply.text.contains("\"field\":\"x\""))
      #expect(
        try await gateway.get(base + "/missions/?status=active").text.contains("'customer_id' is required"))
      #expect(try await gateway.get(base + "/missions/?customer_id=a&customer_id=b").status == 400)
      #expect(try await gateway.get(base + "/missions/?customer_id=a&limit=1001").status == 400)
      #expect(try await gateway.get(base + "/missions/?customer_id=a%00b").status == 400)
      #expect(try await gateway.get(base + "/behavior-scores/C-1/?as_of=yesterday").status == 400)
      let long = String(repeating: "x", count: 129)
      #expect(try await gateway.get(base + "/points/\(long)").status == 400)
    }
  }

  @Test func bodiesAreChecked() async throws {
    try await TestGateway.run { gateway in
      let batch = base + "/customer-events/batch/"
      let generate = base + "/missions/generate-for-customer/"
      for (path, type, body, status) in [
        (batch, "application/json", "not json", 400), (batch, "application/json", "{}", 400),
        (batch, "application/x-ndjson", "nothing", 400), (batch, "text/csv", "[]", 415),
        (generate, "application/json", "[1]", 400),
        (generate, "application/json", "{\"customer_id\":7}", 400),
        (generate, "application/json", "{\"customer_id\":\"a\",\"x\":1}", 400),
        (generate, "application/json", "{}", 400), (generate, "text/plain", "{}", 415),
      ] {
        let reply = try await gateway.post(path, ["Content-Type": type], body)
        #expect(reply.status == status, "\(path) \(type) \(body)")
        #expect(reply.header("Content-Type") == "application/problem+json")
      }
      #expect(try await gateway.post(batch, ["Content-Encoding": "gzip"], "[]").status == 415)
      #expect(try await gateway.post(batch, [:], "[]").status == 202)
      #expect(try await gateway.send(.PATCH, base + "/badges/x/", body: Array("{}".utf8)).status == 400)
    }
  }

  @Test func aBodyThatIsTooLargeIsRefused() async throws {
    try await TestGateway.run { gateway in
      let large = [UInt8](repeating: 0x20, count: GatewayLimits.batchBytesMax + 1)
      let reply = try await gateway.send(.POST, base + "/customer-events/batch/", body: large)
      #expect(reply.status == 413)
      let small = [UInt8](repeating: 0x20, count: GatewayLimits.bodyBytesMax + 1)
      let path = base + "/missions/generate-for-customer/"
      #expect(try await gateway.send(.POST, path, body: small).status == 413)
    }
  }

  @Test func aRequestIsKnownByItsID() async throws {
    try await TestGateway.run { gateway in
      let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      let given = try await gateway.get(base + "/nothing", ["X-Request-Id": "mine", "traceparent": trace])
      #expect(given.header("X-Request-Id") == "mine")
      #expect(given.header("traceparent") == trace)
      #expect(try given.object?.string("request_id") == "mine")
      #expect(try given.object?.string("instance") == base + "/nothing")
      let made = try await gateway.get("/version")
      #expect(made.header("X-Request-Id")?.count == 36)
      #expect(made.header("traceparent")?.hasPrefix("00-") == true)
      #expect(try await gateway.get("/version").header("X-Request-Id") != made.header("X-Request-Id"))
    }
  }

  @Test func badHeadersAreRefused() async throws {
    try await TestGateway.run { gateway in
      let path = base + "/badges/"
      let position = try await gateway.get(path, ["X-Laurel-Position": "?"])
      #expect(position.status == 400)
      let long = String(repeating: "k", count: GatewayLimits.keyBytesMax + 1)
      let batch = base + "/customer-events/batch"
      #expect(try await gateway.post(batch, ["Idempotency-Key": long], "[]").status == 400)
    }
  }

  @Test func headAsksWithoutABody() async throws {
    try await TestGateway.run { gateway in
      let reply = try await gateway.send(.HEAD, "/version")
      #expect(reply.status == 200)
      #expect(reply.text.isEmpty)
    }
  }

  @Test func requestsAreCountedByRoute() async throws {
    try await TestGateway.run { gateway in
      _ = try await gateway.get("/version/")
      _ = try await gateway.get(base + "/badges/a/b/c")
      let text = try await gateway.get("/metrics").text
      #expect(text.contains(#"laurel_http_requests_total{method="GET",route="/version",status="200"} 1"#))
      #expect(text.contains(#"laurel_http_requests_total{method="GET",route="unmatched",status="404"} 1"#))
      #expect(text.contains(#"laurel_http_request_seconds_count{route="/version"} 1"#))
      #expect(text.contains(#"laurel_members{service="gateway"} 1"#))
      #expect(text.contains(#"laurel_members{service="scoring"} 0"#))
    }
  }
}
