/// How a request ended: gRPC's canonical codes in lower snake case, an open set.
public struct Status: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  public let rawValue: String
  public var description: String { rawValue }

  /// Keeps any code as it is.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// A code as a peer sent it; one that this version does not know reads as `unknown`.
  public init(wire code: String) {
    let status = Status(rawValue: code)
    self = Self.known.contains(status) ? status : .unknown
  }

  public static let ok = Status(rawValue: "ok")
  public static let invalidArgument = Status(rawValue: "invalid_argument")
  public static let notFound = Status(rawValue: "not_found")
  public static let alreadyExists = Status(rawValue: "already_exists")
  public static let failedPrecondition = Status(rawValue: "failed_precondition")
  public static let aborted = Status(rawValue: "aborted")
  public static let resourceExhausted = Status(rawValue: "resource_exhausted")
  public static let deadlineExceeded = Status(rawValue: "deadline_exceeded")
  public static let unavailable = Status(rawValue: "unavailable")
  public static let unimplemented = Status(rawValue: "unimplemented")
  public static let permissionDenied = Status(rawValue: "permission_denied")
  public static let unauthenticated = Status(rawValue: "unauthenticated")
  public static let `internal` = Status(rawValue: "internal")
  public static let dataLoss = Status(rawValue: "data_loss")
  public static let cancelled = Status(rawValue: "cancelled")
  public static let outOfRange = Status(rawValue: "out_of_range")
  public static let unknown = Status(rawValue: "unknown")

  /// All codes that this version knows.
  public static let known: Set<Status> = [
    .ok, .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted, .resourceExhausted,
    .deadlineExceeded, .unavailable, .unimplemented, .permissionDenied, .unauthenticated, .internal,
    .dataLoss, .cancelled, .outOfRange, .unknown,
  ]
}
