import Contracts
import Journal
import Messaging
import Storage
import Support
import Synchronization

/// One service's place in a town: its store and its clock stay, its processes come and go.
final class Post<Main: Fold, Defs: Fold>: Sendable {
  typealias Running = LocalNode<Main, Defs>

  private struct State {
    var running: Running?
    var background: Task<Void, Never>?
    var starts = 0
  }

  let service: ServiceName
  let database: DatabaseURL
  private let cluster: LocalCluster
  private let folder: ScratchFolder
  private let main: Main
  private let definitions: Defs
  private let routes: @Sendable (Node<Main, Defs>) -> [Route]
  private let background: @Sendable (Node<Main, Defs>) async -> Void
  /// The service's own clock: the town moves one service after the other, as the gateway does.
  private let clock: StepClock
  private let state = Mutex(State())

  init(
    _ service: ServiceName, _ place: Town.Place, main: Main, definitions: Defs,
    routes: @escaping @Sendable (Node<Main, Defs>) -> [Route],
    background: @escaping @Sendable (Node<Main, Defs>) async -> Void = { _ in }
  ) throws {
    self.service = service
    self.main = main
    self.definitions = definitions
    self.routes = routes
    self.background = background
    cluster = place.cluster
    folder = place.folder
    database = try place.folder.database(place.engine, service.rawValue)
    clock = StepClock(place.cluster.clock.now)
  }

  var node: Node<Main, Defs>? { state.withLock { $0.running?.node } }

  /// Starts a process under a name of its own and waits until it has everything open.
  func open(isSilent: Bool, cut: @escaping @Sendable (CutPoint) throws -> Void) async throws {
    let start = state.withLock { state in
      state.starts += 1
      return state.starts
    }
    var settings = cluster.settings(
      service, "\(service.rawValue)-\(start)", database: database, partitions: Town.partitions,
      scratch: folder.path)
    let clock = clock
    settings.clock = ClockFace(now: { clock.now }, isStepped: true, machine: settings.clock.machine)
    settings.advance = { clock.advance(to: $0) }
    settings.isSilent = isSilent
    settings.tickMilliseconds = Town.tickMilliseconds
    settings.cut = cut
    let running = try await cluster.start(settings, main: main, definitions: definitions, routes: routes)
    let background = background
    state.withLock { state in
      state.running = running
      state.background = Task { await background(running.node) }
    }
    try await running.seed()
  }

  /// Stops the process, if one runs.
  func close() async {
    let (running, task) = state.withLock { state in
      defer { (state.running, state.background) = (nil, nil) }
      return (state.running, state.background)
    }
    task?.cancel()
    await task?.value
    await running?.stop()
  }
}
