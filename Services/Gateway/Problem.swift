import Hummingbird
import Wire

/// An answer that says what is wrong (RFC 9457).
struct Problem: Error, Sendable {
  /// What is wrong with one field or parameter.
  struct Field: Sendable, Equatable {
    let field: String
    let code: String
    let message: String
  }

  let status: HTTPResponse.Status
  /// The last part of `type`.
  let code: String
  let detail: String
  var errors: [Field] = []
  var retryAfterSeconds: Int?
  /// Headers beside those of every answer.
  var headers: HTTPFields = [:]

  /// What `type` begins with.
  static let typePrefix = "urn:laurel:problem:"
  static let contentType = "application/problem+json"

  static func malformed(_ detail: String, _ errors: [Field] = []) -> Problem {
    Problem(status: .badRequest, code: "invalid_argument", detail: detail, errors: errors)
  }

  /// One field or parameter is wrong; the message goes on after its name.
  static func field(_ name: String, _ code: String, _ message: String) -> Problem {
    malformed("'\(name)' \(message)", [Field(field: name, code: code, message: message)])
  }

  /// `closes`: the connection too, where the rest of the body is not worth reading.
  static func tooLarge(_ detail: String, closes: Bool = false) -> Problem {
    Problem(
      status: .contentTooLarge, code: "content_too_large", detail: detail,
      headers: closes ? [.connection: "close"] : [:])
  }

  static func unsupported(_ detail: String) -> Problem {
    Problem(status: .unsupportedMediaType, code: "unsupported_media_type", detail: detail)
  }

  /// The text of the body; `path` is what was asked for.
  func body(path: String, requestID: String) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("type", Self.typePrefix + code)
      writer.member("title", status.reasonPhrase)
      writer.member("status", status.code)
      writer.member("detail", detail)
      writer.member("instance", path)
      writer.member("request_id", requestID)
      writer.key("errors")
      writer.array { writer in
        for error in errors {
          writer.object { writer in
            writer.member("field", error.field)
            writer.member("code", error.code)
            writer.member("message", error.message)
          }
        }
      }
    }
  }
}

extension Problem {
  /// What a client is told of our own mistakes.
  static let internalDetail = "the request could not be answered; the log says why, under its request_id"
  /// The time to another try when nobody names one, in seconds.
  static let retrySecondsDefault = 1

  /// Any error as what a client may see of it.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as WireError: self.init(wire: error)
    case let error as HTTPError:
      self.init(
        status: error.status, code: error.status.reasonPhrase.lowercased().replacing(" ", with: "_"),
        detail: error.body ?? error.status.reasonPhrase)
    default: self.init(status: .internalServerError, code: "internal", detail: Self.internalDetail)
    }
  }

  private init(wire error: WireError) {
    let status = Self.status(of: error)
    let isOurs = status == .internalServerError
    self.init(
      status: status, code: isOurs ? "internal" : error.status.rawValue,
      detail: isOurs ? Self.internalDetail : error.message)
    if !isOurs { errors = Self.fields(of: error) }
    if status == .serviceUnavailable || status == .tooManyRequests {
      let milliseconds = error.retryAfterMilliseconds ?? Self.retrySecondsDefault * 1_000
      retryAfterSeconds = max(1, (milliseconds + 999) / 1_000)
    }
    if status == .unauthorized { headers[.wwwAuthenticate] = Access.challenge }
  }

  /// The one table from the wire's codes to HTTP's.
  private static func status(of error: WireError) -> HTTPResponse.Status {
    switch error.status {
    case .invalidArgument, .outOfRange: .badRequest
    case .unauthenticated: .unauthorized
    case .permissionDenied: .forbidden
    case .notFound: .notFound
    case .alreadyExists, .aborted: .conflict
    // Who answers that another one owns the partition has not refused: the owner is being looked for.
    case .failedPrecondition: error.owner == nil ? .unprocessableContent : .serviceUnavailable
    case .resourceExhausted: .tooManyRequests
    case .unavailable, .cancelled: .serviceUnavailable
    case .deadlineExceeded: .gatewayTimeout
    case .unimplemented: .notImplemented
    default: .internalServerError
    }
  }

  /// `details` may say `{"field", "code"}`.
  static func fields(of error: WireError) -> [Field] {
    guard let details = error.details, let object = try? ObjectText(details[...]),
      let code = try? object.string("code")
    else { return [] }
    return [Field(field: (try? object.string("field")) ?? "", code: code, message: error.message)]
  }
}
