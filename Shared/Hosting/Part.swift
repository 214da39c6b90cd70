/// One piece of a service that is started and stopped in order.
public struct Part: Sendable {
  public let name: String
  /// Returns when the part is ready for the next one to start.
  public let start: @Sendable () async throws -> Void
  /// Returns when nothing of the part runs any more.
  public let stop: @Sendable () async -> Void
  /// After this the start counts as failed.
  public let startLimit: Duration
  /// After this the stop is given up.
  public let stopLimit: Duration

  /// The longest start of a part that names none.
  public static let startLimitDefault: Duration = .seconds(60)
  /// The longest stop of a part that names none.
  public static let stopLimitDefault: Duration = .seconds(10)

  /// Declares a part.
  public init(
    _ name: String, startLimit: Duration = Part.startLimitDefault,
    stopLimit: Duration = Part.stopLimitDefault,
    start: @escaping @Sendable () async throws -> Void = {}, stop: @escaping @Sendable () async -> Void = {}
  ) {
    self.name = name
    self.startLimit = startLimit
    self.stopLimit = stopLimit
    self.start = start
    self.stop = stop
  }
}
