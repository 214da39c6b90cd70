import Contracts
import Hummingbird
import Messaging
import Wire

/// Says of a path that no operation has where the operations are.
struct UnknownPath: RouterMiddleware {
  typealias Context = GatewayContext

  func handle(
    _ request: Request, context: GatewayContext,
    next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    do { return try await next(request, context) } catch let error as HTTPError
      where error.status == .notFound && error.body == nil
    {
      throw WireError.notFound("there is no such path: those of the API begin with \(API.base)/")
    }
  }
}

/// Brings operations and Hummingbird's router together.
///
/// Names are checked and the body is read before a handler runs.
enum Serving {
  /// The methods that a path without them answers with 405.
  private static let methods: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
  ]

  /// A router with all operations behind an edge.
  static func router(_ operations: [Operation], edge: Edge) -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: edge)
    router.add(middleware: UnknownPath())
    for operation in operations {
      router.on(RouterPath(operation.path), method: operation.method) { request, context in
        try await respond(operation, request, context)
      }
    }
    for (path, allowed) in Dictionary(grouping: operations, by: \.path).mapValues({ $0.map(\.method) }) {
      refuse(others(than: allowed), at: path, allowed, router)
    }
    return router
  }

  private static func others(than allowed: [HTTPRequest.Method]) -> [HTTPRequest.Method] {
    methods.filter { !allowed.contains($0) && !($0 == .head && allowed.contains(.get)) }
  }

  private static func refuse(
    _ methods: [HTTPRequest.Method], at path: String, _ allowed: [HTTPRequest.Method],
    _ router: Router<GatewayContext>
  ) {
    let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
    for method in methods {
      router.on(RouterPath(path), method: method) { _, _ -> Response in
        throw Problem(
          status: .methodNotAllowed, code: "method_not_allowed", detail: "this path takes \(names)",
          headers: [.allow: names])
      }
    }
  }

  private static func respond(
    _ operation: Operation, _ request: Request, _ context: GatewayContext
  ) async throws -> Response {
    if let roles = operation.roles { try context.holder?.check(roles) }
    var call = Call(identity: context.identity, holder: context.holder, deadline: context.deadline)
    call.target = request.uri.string
    call.path = try path(context)
    call.query = try query(operation, request)
    call.key = try key(request.headers[.idempotencyKey])
    if let text = request.headers[.position] { call.position = try PositionToken(text: text) }
    call.contentType = mediaType(request.headers[.contentType])
    call.body = try await RequestBytes(operation.body).read(request, call)
    let answer = try await operation.handle(call)
    var headers: HTTPFields = answer.body.isEmpty ? [:] : [.contentType: answer.contentType]
    if let location = answer.location { headers[.location] = location }
    if let token = PositionToken(answer.positions) { headers[.position] = token.text }
    let body = ByteBuffer(bytes: answer.body)
    return Response(status: answer.status, headers: headers, body: .init(byteBuffer: body))
  }

  private static func path(_ context: GatewayContext) throws -> [String: String] {
    var values: [String: String] = [:]
    for (name, raw) in context.parameters {
      guard let value = PercentText.decoded(raw) else {
        throw Problem.field(String(name), "invalid", "is not percent-encoded UTF-8")
      }
      values[String(name)] = value
    }
    return values
  }

  private static func query(_ operation: Operation, _ request: Request) throws -> [String: String] {
    var values: [String: String] = [:]
    var unknown: [String] = []
    for (name, value) in request.uri.queryParameters {
      let name = String(name)
      guard operation.query.contains(name) else {
        unknown.append(name)
        continue
      }
      guard values.updateValue(String(value), forKey: name) == nil else {
        throw Problem.field(name, "repeated", "is there twice")
      }
    }
    guard unknown.isEmpty else {
      throw Problem.malformed(
        "unknown parameters: " + unknown.joined(separator: ", "),
        unknown.map { .init(field: $0, code: "unknown", message: "there is no such parameter here") })
    }
    return values
  }

  private static func key(_ text: String?) throws -> String? {
    guard let text else { return nil }
    guard (1...GatewayLimits.keyBytesMax).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else {
      throw Problem.field(
        "Idempotency-Key", "invalid", "has 1 to \(GatewayLimits.keyBytesMax) printable ASCII characters")
    }
    return text
  }

  /// The media type without its parameters, in lower case.
  static func mediaType(_ header: String?) -> String? {
    guard let type = header?.split(separator: ";").first else { return nil }
    return type.trimmingPrefix(" ").lowercased().replacing(" ", with: "")
  }
}
