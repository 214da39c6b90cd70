import Contracts
import Foundation
import Hosting
import Journal
import Logging
import Messaging
import Storage
import Synchronization
import Wire

/// Appends entries that come ready, and nothing else.
struct BenchStream: BenchAppender {
  static let method = "bench/stream"

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    for payload in command.payloads { work.emit(raw: Array(payload)) }
    return Frames([JSONWriter.object { _ in }])
  }
}

/// Stands in for Ingestion: a real node whose journal is given its entries ready.
final class BenchSource: Sendable {
  private let node: Node<BenchStream, BenchDefinitions>
  private let server: Server
  private let directory: Directory
  private let announcer: Announcer
  private let heads = Mutex<[Int64]>(Array(repeating: 0, count: BenchEvents.partitions))

  init(home: HomeFolder) async throws {
    let urls = try Endpoints.urls(
      listen: "ipc", run: home.run, instance: Endpoints.instance(service: ServiceName.ingestion.rawValue))
    let settings = NodeSettings(
      service: .ingestion, instance: "bench-source",
      database: try DatabaseURL("sqlite:\(home.path)/source.sqlite"), partitions: BenchEvents.partitions,
      clock: ClockFace(
        now: { ServiceClock.machineMicroseconds() }, isStepped: false,
        machine: { ServiceClock.machineMilliseconds() }),
      advance: { _ in }, urls: urls, start: UUID().uuidString, incarnation: UUID().uuidString,
      scratch: home.run, log: { Terminal().say($0) })
    let directory = Directory(name: "bench-source")
    let node = try await Node(
      settings, main: BenchStream(), definitions: BenchDefinitions(journal: .ingestionDefinitions),
      directory: directory)
    server = Server(urls: [urls.rpc], routes: node.routes)
    try server.start()
    node.start()
    try await BenchPlace.open(node)
    let replica = Replica(
      service: ServiceName.ingestion.rawValue, instance: settings.instance, urls: urls,
      partitions: Array(0...BenchEvents.partitions), epoch: 1)
    let gateway = try Endpoints.urls(listen: "ipc", run: home.run, instance: ServiceName.gateway.rawValue)
    announcer = try Announcer(
      gateways: [gateway.rpc], name: settings.instance,
      logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() },
      replica: { replica }, members: { _ = directory.update($0) })
    announcer.start()
    (self.node, self.directory) = (node, directory)
  }

  /// Appends events, each partition's in one command.
  func append(_ events: [BenchEvent]) async throws {
    let parts = Dictionary(grouping: events, by: \.partition)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (partition, events) in parts {
        let payloads = Frames(events.map(\.entry))
        group.addTask { [node] in
          _ = try await node.main.submit(
            partition, Command(method: BenchStream.method, key: "", payloads: payloads))
        }
      }
      try await group.waitForAll()
    }
    heads.withLock { heads in for (partition, events) in parts { heads[partition] += Int64(events.count) } }
  }

  /// Up to where the journal goes.
  var positions: [Position] {
    heads.withLock { $0 }.enumerated().filter { $0.element > 0 }.map {
      Position(partition: $0.offset, journal: .events, number: $0.element)
    }
  }

  func close() async {
    await announcer.stop()
    await server.close()
    await node.stop()
    await directory.close()
  }
}
