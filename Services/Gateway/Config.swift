import Contracts
import Foundation
import Hosting
import Messaging
import Storage
import Wire

/// What the gateway is told at its start.
struct Config: Sendable {
  static let version = "0.1.0"
  /// The gateway's sockets have the name that all services look for.
  static let socketName = ServiceName.gateway.rawValue

  let home: String
  let run: String
  let instance: String
  /// Customer partitions.
  let partitions: Int
  let http: WebServer.Address
  /// Where the keys are.
  let database: DatabaseURL
  let urls: Replica.URLs
  /// Publishes nothing.
  let isSilent: Bool
  /// How long a request may take, in milliseconds.
  var requestMilliseconds = GatewayLimits.requestMilliseconds

  /// What the settings say; throws `invalid_argument` for what cannot be.
  init(_ settings: Settings) throws(WireError) {
    home = settings.path("LAUREL_HOME")
    run = settings.path("LAUREL_RUN")
    instance = settings.text("LAUREL_INSTANCE")
    partitions = settings.integer("LAUREL_PARTITIONS")
    http = try WebServer.Address(settings.text("LAUREL_HTTP"))
    database = try Self.database(settings)
    urls = try Self.urls(settings)
    isSilent = settings.boolean("LAUREL_SILENT")
  }

  private static func database(_ settings: Settings) throws(WireError) -> DatabaseURL {
    do { return try DatabaseURL(settings.text("LAUREL_DATABASE")) } catch {
      throw .invalid("LAUREL_DATABASE: \(error.message)")
    }
  }

  /// Where the sockets are.
  static func urls(_ settings: Settings) throws(WireError) -> Replica.URLs {
    try Endpoints.urls(
      listen: settings.text("LAUREL_LISTEN"), run: settings.path("LAUREL_RUN"), instance: socketName)
  }

  /// The settings that the gateway knows.
  static var declared: [Setting] {
    let name = ServiceName.gateway.rawValue
    return Setting.common(service: name, instance: Endpoints.instance(service: name)) + [
      Setting("LAUREL_HTTP", .text, default: "127.0.0.1:8080", help: "HOST:PORT of the HTTP API")
    ]
  }

  /// What this process is to do.
  static func launch() -> Launch {
    Launch.decide(
      service: ServiceName.gateway.rawValue, version: version, declared: declared,
      words: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
  }
}
