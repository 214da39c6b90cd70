import Contracts
import Foundation
import Hosting
import Journal
import Logging
import Messaging
import Storage
import Synchronization
import Wire

/// One replica from its settings to its end: store, sockets, loops, announcements, in that order.
final class RunningReplica<Main: Fold, Defs: Fold>: Sendable {
  private struct State {
    var node: Node<Main, Defs>?
    var servers: [Server] = []
    var announcer: Announcer?
    var tasks: [Task<Void, Never>] = []
    var held: (partitions: [Int], epoch: Int64) = ([], 0)
    var report: String?
  }

  /// How long requests may go on after SIGTERM, milliseconds.
  private static var drainMilliseconds: Int { 5_000 }

  private let service: JournalService<Main, Defs>
  private let settings: Settings
  private let urls: Replica.URLs
  private let version: String
  private let logger: Logger
  private let clock: ServiceClock
  private let directory: Directory
  private let metrics = Metrics()
  private let state = Mutex(State())

  init(
    _ service: JournalService<Main, Defs>, _ settings: Settings, urls: Replica.URLs, version: String,
    logger: Logger
  ) throws {
    self.service = service
    self.settings = settings
    self.urls = urls
    self.version = version
    self.logger = logger
    clock = ServiceClock(settings.text("LAUREL_CLOCK") == "stepped" ? .stepped(start: 0) : .system)
    directory = Directory(name: settings.text("LAUREL_INSTANCE"))
  }

  var parts: [Part] {
    [
      Part("folders", start: folders, stop: {}), Part("store", start: open, stop: closeNode),
      Part("sockets", start: listen, stop: drain), Part("loop", start: start, stop: stopTasks),
      Part("announcer", start: announce, stop: stopAnnouncer),
    ]
  }

  /// What a rebuild found.
  var report: String? { state.withLock(\.report) }

  /// Folds everything again while the service is down, and ends.
  func rebuildParts(_ host: Hosting.Host) -> [Part] {
    parts.filter { $0.name != "sockets" }
      + [
        Part(
          "rebuild", startLimit: .seconds(24 * 3_600),
          start: { [self] in
            guard let node = state.withLock(\.node) else { return }
            while node.main.open.count < node.settings.partitions {
              try await Task.sleep(for: .milliseconds(50))
            }
            let report = try await node.rebuildAll(isWhole: true)
            state.withLock { $0.report = String(decoding: report.first ?? [], as: UTF8.self) }
            host.stop("the rebuild is done", code: node.isClean(report) ? 0 : 1)
          }, stop: {})
      ]
  }

  private func folders() throws {
    for path in [settings.path("LAUREL_HOME"), settings.path("LAUREL_RUN")] {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw WireError.failedPrecondition(
          "the folder \(path) cannot be made or used: let LAUREL_HOME and LAUREL_RUN be writable folders"
        )
      }
      guard FileManager.default.isWritableFile(atPath: path) else {
        throw WireError.failedPrecondition("the folder \(path) is not writable for this user")
      }
    }
  }

  private func open() async throws {
    let folds = try service.folds(settings)
    let clock = clock
    var node = NodeSettings(
      service: service.name, instance: settings.text("LAUREL_INSTANCE"),
      database: try DatabaseURL(settings.text("LAUREL_DATABASE")),
      partitions: settings.integer("LAUREL_PARTITIONS"),
      clock: ClockFace(
        now: { clock.now() }, isStepped: clock.source != .system,
        machine: { ServiceClock.machineMilliseconds() }),
      advance: { try clock.advance(to: $0) }, urls: urls, start: UUID().uuidString,
      incarnation: UUID().uuidString, scratch: settings.path("LAUREL_RUN"),
      log: { [logger] in logger.warning("\($0)") })
    node.isSilent = settings.boolean("LAUREL_SILENT")
    let opened = try await Node(
      node, main: folds.main, definitions: folds.definitions, directory: directory)
    clock.raise(to: try await opened.greatestNow())
    opened.measure(metrics: metrics)
    state.withLock { $0.node = opened }
  }

  private func listen() throws {
    guard let node = state.withLock(\.node) else { return }
    metrics.addProcessFigures()
    let read = Route("metrics/read", idempotent: true) { [metrics] _ in Frames([metrics.json]) }
    let failed: @Sendable (String, any Error) -> Void = { [logger] method, error in
      if !(error is WireError) { logger.error("\(method): \(error)") }
    }
    let rpc = Server(
      urls: [urls.rpc], routes: node.routes + service.routes(node, settings) + [read],
      parallel: Node<Main, Defs>.parallel,
      failed: failed)
    let health = Server(
      urls: [urls.health], routes: node.routes.filter { $0.method == HealthProbe.method } + [read],
      parallel: 4)
    try rpc.start()
    state.withLock { $0.servers = [rpc] }
    try health.start()
    state.withLock { $0.servers = [rpc, health] }
  }

  private func start() {
    guard let node = state.withLock(\.node) else { return }
    node.start()
    let (service, settings, metrics) = (service, settings, metrics)
    let tasks: [Task<Void, Never>] = [
      Task { await service.background(node, settings, metrics) },
      Task { await Self.seed(node, service.seed) },
      Task { [weak self] in await self?.watchHeld(node) },
    ]
    state.withLock { $0.tasks = tasks }
  }

  /// Gives the definitions partition its defaults each time that it is opened here.
  private static func seed(_ node: Node<Main, Defs>, _ command: Command) async {
    let partition = node.definitionsPartition
    var isSeeded = false
    while !Task.isCancelled {
      let isOpen = node.definitions.isOpen(partition)
      if isOpen, !isSeeded { isSeeded = (try? await node.definitions.submit(partition, command)) != nil }
      if !isOpen { isSeeded = false }
      try? await Task.sleep(for: .milliseconds(isSeeded ? 500 : 20))
    }
  }

  /// Announces at once when other partitions are held than were announced.
  private func watchHeld(_ node: Node<Main, Defs>) async {
    while !Task.isCancelled {
      let held = await node.held()
      let (changed, announcer) = state.withLock { state in
        let changed = state.held.partitions != held.partitions || state.held.epoch != held.epoch
        state.held = held
        return (changed, state.announcer)
      }
      if changed { announcer?.nudge() }
      try? await Task.sleep(for: .milliseconds(50))
    }
  }

  private func announce() async throws {
    let announcer = try Announcer(
      gateways: settings.list("LAUREL_GATEWAY_URLS"), name: settings.text("LAUREL_INSTANCE"), logger: logger,
      replica: { [self] in
        let held = state.withLock(\.held)
        return Replica(
          service: service.name.rawValue, instance: settings.text("LAUREL_INSTANCE"), urls: urls,
          partitions: held.partitions, epoch: held.epoch, version: version)
      }, members: { [directory] in _ = directory.update($0) })
    state.withLock { $0.announcer = announcer }
    announcer.start()
  }

  private func stopAnnouncer() async { await state.withLock(\.announcer)?.stop() }

  private func stopTasks() async {
    let tasks = state.withLock(\.tasks)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  private func drain() async {
    for server in state.withLock(\.servers) {
      await server.drain(deadlineMilliseconds: Self.drainMilliseconds)
      server.stop()
    }
  }

  private func closeNode() async {
    await state.withLock(\.node)?.stop()
    await directory.close()
  }
}
