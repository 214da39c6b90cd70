import ArgumentParser
import Contracts
import Foundation
import Hosting
import Journal
import Logging
import Messaging
import Wire

/// `laurel bench scoring`: Scoring's own process with many customers in its store.
struct BenchScoringCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scoring", abstract: "Events, reads and a batch of Scoring with many stored customers.",
    discussion: """
      Starts gateway, Scoring, Missions and Badging on a temporary home and stands in for Ingestion with a \
      journal of ready events. Missions and Badging end once Scoring has their definitions. First all \
      customers get a history; then events of random customers are applied, scores are read while events \
      go on at half that pace, all customers are calculated as a batch, and the rows on the disk are \
      measured.
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(help: "How many customers.")
  var customers = 1_000_000

  @Option(help: "How many events are applied.")
  var events = 600_000

  @Option(help: "The same seed gives the same events.")
  var seed: UInt64 = 1

  func validate() throws {
    guard events > 0, (1_000...10_000_000).contains(customers) else {
      throw ValidationError("--events is at least 1, --customers 1000 to 10000000")
    }
  }

  func run() async throws {
    let terminal = Terminal()
    BenchCommand.warn(terminal)
    let folder = try BenchFolder()
    let home = HomeFolder(folder.path)
    try home.prepare()
    var plans = ServicePlans(home: home, isEmbedded: true)
    plans.port = 0
    let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LAUREL_") }
    let needed = try plans.plans(environment: own).filter { $0.name != "laurel-ingestion" }
    let supervisor = Supervisor(needed) { terminal.say($0) }
    let source = try await BenchSource(home: home)
    let bench = BenchScoring(
      home: home, supervisor: supervisor, source: source, terminal: terminal, customers: customers,
      events: events, seed: seed)
    let measured = try await Keeper(supervisor: supervisor, run: home.run).keep {
      try await Cluster.with(home) { try await bench.run($0) }
    }
    await source.close()
    guard var result = measured else { return terminal.say("stopped") }
    result.rows = try BenchScoringResult.Rows(home.path + "/scoring.sqlite")
    terminal.clear()
    Terminal.result(json ? result.json : result.text)
    _ = consume folder
  }
}

/// The measurement from the first history to the batch.
struct BenchScoring: Sendable {
  /// Events that are handed over together.
  static let chunk = 10_000
  /// How long scores are read while events go on, seconds.
  private static let readSeconds = 15.0
  /// Reads a second.
  private static let readsPerSecond = 100.0
  private static let patienceMilliseconds = 900_000

  let home: HomeFolder
  let supervisor: Supervisor
  let source: BenchSource
  let terminal: Terminal
  let customers: Int
  let events: Int
  let seed: UInt64

  func run(_ cluster: Cluster) async throws -> BenchScoringResult {
    try await opened(cluster)
    for child in supervisor.children where ["laurel-missions", "laurel-badging"].contains(child.plan.name) {
      child.stop()
      await child.ended()
    }
    var lives = BenchLives(seed: seed, customers: customers)
    let first = lives.histories
    let load = try await apply("histories", first, cluster) { lives.nextHistory() }
    let events = try await apply("events", self.events, cluster) { lives.next() }
    let reads = try await reads(&lives, events.perSecond / 2, cluster)
    terminal.progress("batch of \(customers.grouped) customers")
    let begin = ContinuousClock.now
    let job = ServiceJob(cluster: cluster, service: .scoring, title: "the batch")
    let done = try await job.run(
      Method.startScoreJob, JSONWriter.object { $0.member("kind", "batch_calculate") },
      partition: cluster.partitions)
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let batch = BenchRate(operations: Int64(done["customers"].integer ?? 0), seconds: seconds, cpuMicros: 0)
    return BenchScoringResult(
      customers: customers, load: load, events: events, reads: reads, batch: batch, peakBytes: usage.peakBytes
    )
  }

  private var usage: BenchUsage {
    supervisor.children.first { $0.plan.name == "laurel-scoring" }?.process.map(BenchUsage.of) ?? BenchUsage()
  }

  /// Waits until Scoring takes events: it has read all definitions then.
  private func opened(_ cluster: Cluster) async throws {
    terminal.progress("definitions")
    var first = BenchLives(seed: seed, customers: 1_000)
    var warm: [BenchEvent] = []
    for _ in 0..<1_000 { warm.append(first.warming()) }
    try await source.append(warm)
    try await settle(cluster)
  }

  /// Appends events as fast as it goes and waits until Scoring has applied them.
  private func apply(
    _ what: String, _ count: Int, _ cluster: Cluster, _ next: () -> BenchEvent
  ) async throws -> BenchRate {
    let (begin, before) = (ContinuousClock.now, usage.cpuMicros)
    var made = 0
    while made < count {
      var chunk: [BenchEvent] = []
      for _ in 0..<min(Self.chunk, count - made) { chunk.append(next()) }
      made += chunk.count
      try await source.append(chunk)
      terminal.progress("\(what) \(Terminal.bar(Double(made) / Double(count))) \(made.grouped)")
    }
    terminal.progress("\(what): waiting")
    try await settle(cluster)
    return BenchRate(
      operations: Int64(count), seconds: (ContinuousClock.now - begin) / .seconds(1),
      cpuMicros: usage.cpuMicros - before)
  }

  private func settle(_ cluster: Cluster) async throws {
    let payload = Frames([
      JSONWriter.object { writer in
        writer.key("positions")
        writer.array { writer in for position in source.positions { position.write(&writer) } }
      }
    ])
    let end = Monotonic.milliseconds() + Int64(Self.patienceMilliseconds)
    for replica in try cluster.replicas(of: .scoring) {
      while true {
        do {
          _ = try await cluster.ask(replica, "settled/wait", payload)
          break
        } catch  where Monotonic.milliseconds() < end { try await cluster.refresh() }
      }
    }
  }

  /// Single reads at an even pace while events go on at another.
  private func reads(_ lives: inout BenchLives, _ rate: Double, _ cluster: Cluster) async throws
    -> BenchScoringResult.Reads
  {
    terminal.progress("reads at \(Int(rate).grouped) events/s")
    let size = max(1, Int(rate / 50))
    var chunks: [[BenchEvent]] = []
    for _ in 0..<Int(rate * Self.readSeconds) / size { chunks.append((0..<size).map { _ in lives.next() }) }
    var asked = SplitMix64(seed: seed)
    let names = (0..<Int(Self.readSeconds * Self.readsPerSecond)).map { _ in
      BenchLives.name(asked.below(customers))
    }
    let (source, load) = (source, chunks)
    let feeding = Task {
      let begin = ContinuousClock.now
      for (place, chunk) in load.enumerated() {
        try await Task.sleep(until: begin + .seconds(Double(place * size) / rate), clock: .continuous)
        try await source.append(chunk)
      }
    }
    var latencies: [Double] = []
    let begin = ContinuousClock.now
    for (place, name) in names.enumerated() {
      try await Task.sleep(
        until: begin + .seconds(Double(place) / Self.readsPerSecond), clock: .continuous)
      let asked = ContinuousClock.now
      _ = try await cluster.customer(.scoring, Method.scores, name)
      latencies.append((ContinuousClock.now - asked) / .milliseconds(1))
    }
    try await feeding.value
    try await settle(cluster)
    return BenchScoringResult.Reads(rate: rate, latencies: latencies)
  }
}
