import Contracts
import Hummingbird
import Messaging
import Wire

/// One request of the HTTP API as its handler sees it: names checked, body read.
struct Call: Sendable {
  let identity: RequestIdentity
  /// Machine milliseconds.
  let deadline: Int64
  /// What the path's `{name}`s stand for, decoded.
  var path: [String: String] = [:]
  /// By name; only those that the operation declares.
  var query: [String: String] = [:]
  /// `Idempotency-Key`.
  var key: String?
  /// `X-Laurel-Position`.
  var position = PositionToken.none
  var contentType: String?
  var body: [UInt8] = []
  /// The path as it was asked for, with its query.
  var target = ""

  /// What remains of the request's time, at least one millisecond.
  var left: Int { max(Int(deadline - Machine.milliseconds()), 1) }

  /// The body as an object that has no other members than these.
  func object(_ names: Set<String>) throws -> ObjectText {
    let object = try ObjectText(body[...])
    let unknown = object.members.map(\.name).filter { !names.contains($0) }
    guard unknown.isEmpty else {
      throw Problem.malformed(
        "unknown members: " + unknown.joined(separator: ", "),
        unknown.map { .init(field: $0, code: "unknown", message: "there is no such member here") })
    }
    return object
  }

  /// A customer's id from the path or the query, within the limits of an id.
  func customer() throws -> String {
    guard let text = path["customer_id"] ?? query["customer_id"] else {
      throw Problem.field("customer_id", "required", "is required")
    }
    return try Self.customer(text)
  }

  static func customer(_ text: String) throws -> String {
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    guard (1...GatewayLimits.customerBytesMax).contains(text.utf8.count), isPlain else {
      throw Problem.field(
        "customer_id", "invalid",
        "has 1 to \(GatewayLimits.customerBytesMax) bytes and no control characters")
    }
    return text
  }

  /// An instant of the query in unix microseconds.
  func instant(_ name: String) throws -> Int64? {
    guard let text = query[name] else { return nil }
    guard let micros = RFC3339.micros(text.utf8) else {
      throw Problem.field(name, "invalid", "is an instant such as 2026-01-31T12:00:00Z")
    }
    return micros
  }
}

/// What a handler gives back.
struct Answer: Sendable {
  var status: HTTPResponse.Status = .ok
  var contentType = "application/json"
  var body: [UInt8]
  /// Where the effects of a write stand.
  var positions: [Position] = []
}

/// One method and path of the HTTP API.
struct Operation: Sendable {
  /// What a request's body may be.
  enum Body: Sendable {
    case none
    case json
    /// A JSON array or JSON Lines.
    case events
  }

  let method: HTTPRequest.Method
  /// With `{name}` where a part of it is variable.
  let path: String
  /// The parameters that a query may have.
  var query: Set<String> = []
  var body = Body.none
  /// Whether it is answered without a key.
  var isOpen = false
  let handle: @Sendable (Call) async throws -> Answer

  init(
    _ method: HTTPRequest.Method, _ path: String, query: Set<String> = [], body: Body = .none,
    isOpen: Bool = false, _ handle: @escaping @Sendable (Call) async throws -> Answer
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.isOpen = isOpen
    self.handle = handle
  }
}
