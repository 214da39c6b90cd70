import Contracts
import Foundation
import Journal
import Messaging
import Storage
import Support
import Testing
import Wire

@testable import Missions

/// A journal whose entries a test gives: in place of the services that Missions follows.
private struct GivenFold: Fold {
  typealias Item = Never
  typealias Row = EmptyRow
  typealias Registers = EmptyRow
  typealias Definitions = EmptyRow

  let journal: JournalName
  /// As Scoring follows events, so that what is settled there arrives.
  var upstreams: [JournalName] { journal == .crossings ? [.events] : [] }
  var version: Int { 1 }

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<GivenFold>) {}

  func command(_ command: Command, _ work: inout Work<GivenFold>) throws(WireError) -> Frames {
    for payload in command.payloads { work.emit(raw: Array(payload)) }
    return Frames([Array("{}".utf8)])
  }
}

/// The service as a process runs it, over real sockets and stores, between stand-ins for its neighbours.
private final class Service: Sendable {
  static let partitions = 2
  let folder: ScratchFolder
  let cluster: LocalCluster
  let client: Directory
  let ingestion: LocalNode<GivenFold, GivenFold>
  let scoring: LocalNode<GivenFold, GivenFold>
  let missions: LocalNode<MissionsFold, TemplatesFold>
  let runner: Task<Void, Never>

  init(_ engine: Engine) async throws {
    folder = try ScratchFolder()
    cluster = LocalCluster(now: At.day(0, 23))
    client = cluster.client()
    ingestion = try await Self.given(.ingestion, .events, .ingestionDefinitions, cluster, folder, engine)
    scoring = try await Self.given(.scoring, .crossings, .scoringDefinitions, cluster, folder, engine)
    var settings = cluster.settings(
      .missions, "missions", database: try folder.database(engine, "missions"), partitions: Self.partitions,
      scratch: folder.path)
    settings.tickMilliseconds = 20
    missions = try await cluster.start(
      settings, main: MissionsFold(zone: .utc), definitions: TemplatesFold(), routes: missionsRoutes)
    let refill = RefillRunner(node: missions.node)
    runner = Task { await refill.run() }
    try await missions.open(definitionsToo: true)
    _ = try await missions.node.definitions.submit(
      missions.node.definitionsPartition,
      Command(method: JournalMethod.seed, key: "", payloads: Frames(Field.callingTexts)))
    try await ingestion.open()
  }

  private static func given(
    _ name: ServiceName, _ journal: JournalName, _ definitions: JournalName, _ cluster: LocalCluster,
    _ folder: ScratchFolder, _ engine: Engine
  ) async throws -> LocalNode<GivenFold, GivenFold> {
    let settings = cluster.settings(
      name, name.rawValue, database: try folder.database(engine, name.rawValue), partitions: partitions,
      scratch: folder.path)
    return try await cluster.start(
      settings, main: GivenFold(journal: journal), definitions: GivenFold(journal: definitions)
    ) { _ in name == .scoring ? [Route(Method.snapshots, idempotent: true, handle: snapshots)] : [] }
  }

  /// Everybody is engaged, and averages as many calls a week as `after_events` says, to see it arrive.
  @Sendable private static func snapshots(_ request: Request) throws -> Frames {
    var customers: [String] = []
    var events: Int64 = 0
    try Payload.read(request.payloads.first) { key, scanner in
      switch key {
      case "customers":
        try scanner.beginArray()
        while try scanner.nextElement() { customers.append(try scanner.string()) }
      case "after_events": events = try scanner.integer()
      default: try scanner.skip()
      }
    }
    return Frames(customers.map { Field.text(Field.snapshot($0, weekly: Decimal6(10 + Int(events)))) })
  }

  func partition(_ customer: String) -> Int { Partitioning.partition(of: customer, count: Self.partitions) }

  func call(_ customer: String, count: Int, at: Int64) async throws {
    let events = (0..<count).map {
      Field.event(customer, at: at + Int64($0) * Micros.minute, ingested: cluster.clock.now)
    }
    let partition = partition(customer)
    _ = try await ingestion.node.main.submit(
      partition, Command(method: "given", key: "", payloads: Frames(events)))
    let head = Position(
      partition: partition, journal: .events,
      number: try await ingestion.node.main.entries(partition, after: 0, limit: 1_000).last?.0 ?? 0)
    #expect(await missions.node.settled([head], milliseconds: 20_000))
  }

  func ask(_ method: String, _ partition: Int, _ text: String, key: String? = nil) async throws -> [String:
    Any]
  {
    let reply = try await client.call(
      "missions", method, partition: partition, Frames([Array(text.utf8)]), timeoutMilliseconds: 20_000,
      key: key,
      retry: true)
    let object = try JSONSerialization.jsonObject(with: Data(reply.first ?? []))
    return object as? [String: Any] ?? [:]
  }

  func list(_ customer: String) async throws -> [[String: Any]] {
    let reply = try await ask(Method.missions, partition(customer), #"{"customer_id": "\#(customer)"}"#)
    return reply["results"] as? [[String: Any]] ?? []
  }

  /// A job's last word: asked until it does not run any more.
  func ended(_ id: String) async throws -> [String: Any] {
    while true {
      let job = try await ask(JobMethod.get, missions.node.definitionsPartition, "{\"id\": \"\(id)\"}")
      if job["status"] as? String != "running" { return job }
      await Task.yield()
    }
  }

  /// Moves the clock and waits until this service has done all that was due, refills answered.
  func advance(to instant: Int64) async throws {
    cluster.clock.advance(to: instant)
    for node in [ingestion.node, scoring.node] { node.timePassed() }
    missions.node.timePassed()
    let request = JSONWriter.object { $0.member("time", instant) }
    _ = try await client.call(
      "missions", "settled/wait", partition: 0, Frames([request]), timeoutMilliseconds: 20_000, retry: true)
  }

  func stop() async {
    runner.cancel()
    await runner.value
    await missions.stop()
    await scoring.stop()
    await ingestion.stop()
    await client.close()
    cluster.stop()
  }
}

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ServiceTests {
  @Test(arguments: Engine.tested)
  func aDayWithRefillCallsAndAClientsRequest(_ engine: Engine) async throws {
    let service = try await Service(engine)
    try await service.call("C-1", count: 3, at: At.day(0, 20))
    try await service.call("C-2", count: 1, at: At.day(0, 20))
    try await service.advance(to: At.day(1))
    let made = try await service.list("C-1")
    #expect(made.map { $0["template_slug"] as? String } == ["call_frequency"])
    let target = try #require(made.first?["target_value"] as? Int)
    // The snapshot was asked for after the events that the partition had taken.
    #expect(target >= 15)
    try await service.call("C-1", count: target, at: At.day(1, 1))
    #expect(try await service.list("C-1").map { $0["status"] as? String } == ["completed"])
    try await clientsRequest(service)
    try await patch(service)
    try await inspect(service)
    await service.stop()
  }

  /// A key that comes again gets the first answer, whatever the snapshot is by then.
  private func clientsRequest(_ service: Service) async throws {
    let partition = service.partition("C-3")
    let body = #"{"customer_id": "C-3"}"#
    let first = try await service.ask(Method.generate, partition, body, key: "k1")
    let id = try #require(
      ((first["results"] as? [[String: Any]])?.first?["missions"] as? [[String: Any]])?.first?["id"])
    try await service.call("C-3", count: 2, at: At.day(1, 1))
    let again = try await service.ask(Method.generate, partition, body, key: "k1")
    #expect(first as NSDictionary == again as NSDictionary)
    #expect(try await service.list("C-3").map { $0["id"] as? String } == [id as? String])
    let other = await #expect(throws: WireError.self) {
      try await service.ask(
        Method.generate, partition, #"{"customer_id": "C-3", "max_missions": 1}"#, key: "k1")
    }
    #expect(other?.status == .failedPrecondition)
  }

  private func patch(_ service: Service) async throws {
    let node = service.missions.node
    let text = #"{"slug": "first_call", "changes": {"reward_config": {"points": 77}}}"#
    let answer = try await service.ask(Method.patchTemplate, node.definitionsPartition, text)
    #expect(answer["version"] as? Int == 2)
    let templates = try await service.ask(Method.templates, 0, "{}")["results"] as? [[String: Any]]
    #expect(templates?.last?["version"] as? Int == 2)
    #expect(
      await node.settled(
        [Position(partition: node.definitionsPartition, journal: .missionsDefinitions, number: 3)],
        milliseconds: 20_000))
  }

  /// Customers of both partitions are done by the runner, and a chunk that comes again does nothing.
  @Test(arguments: Engine.tested)
  func aJobGeneratesForEachCustomerOnce(_ engine: Engine) async throws {
    let service = try await Service(engine)
    let node = service.missions.node
    let customers = (0..<40).map { "L-\($0)" }
    let list = customers.map { "\"\($0)\"" }.joined(separator: ",")
    let begun = try await service.ask(
      JobMethod.generateList, node.definitionsPartition, "{\"customers\": [\(list)], \"max_missions\": 1}",
      key: "list-1")
    let id = try #require(begun["id"] as? String)
    #expect(
      try await service.ask(JobMethod.get, node.definitionsPartition, "{\"id\": \"\(id)\"}")["status"]
        as? String == "running")
    // The runner begins only now, as after a restart.
    let runner = Task { await JobRunner(node: node).run() }
    let ended = try await service.ended(id)
    runner.cancel()
    await runner.value
    #expect(ended["status"] as? String == "done")
    #expect(ended["done"] as? Int == 40)
    #expect(ended["generated"] as? Int == 40)
    try await again(service, id, customers)
    for customer in customers { #expect(try await service.list(customer).count == 1) }
    try await clean(service)
    await service.stop()
  }

  /// Every chunk handed over once more gives its first answer.
  private func again(_ service: Service, _ id: String, _ customers: [String]) async throws {
    let list = customers.map { "\"\($0)\"" }.joined(separator: ",")
    let asked = try JobRequest(Array("{\"customers\": [\(list)]}".utf8)[...])
    for (place, part) in asked.chunks(partitions: Service.partitions).enumerated() {
      let request = ChunkRequest(job: id, chunk: place + 1, maxMissions: 5, part: part)
      let reply = try await service.ask(
        JobMethod.chunk, part.partition, String(decoding: request.encoded(), as: UTF8.self))
      #expect(reply["generated"] as? Int == part.customers.count)
    }
  }

  private func clean(_ service: Service) async throws {
    let rebuilt = try await service.ask("rebuild/run", 0, "{}")
    #expect(rebuilt["differences"] as? Int == 0, "\(rebuilt)")
    let audited = try await service.ask("audit/run", 0, "{}")
    #expect(audited["findings"] as? [String] == [], "\(audited)")
  }

  /// Totals add up; rebuild and audit find nothing.
  private func inspect(_ service: Service) async throws {
    let totals = try await service.ask(Method.missionTotals, 0, "{}")
    let counts = (totals["templates"] as? [String: [String: Int]])?["call_frequency"]
    #expect(
      counts == ["generated": 3, "active": 2, "completed": 1, "expired": 0, "cancelled": 0, "revoked": 0])
    #expect(totals["unanswered_batches"] as? Int == 0)
    #expect(try await service.ask("rebuild/run", 0, "{}")["outputs"] as? Int ?? 0 >= 7)
    try await clean(service)
  }
}
