import Contracts
import Hosting
import Journal
import Logging
import Messaging
import Storage
import Wire

/// What tells one service that keeps journals from another: its folds, its methods, its work beside the loop.
public struct JournalService<Main: Fold, Defs: Fold>: Sendable {
  public typealias ServiceNode = Node<Main, Defs>

  public let name: ServiceName
  /// Settings beside the common ones.
  public var settings: [Setting] = []
  public let folds: @Sendable (Settings) throws -> (main: Main, definitions: Defs)
  public let routes: @Sendable (ServiceNode, Settings) -> [Route]
  /// What the definitions partition is given when it is opened: the defaults of this release, so that a
  /// rebuild folds what was given then.
  public var seed = Command(method: JournalMethod.seed, key: "", payloads: Frames([Array("{}".utf8)]))
  /// Runs until its task is cancelled, once the node has started.
  public var background: @Sendable (ServiceNode, Settings, Metrics) async -> Void = { _, _, _ in }

  public init(
    _ name: ServiceName, folds: @escaping @Sendable (Settings) throws -> (main: Main, definitions: Defs),
    routes: @escaping @Sendable (ServiceNode, Settings) -> [Route], seed: Command? = nil,
    background: @escaping @Sendable (ServiceNode, Settings, Metrics) async -> Void = { _, _, _ in }
  ) {
    self.name = name
    self.folds = folds
    self.routes = routes
    self.background = background
    if let seed { self.seed = seed }
  }

  /// Does what the command line says, until a signal; gives the exit code, and what is to be printed.
  public func launch(
    words: [String], environment: [String: String], version: String
  ) async -> (code: Int32, output: String?) {
    let declared = Setting.common(
      service: name.rawValue, instance: Endpoints.instance(service: name.rawValue))
    let decision = Launch.decide(
      service: name.rawValue, version: version, declared: declared + settings, words: words,
      environment: environment)
    switch decision {
    case .finish(let code, let output): return (code, output)
    case .health(let settings): return await probe(settings)
    case .run(let settings): return await run(settings, version: version, rebuilds: false)
    case .rebuild(let settings): return await run(settings, version: version, rebuilds: true)
    }
  }

  private func probe(_ settings: Settings) async -> (code: Int32, output: String?) {
    do {
      let result = await HealthProbe.run(url: try urls(settings).health)
      return (result.code, result.output)
    } catch {
      return (1, "\(error)")
    }
  }

  private func urls(_ settings: Settings) throws -> Replica.URLs {
    try Endpoints.urls(
      listen: settings.text("LAUREL_LISTEN"), run: settings.path("LAUREL_RUN"),
      instance: settings.text("LAUREL_INSTANCE"))
  }

  private func run(
    _ settings: Settings, version: String, rebuilds: Bool
  ) async -> (code: Int32, output: String?) {
    Logs.bootstrap(service: name.rawValue, settings: settings)
    let logger = Logger(label: name.rawValue)
    for warning in settings.warnings { logger.warning("\(warning)") }
    let host = Hosting.Host(logger: logger)
    do {
      let replica = try RunningReplica(self, settings, urls: urls(settings), version: version, logger: logger)
      return (await host.run(rebuilds ? replica.rebuildParts(host) : replica.parts), replica.report)
    } catch {
      logger.critical("\(error)")
      return (1, nil)
    }
  }
}
