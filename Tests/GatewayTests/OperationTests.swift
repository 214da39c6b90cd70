import Hosting
import NIOHTTP1
import Storage
import Testing
import Wire

@testable import Gateway

/// What holds for every operation, driven by one table; one test at a time, since each fills the machine.
@Suite(.serialized) struct OperationTests {
  private let table = OperationTable.all

  private func operations(_ folder: String) throws -> [Gateway.Operation] {
    let keys = KeyBook(try DatabaseURL("sqlite:\(folder)/none.sqlite"), logger: TestGateway.quiet)
    let peers = Peers(directory: .init(name: "test"), partitions: TestGateway.partitions)
    return API(
      peers: peers, keys: keys, metrics: Metrics(), readiness: { Readiness([], partitions: 4) }, version: "1"
    ).operations
  }

  private func send(
    _ gateway: TestGateway, _ one: OperationCase, _ headers: [String: String] = [:], query: String = "",
    slash: Bool = false
  ) async throws -> Reply {
    try await gateway.send(
      .init(rawValue: one.method), one.target(slash: slash, query: query), headers,
      body: one.body.map { Array($0.utf8) })
  }

  @Test func everyOperationIsInTheTableAndSaysWhoMayCallIt() throws {
    let operations = try operations(TestFolder().path)
    let base = TestGateway.base
    let listed = Set(table.map { "\($0.method) \(($0.isOutside ? "" : base) + $0.template)" })
    #expect(Set(operations.map { "\($0.method.rawValue) \($0.path)" }) == listed)
    #expect(
      operations.filter { $0.roles == nil }.map(\.path) == ["/health/live", "/health/ready", "/version"])
    #expect(operations.allSatisfy { $0.roles?.contains(.admin) ?? true })
    // Whoever only sends events, and whoever is a customer, changes nothing else.
    for operation in operations where operation.method != .get {
      #expect(
        operation.roles?.contains(.viewer)
          == ["batch-calculate", "preview"].contains { operation.path.hasSuffix("/\($0)") })
      #expect(operation.roles?.contains(.customer) == false)
    }
  }

  @Test func everyOperationAnswersWithAndWithoutASlash() async throws {
    try await TestGateway.run { gateway in
      let heard = Heard()
      try await OperationTable.stand(gateway, heard)
      _ = try await gateway.post(TestGateway.base + "/api-keys", [:], #"{"name":"n","role":"viewer"}"#)
      for one in table {
        for slash in [false, true] {
          let reply = try await send(gateway, one, slash: slash)
          #expect(reply.status == one.status, "\(one): \(reply.text)")
          if let answer = one.answer { #expect(reply.text == answer, "\(one)") }
          let asked = heard.take()
          if !one.asks.isEmpty { #expect(asked == one.asks, "\(one)") }
          #expect(reply.header("X-Request-Id") != nil)
        }
      }
    }
  }

  @Test func unknownParametersAreRefusedEverywhere() async throws {
    try await TestGateway.run { gateway in
      for one in table {
        let reply = try await send(gateway, one, query: "nonsense=1")
        #expect(reply.status == 400, "\(one)")
        #expect(reply.text.contains(#""field":"nonsense","code":"unknown""#), "\(one)")
      }
    }
  }

  @Test func withoutAServiceAllSayWhenToComeAgain() async throws {
    try await TestGateway.run { gateway in
      let asking = table.filter { !$0.asks.isEmpty || $0.template == "/customers/{customer_id}" }
      #expect(asking.count > 30)
      for one in asking {
        let reply = try await send(gateway, one)
        #expect(reply.status == 503, "\(one): \(reply.text)")
        #expect(reply.header("Retry-After") == "1", "\(one)")
        #expect(reply.header("Content-Type") == Problem.contentType)
      }
    }
  }

  @Test func badBodiesAreRefusedEverywhere() async throws {
    try await TestGateway.run { gateway in
      let large = String(repeating: " ", count: GatewayLimits.bodyBytesMax + 1)
      let deep = String(repeating: "[", count: 100_000)
      for one in table where one.body != nil {
        let path = one.target()
        let method = HTTPMethod(rawValue: one.method)
        for body in [
          "", "{", "not json", "7", "null", "{} {}", "{\"a\":1,\"a\":2}", "\u{0}", deep, "{\"x\":\(deep)",
        ] {
          let reply = try await gateway.send(method, path, [:], body: Array(body.utf8))
          #expect(reply.status == 400, "\(one) with \(body.prefix(20))")
          #expect(reply.header("Content-Type") == Problem.contentType)
        }
        let none = try await gateway.send(method, path)
        #expect(none.status == 400, "\(one) without a body")
        let form = ["Content-Type": "text/html"]
        #expect(try await gateway.send(method, path, form, body: Array("{}".utf8)).status == 415, "\(one)")
        if !path.hasSuffix("/batch") {
          #expect(try await gateway.send(method, path, [:], body: Array(large.utf8)).status == 413, "\(one)")
        }
      }
    }
  }

  @Test func eachRoleDoesWhatIsItsOwn() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, Heard())
      let operations = try operations(gateway.folder)
      for role in Role.allCases {
        let customer = role == .customer ? #","customer_id":"C-1""# : ""
        let body = #"{"name":"n","role":"\#(role.rawValue)"\#(customer)}"#
        let made = try await gateway.post(TestGateway.base + "/api-keys/", [:], body)
        let key = try #require(try made.object?.string("key"))
        for one in table where !(one.method == "DELETE" && one.template.contains("keys")) {
          let path = (one.isOutside ? "" : TestGateway.base) + one.template
          let operation = try #require(
            operations.first { $0.method.rawValue == one.method && $0.path == path })
          let reply = try await send(gateway, one, ["Authorization": "Bearer \(key)"])
          let isAllowed = operation.roles?.contains(role) ?? true
          #expect(reply.status == (isAllowed ? one.status : 403), "\(role) \(one)")
        }
      }
    }
  }

  @Test func aCustomerSeesItselfAlone() async throws {
    try await TestGateway.run { gateway in
      try await OperationTable.stand(gateway, Heard())
      let body = #"{"name":"n","role":"customer","customer_id":"C-2"}"#
      let made = try await gateway.post(TestGateway.base + "/api-keys/", [:], body)
      let mine = ["Authorization": "Bearer \(try #require(try made.object?.string("key")))"]
      for path in [
        "/customers/C-1", "/missions?customer_id=C-1", "/badge-awards?customer_id=C-1", "/points/C-1",
        "/points/C-1/ledger", "/offer-grants?customer_id=C-1",
      ] {
        #expect(try await gateway.get(TestGateway.base + path, mine).status == 403, "\(path)")
        let own = path.replacing("C-1", with: "C-2")
        #expect(try await gateway.get(TestGateway.base + own, mine).status == 200, "\(own)")
      }
      // The mission is another customer's.
      #expect(try await gateway.get(TestGateway.base + "/missions/m-1-2", mine).status == 404)
    }
  }
}
