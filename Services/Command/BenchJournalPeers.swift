import ArgumentParser
import Contracts
import Foundation
import Hosting
import Journal
import Messaging
import Storage
import Wire

/// What both ends of `laurel bench journal` are told.
struct BenchPlace: ParsableArguments {
  @Argument(help: "The folder of the sockets.") var folder: String
  @Argument(help: "The database's URL.") var database: String
  @Argument(help: "How many events.") var events: Int
  @Argument(help: "Of how many customers.") var customers: Int

  /// The pause between two looks at what is open, milliseconds.
  static let lookMilliseconds = 2

  var load: BenchEvents { BenchEvents(count: events, customers: customers) }

  /// The sockets of the edge or of its follower.
  func urls(_ service: ServiceName) -> Replica.URLs {
    let path = "ipc://\(folder)/\(service.rawValue)"
    return Replica.URLs(rpc: path + ".rpc", bell: path + ".bell", health: path + ".health")
  }

  func settings(_ service: ServiceName) throws -> NodeSettings {
    NodeSettings(
      service: service, instance: "bench-\(service.rawValue)", database: try DatabaseURL(database),
      partitions: BenchEvents.partitions,
      clock: ClockFace(
        now: { ServiceClock.machineMicroseconds() }, isStepped: false,
        machine: { ServiceClock.machineMilliseconds() }),
      advance: { _ in }, urls: urls(service), start: UUID().uuidString, incarnation: UUID().uuidString,
      scratch: folder, log: { Terminal().say($0) })
  }

  /// Waits until all partitions are open.
  static func open<Main: Fold, Defs: Fold>(_ node: Node<Main, Defs>) async throws {
    while node.main.open.count < BenchEvents.partitions {
      try await Task.sleep(for: .milliseconds(lookMilliseconds))
    }
  }
}

/// The appending end of `laurel bench journal`: a real node, fed in its own process.
struct BenchEdgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal-edge", abstract: "Appends, then serves until SIGTERM.", shouldDisplay: false)
  /// Chunks on the way at a time, as the sender of records has them.
  private static let chunksMax = RecordSender.inFlightMax

  @OptionGroup var place: BenchPlace

  func run() async throws {
    let signals = Interrupts.stream()
    let node = try await Node(
      place.settings(.ingestion), main: BenchEdge(),
      definitions: BenchDefinitions(journal: .ingestionDefinitions), directory: Directory(name: "bench-edge"))
    let server = Server(urls: [place.urls(.ingestion).rpc], routes: node.routes)
    try server.start()
    node.start()
    try await BenchPlace.open(node)
    let chunks = place.load.commands()
    let appending = BenchSpan()
    try await Self.feed(node, chunks)
    appending.report(Int64(place.events))
    let serving = BenchSpan()
    for await _ in signals { break }
    serving.report(Int64(place.events))
    await server.close()
    await node.stop()
  }

  private static func feed(
    _ node: Node<BenchEdge, BenchDefinitions>, _ chunks: [[(partition: Int, command: Command)]]
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (place, chunk) in chunks.enumerated() {
        if place >= chunksMax { try await group.next() }
        group.addTask { try await append(node, chunk) }
      }
      try await group.waitForAll()
    }
  }

  private static func append(
    _ node: Node<BenchEdge, BenchDefinitions>, _ chunk: [(partition: Int, command: Command)]
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in chunk { group.addTask { _ = try await node.main.submit(part.partition, part.command) } }
      try await group.waitForAll()
    }
  }
}

/// The following end of `laurel bench journal`: a real node with a row a customer.
struct BenchRowsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal-rows", abstract: "Follows to the end.", shouldDisplay: false)
  /// How long the following may take, milliseconds.
  private static let patienceMilliseconds = 600_000

  @OptionGroup var place: BenchPlace

  func run() async throws {
    let positions = place.load.counts().enumerated().map {
      Position(partition: $0.offset, journal: .events, number: Int64($0.element))
    }
    let directory = Directory(name: "bench-rows")
    let node = try await Node(
      place.settings(.scoring), main: BenchRows(),
      definitions: BenchDefinitions(journal: .scoringDefinitions),
      directory: directory)
    node.start()
    try await BenchPlace.open(node)
    let following = BenchSpan()
    directory.update([
      Replica(
        service: ServiceName.ingestion.rawValue, instance: "bench-edge", urls: place.urls(.ingestion),
        partitions: Array(0..<BenchEvents.partitions), epoch: 1)
    ])
    guard await node.settled(positions, milliseconds: Self.patienceMilliseconds) else {
      throw Fault("the follower did not come to the end")
    }
    following.report(Int64(place.events))
    await node.stop()
    await directory.close()
  }
}
