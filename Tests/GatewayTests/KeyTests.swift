import Foundation
import NIOHTTP1
import Storage
import Testing
import Wire

@testable import Gateway

@Suite struct AccessTests {
  private let folder: TestFolder
  private let book: KeyBook
  private let access: Access

  init() async throws {
    folder = try TestFolder()
    book = KeyBook(try DatabaseURL("sqlite:\(folder.path)/keys.sqlite"), logger: TestGateway.quiet)
    try await book.open()
    access = Access(adminKey: "lk_right", keys: book)
  }

  private func make(_ secret: String, _ role: Role = .viewer, _ customer: String? = nil) async throws
    -> APIKey
  {
    try await book.make(
      name: "n", role: role, customer: customer, digest: KeyText.digest(secret), now: 1_000_000)
  }

  @Test(arguments: ["Bearer lk_right", "bearer lk_right", "BEARER lk_right"])
  func theFirstKeyOpens(_ header: String) throws {
    #expect(try access.holder(authorization: header) == Holder(role: .admin))
  }

  @Test(arguments: [
    nil, "", "lk_right", "Basic lk_right", "Bearer", "Bearer ", "Bearer lk_wrong", "Bearer lk_right ",
    "Bearer lk_1.", "Bearer lk_1.t", "Bearer lk_1.ss", "Bearer lk_2.s", "Bearer lk_0.s", "Bearer lk_-1.s",
    "Bearer lk_1.s.s", "Bearer 1.s", "Bearer lk_01.x", "Bearer lk_99999999999999999999.s",
  ])
  func nothingElseDoes(_ header: String?) async throws {
    _ = try await make("s")
    let problem = #expect(throws: Problem.self) { try access.holder(authorization: header) }
    #expect(problem?.status == .unauthorized)
    #expect(problem?.headers[.wwwAuthenticate] == Access.challenge)
  }

  @Test func aMadeKeyOpensUntilItIsRevoked() async throws {
    let key = try await make("s", .customer, "C-1")
    let other = try await make("t")
    #expect(key.number == 1 && other.number == 2)
    let holder = try access.holder(authorization: "Bearer lk_1.s")
    #expect(holder == Holder(role: .customer, customer: "C-1"))
    let revoked = try await book.revoke(1, now: 5)
    #expect(revoked?.revokedAt == 5)
    #expect(throws: Problem.self) { try access.holder(authorization: "Bearer lk_1.s") }
    #expect(try access.holder(authorization: "Bearer lk_2.t").role == .viewer)
    #expect(try await book.revoke(1, now: 9)?.revokedAt == 5)
    #expect(try await book.revoke(3, now: 9) == nil)
    #expect(try await make("u").number == 3)
    #expect(try await book.list().map(\.number) == [3, 2, 1])
  }

  @Test func keysAreThereAfterARestartAndSecretsAreNot() async throws {
    _ = try await make("a-secret-that-is-looked-for")
    _ = try await make("x")
    _ = try await book.revoke(2, now: 7)
    await book.close()
    let again = KeyBook(try DatabaseURL("sqlite:\(folder.path)/keys.sqlite"), logger: TestGateway.quiet)
    try await again.open()
    #expect(again.key(1)?.role == .viewer)
    #expect(again.key(2) == nil)
    await again.close()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
      #expect(bytes.range(of: Data("a-secret-that-is-looked-for".utf8)) == nil, "\(name)")
    }
  }

  @Test func thereIsALimitOfKeysInForce() async throws {
    let url = try DatabaseURL("sqlite:\(folder.path)/few.sqlite")
    let few = KeyBook(url, livingMax: 2, logger: TestGateway.quiet)
    try await few.open()
    func make() async throws -> APIKey {
      try await few.make(name: "n", role: .viewer, customer: nil, digest: KeyText.digest("s"), now: 1)
    }
    for _ in 0..<2 { _ = try await make() }
    let error = await #expect(throws: WireError.self) { try await make() }
    #expect(error?.status == .failedPrecondition)
    _ = try await few.revoke(1, now: 1)
    #expect(try await make().number == 3)
    await few.close()
  }

  @Test func whatIsAskedOfAClosedStoreIsUnavailable() async throws {
    await book.close()
    let error = await #expect(throws: WireError.self) { try await make("s") }
    #expect(error?.status == .unavailable)
  }

  @Test func secretsAreLongAndNeverTheSame() {
    var random = SplitMix(seed: 3)
    let secrets = (0..<100).map { _ in KeyText.secret(&random) }
    #expect(Set(secrets).count == 100)
    #expect(secrets.allSatisfy { $0.utf8.count == 43 })
    #expect(KeyText(KeyText(number: 7, secret: secrets[0]).text)?.secret == secrets[0])
  }
}

@Suite(.serialized) struct KeyOperationTests {
  private let path = TestGateway.base + "/api-keys/"

  @Test func aKeyIsMadeShownOnceListedAndRevoked() async throws {
    try await TestGateway.run { gateway in
      let made = try await gateway.post(path, [:], #"{"name":"dashboard","role":"viewer"}"#)
      #expect(made.status == 201)
      let key = try #require(try made.object?.string("key"))
      #expect(key.wholeMatch(of: /lk_1\.[A-Za-z0-9_-]{43}/) != nil)
      #expect(try made.object?.string("id") == "k-1")
      let list = try await gateway.get(path)
      #expect(list.status == 200)
      #expect(list.text.contains(#""name":"dashboard","role":"viewer","customer_id":null"#))
      #expect(try list.object?.integer("count") == 1)
      #expect(!list.text.contains(key.dropFirst(5)))
      let mine = ["Authorization": "Bearer \(key)"]
      #expect(try await gateway.get(path, mine).status == 403)
      #expect(try await gateway.get("/metrics", mine).status == 200)
      let gone = try await gateway.send(.DELETE, path + "k-1/")
      #expect(gone.status == 200)
      #expect(try gone.object?.string("revoked_at") != nil)
      #expect(try await gateway.get("/metrics", mine).status == 401)
      #expect(try await gateway.send(.DELETE, path + "k-2").status == 404)
      #expect(try await gateway.send(.DELETE, path + "1").status == 404)
    }
  }

  @Test(arguments: [
    ("{}", "name"), (#"{"name":"n"}"#, "role"), (#"{"name":"n","role":"king"}"#, "role"),
    (#"{"name":"","role":"viewer"}"#, "name"), (#"{"name":"a\u0000b","role":"viewer"}"#, "name"),
    (#"{"name":"n","role":"customer"}"#, "customer_id"),
    (#"{"name":"n","role":"viewer","customer_id":"C-1"}"#, "customer_id"),
    (#"{"name":"n","role":"customer","customer_id":""}"#, "customer_id"),
    (#"{"name":"n","role":"viewer","admin":true}"#, "admin"), (#"{"name":7,"role":"viewer"}"#, "name"),
  ])
  func aWrongRequestNamesItsField(_ body: String, _ field: String) async throws {
    try await TestGateway.run { gateway in
      let reply = try await gateway.post(path, [:], body)
      #expect(reply.status == 400)
      #expect(reply.text.contains("\"field\":\"\(field)\""))
      #expect(try await gateway.get(path).object?.integer("count") == 0)
    }
  }

  @Test func aKeyIsNotMadeTwiceUnderOneName() async throws {
    try await TestGateway.run { gateway in
      let reply = try await gateway.post(path, ["Idempotency-Key": "k"], #"{"name":"n","role":"viewer"}"#)
      #expect(reply.status == 400)
    }
  }

  @Test func aSecondGatewayDoesNotShareTheFile() async throws {
    try await TestGateway.run { gateway in
      let url = try DatabaseURL("sqlite:\(gateway.folder)/home/gateway.sqlite")
      let error = await #expect(throws: StorageError.self) {
        try await KeyBook(url, logger: TestGateway.quiet).open()
      }
      #expect(error?.code == .locked)
    }
  }
}
