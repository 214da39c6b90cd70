import Hosting
import Hummingbird
import Logging
import Wire

/// What every request passes on its way in and out: identity, access, errors as problems, figures.
struct Edge: RouterMiddleware {
  typealias Context = GatewayContext

  let access: Access
  /// Paths that need no key, without a trailing slash.
  let openPaths: Set<String>
  let figures: RequestFigures
  let logger: Logger
  /// How long a request may take, in milliseconds.
  let requestMilliseconds: Int

  func handle(
    _ request: Request, context: GatewayContext,
    next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    let began = ContinuousClock.now
    var context = context
    var random = SystemRandomNumberGenerator()
    context.identity = RequestIdentity(
      id: request.headers[.requestID], traceparent: request.headers[.traceparent], random: &random)
    context.deadline = context.deadline - Int64(GatewayLimits.requestMilliseconds - requestMilliseconds)
    var response: Response
    do {
      if !openPaths.contains(Self.plain(request.uri.path)) {
        context.holder = try access.holder(authorization: request.headers[.authorization])
      }
      response = try await next(request, context)
    } catch {
      response = refusal(error, request, context)
    }
    response.headers[.requestID] = context.identity.id
    response.headers[.traceparent] = context.identity.traceparent
    response.headers[.cacheControl] = "no-store"
    figures.count(request.method, context.endpointPath, response.status, began.duration(to: .now))
    return request.method == .head ? response.createHeadResponse() : response
  }

  /// A path without slashes at its end.
  private static func plain(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
  }

  private func refusal(_ error: any Error, _ request: Request, _ context: GatewayContext) -> Response {
    let problem = Problem(error)
    let isOurs = problem.status.kind == .serverError
    logger.log(
      level: isOurs ? .warning : .debug, "\(problem.status.code) \(problem.detail)",
      metadata: [
        Logs.requestID: "\(context.identity.id)", "traceparent": "\(context.identity.traceparent)",
        "route": "\(context.endpointPath ?? RequestFigures.unmatched)", "error": "\(error)",
      ])
    return problem.response(path: request.uri.path, requestID: context.identity.id)
  }
}

extension Problem {
  /// The whole answer.
  func response(path: String, requestID: String) -> Response {
    var headers = headers
    headers[.contentType] = Self.contentType
    if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
    let body = body(path: path, requestID: requestID)
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
  }
}

/// Counts requests by route, method and status, and how long they take.
struct RequestFigures: Sendable {
  let metrics: Metrics

  /// What a path that no operation has is counted under.
  static let unmatched = "unmatched"
  private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

  func count(
    _ method: HTTPRequest.Method, _ route: String?, _ status: HTTPResponse.Status, _ time: Duration
  ) {
    // Hummingbird calls an unknown path NotFound.
    let route = route.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? Self.unmatched
    let name = Self.methods.contains(method) ? method.rawValue : "other"
    metrics.counter(
      "laurel_http_requests_total", help: "Requests by route, method and status.",
      labels: ["route": route, "method": name, "status": String(status.code)]
    ).add()
    metrics.histogram(
      "laurel_http_request_seconds", help: "Seconds from a request's head to its answer.",
      labels: ["route": route]
    ).observe(time)
  }
}
