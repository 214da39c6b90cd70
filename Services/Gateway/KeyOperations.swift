import Messaging
import Wire

extension API {
  /// The keys' own operations; the administrator's first key is in its file and not among them.
  var keyOperations: [Operation] {
    [
      Operation(.get, "/api-keys", for: .admins, query: ListPage.parameters, listKeys),
      Operation(.post, "/api-keys", for: .admins, body: .json, makeKey),
      Operation(.delete, "/api-keys/{id}", for: .admins, revokeKey),
    ]
  }

  /// GET `/api-keys/`: the newest first, revoked ones too.
  @Sendable private func listKeys(_ call: Call) async throws -> Answer {
    let elements = try await keys.list().map { $0.body()[...] }
    let page = try ListPage(call.query)
    return Answer(body: try page.body(elements, known: elements.count, target: call.target))
  }

  /// POST `/api-keys/` `{name, role, customer_id?}`: the one answer that shows the whole key.
  @Sendable private func makeKey(_ call: Call) async throws -> Answer {
    if call.key != nil {
      // The same answer could be given again only if the secret were kept.
      throw Problem.field("Idempotency-Key", "unsupported", "is not taken here: a key is shown once")
    }
    let body = try call.object(["name", "role", "customer_id"])
    let (name, role) = (try Self.name(body), try Self.role(body))
    let customer = try body.string("customer_id").map(Call.customer)
    guard (role == .customer) == (customer != nil) else {
      throw Problem.field(
        "customer_id", "invalid", "belongs to the role customer, and to no other one")
    }
    var random = SystemRandomNumberGenerator()
    let secret = KeyText.secret(&random)
    let key = try await keys.make(
      name: name, role: role, customer: customer, digest: KeyText.digest(secret), now: Self.now)
    return Answer(status: .created, body: key.body(secret: secret))
  }

  /// DELETE `/api-keys/{id}/`: answers with the key as it is then.
  @Sendable private func revokeKey(_ call: Call) async throws -> Answer {
    let id = call.path["id"] ?? ""
    guard let number = APIKey.number(id), let key = try await keys.revoke(number, now: Self.now) else {
      throw WireError.notFound("there is no key \(id)")
    }
    return Answer(body: key.body())
  }

  /// Keys live in the machine's time: they are no part of the programme's.
  private static var now: Int64 { Machine.unixMilliseconds() * 1_000 }

  private static func name(_ body: ObjectText) throws -> String {
    guard let name = try body.string("name") else { throw Problem.field("name", "required", "is required") }
    guard (1...APIKey.nameBytesMax).contains(name.utf8.count), Call.isPlain(name) else {
      throw Problem.field(
        "name", "invalid", "has 1 to \(APIKey.nameBytesMax) bytes and no control characters")
    }
    return name
  }

  private static func role(_ body: ObjectText) throws -> Role {
    guard let role = try body.string("role") else { throw Problem.field("role", "required", "is required") }
    return try Call.word(role, "role")
  }
}
