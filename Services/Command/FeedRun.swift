import Contracts
import Wire

/// Lets a simulated operator's files arrive day by day and the sources' connectors read them.
struct FeedRun: Sendable {
  let cluster: Cluster
  let feeds: DemoFeeds
  let terminal: Terminal
  /// Records of all feeds, for the progress shown.
  let total: Int

  private var simulation: Simulation { feeds.simulation }

  /// Creates the sources.
  func register() async throws {
    for feed in Feed.allCases { try await RecordSender.register(feeds.source(feed), cluster) }
  }

  /// All days, each with its files at its end; files of days that were done before are read no second time.
  func step() async throws -> DemoRun.Result {
    let begin = Monotonic.milliseconds()
    let clock = StepClock(cluster: cluster)
    var result = DemoRun.Result()
    for day in simulation.first...simulation.last {
      let midnight = simulation.zone.start(of: day + 1)
      try feeds.arrive(day)
      try await clock.advance(to: midnight - Micros.second)
      result.records += try await sync()
      try await clock.advance(to: midnight)
      result.days += 1
      result.end = midnight
      result.milliseconds = Monotonic.milliseconds() - begin
      tell(day, result)
    }
    terminal.clear()
    return result
  }

  /// Runs all connectors once more: what was read is known, so that nothing happens twice.
  func again() async throws -> DemoRun.Result {
    let begin = Monotonic.milliseconds()
    var result = DemoRun.Result()
    result.records = try await sync()
    result.end = simulation.zone.start(of: simulation.last + 1)
    result.milliseconds = Monotonic.milliseconds() - begin
    return result
  }

  /// Runs all connectors at once, waits until their records have had their effects, and gives their number.
  private func sync() async throws -> Int {
    let records = try await withThrowingTaskGroup(of: Int.self) { group in
      for feed in Feed.allCases {
        group.addTask { try await ServiceJob.sync(feed.source, cluster) }
      }
      return try await group.reduce(0, +)
    }
    try await StepClock(cluster: cluster).settle(try await cluster.heads(of: .events))
    return records
  }

  private func tell(_ day: Day, _ result: DemoRun.Result) {
    let part = Double(result.days) / Double(simulation.days)
    terminal.progress(
      "\(Terminal.bar(part)) \(day)  \(result.records.grouped) of \(total.grouped) records, "
        + "\(result.recordsPerSecond.grouped)/s with all effects")
  }
}
