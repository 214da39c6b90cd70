import HTTPTypes
import Hummingbird
import Messaging

/// What travels with a request through Hummingbird.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  var identity: RequestIdentity
  /// Nil where no key is needed.
  var holder: Holder?
  /// Machine milliseconds.
  var deadline: Int64

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    var random = SystemRandomNumberGenerator()
    identity = RequestIdentity(id: nil, traceparent: nil, random: &random)
    deadline = Machine.milliseconds() + Int64(GatewayLimits.requestMilliseconds)
  }
}

extension HTTPField.Name {
  static func named(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header") }
    return field
  }

  static let requestID = named("X-Request-Id")
  static let traceparent = named("traceparent")
  static let position = named("X-Laurel-Position")
  static let idempotencyKey = named("Idempotency-Key")
}
