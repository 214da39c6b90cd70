import CNNG
import Wire

/// What nng returned, as the cause of a `WireError`.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// nng's error number.
  public let code: Int32
  public var description: String { "nng: \(String(cString: nng_strerror(code)))" }

  init(_ code: Int32) { self.code = code }

  func matches(_ error: nng_errno_enum) -> Bool { UInt32(bitPattern: code) == error.rawValue }

  /// The closest code of the wire, for an operation that is named in the message.
  func wire(_ operation: String) -> WireError {
    let message = "\(operation): \(String(cString: nng_strerror(code)))"
    if matches(NNG_ETIMEDOUT) { return WireError(.deadlineExceeded, message, cause: self) }
    if matches(NNG_ECANCELED) { return WireError(.cancelled, message, cause: self) }
    if matches(NNG_EMSGSIZE) || matches(NNG_ENOMEM) || matches(NNG_ENOFILES) {
      return WireError(.resourceExhausted, message, cause: self)
    }
    if matches(NNG_EADDRINVAL) || matches(NNG_EINVAL) || matches(NNG_ENOTSUP) {
      return WireError(.invalidArgument, message, cause: self)
    }
    if matches(NNG_ESTATE) || matches(NNG_EINTERNAL) { return WireError(.internal, message, cause: self) }
    return WireError(.unavailable, message, cause: self)
  }

  /// Throws unless the operation succeeded.
  static func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(WireError) {
    if code != 0 { throw Failure(code).wire(operation()) }
  }
}
