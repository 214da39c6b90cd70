import Contracts
import Foundation
import Hosting
import Logging
import Messaging
import Synchronization
import Wire

/// The gateway from its start to its end: folders, sockets, registry, keys, HTTP, in that order.
final class GatewayService: Sendable {
  private struct State: Sendable {
    var adminKey = ""
    var keys: KeyBook?
    var roster: Roster?
    var publisher: Publisher?
    var servers: [Server] = []
    var watching: Task<Void, Never>?
    var reloading: Task<Void, Never>?
    var web: WebServer?
  }

  /// How long requests over sockets may go on after the gateway was told to stop, in milliseconds.
  private static let drainMilliseconds = 2_000

  private let config: Config
  private let logger: Logger
  let directory: Directory
  private let metrics = Metrics()
  private let now: @Sendable () -> Int64
  private let state = Mutex(State())

  /// A gateway that has not begun; `now` is the machine time in milliseconds by which silent replicas go.
  init(
    _ config: Config, logger: Logger, now: @escaping @Sendable () -> Int64 = { Machine.milliseconds() }
  ) {
    self.config = config
    self.logger = logger
    self.now = now
    directory = Directory(name: config.instance)
  }

  /// What is started, in order, and stopped, in reverse.
  var parts: [Part] {
    [
      Part("home", start: { [self] in try prepareHome() }),
      Part("sockets", start: { [self] in try listen() }, stop: { [self] in await closeSockets() }),
      Part("registry", start: { [self] in watch() }, stop: { [self] in await stopWatching() }),
      Part("keys", start: { [self] in try await openKeys() }, stop: { [self] in await closeKeys() }),
      Part(
        "http", stopLimit: .milliseconds(GatewayLimits.drainMilliseconds),
        start: { [self] in try await serve() }, stop: { [self] in await state.withLock(\.web)?.stop() }),
    ]
  }

  /// The port of the HTTP API, once started.
  var port: Int { state.withLock(\.web)?.port ?? 0 }
  var keyPath: String { "\(config.home)/\(KeyFile.name)" }

  private func prepareHome() throws {
    for path in [config.home, config.run] { try Folder.prepare(path) }
    var random = SystemRandomNumberGenerator()
    let (key, isNew) = try KeyFile.open(keyPath, random: &random)
    if isNew {
      logger.notice("the key of the administrator is in a new file", metadata: ["file": "\(keyPath)"])
    }
    state.withLock { $0.adminKey = key }
  }

  private func listen() throws {
    let own = Replica(
      service: ServiceName.gateway.rawValue, instance: config.instance, urls: config.urls,
      version: Config.version)
    let publisher = config.isSilent ? nil : try Publisher(urls: [config.urls.bell])
    let roster = Roster(own: own, directory: directory, publisher: publisher, logger: logger, now: now)
    state.withLock {
      $0.publisher = publisher
      $0.roster = roster
    }
    addFigures(roster)
    let steps = ClockSteps(directory: directory, partitions: config.partitions)
    let health = GatewayHealth(instance: config.instance, readiness: readiness(roster))
    try start(config.urls.rpc, gatewayRoutes(roster, steps, health, metrics))
    try start(config.urls.health, healthRoutes(health, metrics))
  }

  private func start(_ url: String, _ routes: [Route]) throws {
    let server = Server(
      urls: [url], routes: routes,
      failed: { [logger] method, error in
        if !(error is WireError) { logger.error("\(method): \(error)") }
      })
    try server.start()
    state.withLock { $0.servers.append(server) }
  }

  private func readiness(_ roster: Roster) -> @Sendable () -> Readiness {
    { [partitions = config.partitions] in Readiness(roster.members, partitions: partitions) }
  }

  private func addFigures(_ roster: Roster) {
    metrics.addProcessFigures()
    for service in ServiceName.allCases.map(\.rawValue) {
      metrics.reading("laurel_members", help: "Replicas that are known.", labels: ["service": service]) {
        Double(roster.members.count { $0.service == service })
      }
    }
  }

  private func watch() {
    guard let roster = state.withLock(\.roster) else { return }
    let watching = Task { await roster.run() }
    state.withLock { $0.watching = watching }
  }

  private func stopWatching() async {
    let watching = state.withLock(\.watching)
    watching?.cancel()
    await watching?.value
  }

  private func openKeys() async throws {
    let keys = KeyBook(config.database, logger: logger)
    try await keys.open()
    let reloading = Task { await keys.watch() }
    state.withLock {
      $0.keys = keys
      $0.reloading = reloading
    }
  }

  private func closeKeys() async {
    let (keys, reloading) = state.withLock { ($0.keys, $0.reloading) }
    reloading?.cancel()
    await reloading?.value
    await keys?.close()
  }

  private func serve() async throws {
    let (adminKey, keys, roster) = state.withLock { ($0.adminKey, $0.keys, $0.roster) }
    guard let keys, let roster else { return }
    let api = API(
      peers: Peers(directory: directory, partitions: config.partitions), keys: keys, metrics: metrics,
      readiness: readiness(roster), version: Config.version)
    let operations = api.operations
    let edge = Edge(
      access: Access(adminKey: adminKey, keys: keys),
      openPaths: Set(operations.filter { $0.roles == nil }.map(\.path)),
      figures: RequestFigures(metrics: metrics), logger: logger,
      requestMilliseconds: config.requestMilliseconds)
    let web = WebServer(
      config.http, Serving.router(operations, edge: edge).buildResponder(), logger: logger)
    state.withLock { $0.web = web }
    try await web.start()
  }

  private func closeSockets() async {
    let (servers, publisher) = state.withLock { ($0.servers, $0.publisher) }
    for server in servers {
      await server.drain(deadlineMilliseconds: Self.drainMilliseconds)
      server.stop()
    }
    publisher?.close()
    await directory.close()
  }
}

/// A folder that the service needs.
enum Folder {
  /// Makes it, for this user alone, where it is missing; throws `failed_precondition` with what to do.
  static func prepare(_ path: String) throws(WireError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw refused(path, error)
    }
    guard FileManager.default.isWritableFile(atPath: path) else { throw refused(path, nil) }
  }

  private static func refused(_ path: String, _ cause: (any Error)?) -> WireError {
    WireError(
      .failedPrecondition,
      "the folder \(path) cannot be made or written: give LAUREL_HOME and LAUREL_RUN folders of this user",
      cause: cause)
  }
}

extension GatewayService {
  /// Does what the command line says, until a signal; gives the exit code and what to print.
  static func launch(_ launch: Launch) async -> (code: Int32, output: String?) {
    switch launch {
    case .finish(let code, let output): return (code, output)
    case .rebuild: return (1, "the gateway keeps no journal: there is nothing to rebuild")
    case .health(let settings):
      do {
        let result = await HealthProbe.run(url: try Config.urls(settings).health)
        return (result.code, result.output)
      } catch {
        return (1, "\(error)")
      }
    case .run(let settings): return (await run(settings), nil)
    }
  }

  private static func run(_ settings: Settings) async -> Int32 {
    Logs.bootstrap(service: ServiceName.gateway.rawValue, settings: settings)
    let logger = Logger(label: ServiceName.gateway.rawValue)
    for warning in settings.warnings { logger.warning("\(warning)") }
    do {
      let service = GatewayService(try Config(settings), logger: logger)
      return await Host(logger: logger).run(service.parts)
    } catch {
      logger.critical("\(error)")
      return 1
    }
  }
}
