import Logging

/// Sets up the process's log: one line per message on standard error, as text or JSON.
public enum Logs {
  /// Makes all loggers of this process write so; call it once, before the first logger is made.
  public static func bootstrap(service: String, settings: Settings) {
    let instance = settings.text("LAUREL_INSTANCE")
    let format = LogLine.Format(rawValue: settings.text("LAUREL_LOG")) ?? .text
    let level = Logger.Level(rawValue: settings.text("LAUREL_LOG_LEVEL")) ?? .info
    LoggingSystem.bootstrap { _ in
      LineHandler(
        service: service, instance: instance, format: format, logLevel: level, output: .standardError)
    }
  }

  /// The metadata key of a request's id.
  public static let requestID = "request_id"
}

/// Turns a log event into one line.
struct LineHandler: LogHandler {
  let service: String
  let instance: String
  let format: LogLine.Format
  var logLevel: Logger.Level
  let output: LogOutput
  var now: @Sendable () -> Int64 = { ServiceClock.machineMicroseconds() }
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var merged = metadata
    if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
    if let given = event.metadata { merged.merge(given) { $1 } }
    if let error = event.error { merged["error"] = "\(error)" }
    let line = LogLine(
      micros: now(), level: event.level, service: service, instance: instance,
      message: event.message.description, metadata: merged)
    output.write(line.bytes(format))
  }
}
