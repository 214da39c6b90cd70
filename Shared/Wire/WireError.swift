/// The one error that crosses the wire: code, message, and on this side of it the cause.
public struct WireError: Error, Sendable, CustomStringConvertible {
  public var status: Status
  /// For people; without internals.
  public var message: String
  /// A JSON object's text for programs, such as `{"owner": "scoring-2"}`.
  public var details: [UInt8]?
  /// How long to wait before another try, in milliseconds.
  public var retryAfterMilliseconds: Int?
  /// What led to it; never sent.
  public var cause: (any Error)?

  public init(
    _ status: Status, _ message: String, details: [UInt8]? = nil, retryAfterMilliseconds: Int? = nil,
    cause: (any Error)? = nil
  ) {
    self.status = status
    self.message = message
    self.details = details
    self.retryAfterMilliseconds = retryAfterMilliseconds
    self.cause = cause
  }

  public var description: String {
    let text = "\(status): \(message)"
    return cause.map { "\(text) (\($0))" } ?? text
  }
}

extension WireError {
  /// The request is wrong in itself.
  public static func invalid(_ message: String, cause: (any Error)? = nil) -> WireError {
    WireError(.invalidArgument, message, cause: cause)
  }
  /// There is no such thing.
  public static func notFound(_ message: String) -> WireError { WireError(.notFound, message) }
  /// There is one already.
  public static func alreadyExists(_ message: String) -> WireError { WireError(.alreadyExists, message) }
  /// Not in this state, or not here: `details` may name the owner.
  public static func failedPrecondition(_ message: String, details: [UInt8]? = nil) -> WireError {
    WireError(.failedPrecondition, message, details: details)
  }
  /// A limit is reached.
  public static func exhausted(_ message: String, retryAfterMilliseconds: Int? = nil) -> WireError {
    WireError(.resourceExhausted, message, retryAfterMilliseconds: retryAfterMilliseconds)
  }
  /// The time is over; whether it ran is not known.
  public static func deadlineExceeded(_ message: String) -> WireError {
    WireError(.deadlineExceeded, message)
  }
  /// Nobody answers there now; another try may help.
  public static func unavailable(_ message: String, cause: (any Error)? = nil) -> WireError {
    WireError(.unavailable, message, cause: cause)
  }
  /// Not known here.
  public static func unimplemented(_ message: String) -> WireError { WireError(.unimplemented, message) }
  /// Our own mistake.
  public static func `internal`(_ message: String, cause: (any Error)? = nil) -> WireError {
    WireError(.internal, message, cause: cause)
  }
  /// Something is gone that must not be.
  public static func dataLoss(_ message: String) -> WireError { WireError(.dataLoss, message) }
  /// The asker went away.
  public static func cancelled(_ message: String) -> WireError { WireError(.cancelled, message) }

  /// `details` with one member `owner`, as a replica answers that does not own the partition.
  public static func owned(by instance: String, _ message: String) -> WireError {
    .failedPrecondition(message, details: JSONWriter.object { $0.member("owner", instance) })
  }

  /// The instance that `details` name as the owner.
  public var owner: String? {
    guard let details else { return nil }
    var scanner = JSONScanner(details)
    do throws(JSONError) {
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if "owner" ~= key { return try scanner.optionalString() }
        try scanner.skip()
      }
      return nil
    } catch {
      return nil
    }
  }
}
