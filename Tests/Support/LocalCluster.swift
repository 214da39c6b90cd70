import Contracts
import Foundation
import Journal
import Messaging
import Storage
import Synchronization
import Wire

/// Services of several kinds in one process over inproc://, each a real node with real sockets and stores.
///
/// It stands for the gateway's registry: it tells every directory who holds what, every few milliseconds.
public final class LocalCluster: Sendable {
  private struct Member {
    let instance: String
    let directory: Directory
    let replica: @Sendable () async -> Replica?
  }

  /// The operator's clock of all members, moved by `advance`.
  public let clock: StepClock
  private let members = Mutex<[Member]>([])
  private let running = Mutex<Task<Void, Never>?>(nil)
  private let name = UUID().uuidString

  public init(now: Int64) {
    clock = StepClock(now)
    let task = Task { [weak self] in
      while !Task.isCancelled {
        await self?.introduce()
        try? await Task.sleep(for: .milliseconds(5))
      }
    }
    running.withLock { $0 = task }
  }

  private func introduce() async {
    let members = members.withLock { $0 }
    var replicas: [Replica] = []
    for member in members { if let replica = await member.replica() { replicas.append(replica) } }
    for member in members { _ = member.directory.update(replicas) }
  }

  /// Settings of a new member over a database.
  public func settings(
    _ service: ServiceName, _ instance: String, database: DatabaseURL, partitions: Int, scratch: String
  ) -> NodeSettings {
    let path = "inproc://\(name)-\(instance)-\(UUID().uuidString)"
    let clock = clock
    return NodeSettings(
      service: service, instance: instance, database: database, partitions: partitions,
      clock: ClockFace(now: { clock.now }, isStepped: true, machine: { Self.milliseconds() }),
      advance: { clock.advance(to: $0) },
      urls: .init(rpc: path + ".rpc", bell: path + ".bell", health: path + ".health"),
      start: UUID().uuidString, incarnation: UUID().uuidString, scratch: scratch, log: { _ in })
  }

  /// Starts a member: its node, its server, and its definitions' defaults.
  public func start<Main: Fold, Defs: Fold>(
    _ settings: NodeSettings, main: Main, definitions: Defs,
    routes: (Node<Main, Defs>) -> [Route] = { _ in [] }
  ) async throws -> LocalNode<Main, Defs> {
    let directory = Directory(name: settings.instance)
    let node = try await Node(settings, main: main, definitions: definitions, directory: directory)
    clock.raise(to: try await node.greatestNow())
    let server = Server(urls: [settings.urls.rpc], routes: node.routes + routes(node))
    try server.start()
    node.start()
    let urls = settings.urls
    let (service, instance) = (settings.service.rawValue, settings.instance)
    let member = Member(instance: instance, directory: directory) {
      let held = await node.held()
      return Replica(
        service: service, instance: instance, urls: urls, partitions: held.partitions, epoch: held.epoch)
    }
    members.withLock { $0.append(member) }
    return LocalNode(node: node, server: server, directory: directory) { [weak self] in
      self?.members.withLock { $0.removeAll { $0.instance == instance } }
    }
  }

  /// A directory of a client, which is a member of nothing.
  public func client() -> Directory {
    let directory = Directory(name: "client")
    members.withLock { $0.append(Member(instance: "client", directory: directory, replica: { nil })) }
    return directory
  }

  /// Ends the introductions.
  public func stop() { running.withLock { $0 }?.cancel() }

  static func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

/// A clock that tests move.
public final class StepClock: Sendable {
  private let value: Mutex<Int64>
  public init(_ now: Int64) { value = Mutex(now) }
  public var now: Int64 { value.withLock { $0 } }
  public func advance(to instant: Int64) { raise(to: instant) }
  public func raise(to instant: Int64) { value.withLock { $0 = max($0, instant) } }
}

/// A running member of a local cluster.
public final class LocalNode<Main: Fold, Defs: Fold>: Sendable {
  public let node: Node<Main, Defs>
  let server: Server
  let directory: Directory
  private let leave: @Sendable () -> Void

  init(node: Node<Main, Defs>, server: Server, directory: Directory, leave: @escaping @Sendable () -> Void) {
    self.node = node
    self.server = server
    self.directory = directory
    self.leave = leave
  }

  /// Gives the definitions partition its defaults.
  public func seed() async throws {
    let partition = node.definitionsPartition
    let payloads = Frames([Array("{}".utf8)])
    try await open(definitionsToo: true)
    _ = try await node.definitions.submit(
      partition, Command(method: JournalMethod.seed, key: "", payloads: payloads))
  }

  /// Waits until all its partitions are open.
  public func open(definitionsToo: Bool = false) async throws {
    while node.main.open.count < node.settings.partitions || (definitionsToo && node.definitions.open.isEmpty)
    {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// A clean stop.
  public func stop() async {
    leave()
    await server.drain(deadlineMilliseconds: 1_000)
    server.stop()
    await node.stop()
    await directory.close()
  }
}
