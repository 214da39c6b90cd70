import Contracts
import Hummingbird
import Messaging
import Wire

/// One request of the HTTP API as its handler sees it: names checked, body read.
struct Call: Sendable {
  let identity: RequestIdentity
  /// Nil where no key is needed.
  var holder: Holder?
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

  /// A customer's id from the path or the query: within the limits of an id, and for this holder to see.
  func customer() throws -> String {
    guard let text = path["customer_id"] ?? query["customer_id"] else {
      throw Problem.field("customer_id", "required", "is required")
    }
    let customer = try Self.customer(text)
    guard sees(customer) else { throw Holder.refused("this key sees one customer, and that is another one") }
    return customer
  }

  /// Whether what belongs to a customer may be shown to who asks.
  func sees(_ customer: String) -> Bool { holder?.sees(customer) ?? false }

  static func customer(_ text: String) throws -> String {
    guard isCustomer(text) else {
      throw Problem.field(
        "customer_id", "invalid",
        "has 1 to \(GatewayLimits.customerBytesMax) bytes of UTF-8 in NFC and no control characters")
    }
    return text
  }

  static func isCustomer(_ text: String) -> Bool {
    (1...GatewayLimits.customerBytesMax).contains(text.utf8.count) && isPlain(text) && text.isComposed
  }

  /// Whether a text has no control characters.
  static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }

  /// A text that is one of a type's words; throws a 400 that names them.
  static func word<Word: RawRepresentable & CaseIterable>(_ text: String, _ field: String) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem.field(field, "invalid", "is one of: \(words)")
    }
    return word
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
  /// Where what was made is to be found.
  var location: String?
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
  /// Who may call it; nil: anybody, without a key.
  let roles: Set<Role>?
  let handle: @Sendable (Call) async throws -> Answer

  init(
    _ method: HTTPRequest.Method, _ path: String, for roles: Set<Role>?, query: Set<String> = [],
    body: Body = .none, _ handle: @escaping @Sendable (Call) async throws -> Answer
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.roles = roles
    self.handle = handle
  }
}
