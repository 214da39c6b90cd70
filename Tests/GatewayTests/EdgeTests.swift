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
        let reply = try await gateway.get(path)
        #expect(reply.status == 404)
        #expect(try reply.object?.string("detail")?.contains(base) == true)
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
      #expect(try await gateway.get(base + "/missions/?customer_id=e%CC%81").status == 400)
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
      let form = try await gateway.post(batch, ["Content-Type": "application/x-www-form-urlencoded"], "[]")
      #expect(form.status == 415)
      #expect(form.text.contains("application/x-www-form-urlencoded: Content-Type may be application/json"))
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

  @Test func aBodyThatBreaksOffIsTheClientsFault() async throws {
    try await TestGateway.run { gateway in
      let head =
        "POST \(base)/customer-events/batch/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(gateway.key)\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n"
      let answer = try Self.raw(head + "no chunk\r\n", port: gateway.service.port)
      #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
      #expect(answer.contains("the body cannot be read to its end"))
      #expect(try await gateway.get("/version").status == 200)
    }
  }

  /// What the gateway answers to these bytes, whatever they are.
  private static func raw(_ text: String, port: Int) throws -> String {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(connected == 0)
    #expect(send(socket, text, text.utf8.count, 0) == text.utf8.count)
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4_096)
    while case let count = recv(socket, &part, part.count, 0), count > 0 { answer += part[..<count] }
    return String(decoding: answer, as: UTF8.self)
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
