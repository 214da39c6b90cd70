import ArgumentParser
import Contracts
import Foundation
import Hosting
import Wire

/// `laurel bench pipeline`: records from a file to their last effects through the five processes.
struct BenchPipelineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline", abstract: "A file of records through the five processes on SQLite.",
    discussion: """
      Starts the services on a temporary home, feeds call records as `laurel ingest` does and waits \
      until all have had their effects in Badging; then half that load for latency, and an audit. All \
      customers are there before, 20,000 of them with missions; that part is not measured. The exit code \
      is 0 when the audit is clean.
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(help: "How many records.")
  var events = 500_000

  @Option(help: "Of how many customers.")
  var customers = 20_000

  @Option(help: "The same seed gives the same records.")
  var seed: UInt64 = 1

  @Flag(help: "The same for 10,000, 100,000 and 1,000,000 customers, one after the other.")
  var growth = false

  func validate() throws {
    guard events > 0, (1...10_000_000).contains(customers) else {
      throw ValidationError("--events is at least 1, --customers 1 to 10000000")
    }
  }

  func run() async throws {
    let terminal = Terminal()
    BenchCommand.warn(terminal)
    var results: [BenchPipelineResult] = []
    for customers in growth ? BenchPipelineResult.growthCustomers : [customers] {
      guard let result = try await measure(customers, terminal) else { return terminal.say("stopped") }
      results.append(result)
      guard result.audit.isClean(false) else { break }
    }
    if growth {
      Terminal.result(json ? BenchPipelineResult.json(results) : BenchPipelineResult.table(results))
    } else {
      Terminal.result(json ? results[0].json : results[0].text)
    }
    guard results.allSatisfy({ $0.audit.isClean(false) }) else { throw Fault("the audit is not clean") }
  }

  /// One run on a home of its own; nil when it was interrupted.
  private func measure(_ customers: Int, _ terminal: Terminal) async throws -> BenchPipelineResult? {
    let folder = try BenchFolder()
    let home = HomeFolder(folder.path)
    try home.prepare()
    var plans = ServicePlans(home: home, isEmbedded: true)
    // The kernel chooses a free port.
    plans.port = 0
    let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LAUREL_") }
    let supervisor = Supervisor(try plans.plans(environment: own)) { terminal.say($0) }
    let pipeline = BenchPipeline(
      home: home, supervisor: supervisor, terminal: terminal, events: events, customers: customers,
      seed: seed, machineNow: ServiceClock.machineMicroseconds())
    let result = try await Keeper(supervisor: supervisor, run: home.run).keep {
      try await Cluster.with(home) { try await pipeline.run($0) }
    }
    _ = consume folder
    return result
  }
}

/// Feeds the services and watches their processes.
struct BenchPipeline: Sendable {
  /// The time over which records are spread, up to now.
  private static let spread = 20 * Day.micros
  /// How long the half load lasts at most, seconds.
  private static let halfLoadSeconds = 10.0
  /// Customers who have missions, at most.
  private static let missionsMax = 20_000
  /// Chunks a second at half load.
  private static let chunksPerSecond = 100.0

  let home: HomeFolder
  let supervisor: Supervisor
  let terminal: Terminal
  let events: Int
  let customers: Int
  let seed: UInt64
  /// Unix microseconds.
  let machineNow: Int64

  func run(_ cluster: Cluster) async throws -> BenchPipelineResult {
    let source = try SourceFile(yaml: ExampleSource.calls, origin: "calls.yaml")
    try await RecordSender.register(source, cluster)
    // The half load takes up to half as many again.
    let step = Self.spread / Int64(customers + events + events / 2 + 1)
    var calls = BenchCalls(seed: seed, customers: customers, start: machineNow - Self.spread, step: step)
    let path = home.path + "/calls.csv"
    terminal.progress("\(customers.grouped) customers")
    try calls.writeActivations(to: path)
    _ = try await full("customers", path, customers, source, cluster)
    terminal.progress("missions")
    try await ServiceJob.generate(calls.names(Self.missionsMax), cluster)
    terminal.progress("writing \(events.grouped) records")
    try calls.write(events, to: path)
    let full = try await full("full", path, events, source, cluster)
    terminal.progress("half of \(Int(full.perSecond).grouped) events/s")
    let half = try await half(&calls, full.perSecond / 2, source, cluster)
    let peaks = usage.mapValues(\.peakBytes)
    let audit = try await Audit.run(cluster, terminal)
    terminal.clear()
    return BenchPipelineResult(
      events: events, customers: customers, full: full, half: half, peakBytes: peaks, audit: audit)
  }

  /// What each process has used so far, this one among them.
  private var usage: [String: BenchUsage] {
    var usage = ["command": BenchUsage.own]
    for child in supervisor.children {
      if let process = child.process { usage[child.plan.name] = BenchUsage.of(process) }
    }
    return usage
  }

  /// The whole file as fast as it goes.
  private func full(
    _ run: String, _ path: String, _ events: Int, _ source: SourceFile, _ cluster: Cluster
  ) async throws -> BenchPipelineResult.Full {
    var file = try DataFile(path, source.format)
    let sender = RecordSender(cluster: cluster, source: source.name, run: run, header: file.header)
    var (tally, sent, positions) = (FateTally(), 0, [Position]())
    let before = usage
    let begin = Monotonic.milliseconds()
    try await sender.send {
      guard let chunk = try file.chunk(from: sent) else { return nil }
      sent = chunk.to
      return chunk
    } _: { chunk, answer in
      tally.add(answer, records: chunk.records.count)
      positions += answer.positions ?? []
      terminal.progress("\(Terminal.bar(Double(tally.records) / Double(events))) \(tally.records.grouped)")
    }
    let accepted = Monotonic.milliseconds() - begin
    terminal.progress("waiting for all effects")
    try await StepClock(cluster: cluster).settle(positions)
    let settled = Monotonic.milliseconds() - begin
    let cpu = usage.mapValues(\.cpuMicros).merging(before.mapValues(\.cpuMicros)) { $0 - $1 }
    guard tally.accepted == events else {
      throw Fault("\(tally.accepted) of \(events) records were accepted", advice: tally.reasons)
    }
    return BenchPipelineResult.Full(
      events: events, acceptedMilliseconds: accepted, settledMilliseconds: settled, cpuMicros: cpu)
  }

  /// Records at an even pace: for each chunk the time from its answer to its last effects.
  private func half(
    _ calls: inout BenchCalls, _ rate: Double, _ source: SourceFile, _ cluster: Cluster
  ) async throws -> BenchPipelineResult.Half {
    let sender = RecordSender(
      cluster: cluster, source: source.name, run: "half", header: Array(BenchCalls.header.utf8)[...])
    let size = min(max(Int(rate / Self.chunksPerSecond), 1), Chunk.recordsMax)
    let chunks = max(1, min(events / 2, Int(rate * Self.halfLoadSeconds)) / size)
    let pause = Duration.seconds(Double(size) / max(rate, 1))
    let begin = ContinuousClock.now
    return try await withThrowingTaskGroup(of: Double.self) { group in
      for place in 0..<chunks {
        var chunk = Chunk(from: place * size)
        for _ in 0..<size { chunk.append(calls.next()[...]) }
        try await Task.sleep(until: begin + pause * place, clock: .continuous)
        group.addTask { [chunk] in
          let answer = try await sender.send(chunk)
          let accepted = ContinuousClock.now
          try await StepClock(cluster: cluster).settle(answer.positions ?? [])
          return (ContinuousClock.now - accepted) / .milliseconds(1)
        }
      }
      var latencies: [Double] = []
      for try await latency in group { latencies.append(latency) }
      return BenchPipelineResult.Half(rate: rate, chunkRecords: size, latencies: latencies)
    }
  }
}
