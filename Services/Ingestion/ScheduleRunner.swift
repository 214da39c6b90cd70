import Contracts
import Hosting
import Journal
import Wire

/// Begins runs when their schedules want them, for the sources whose home partition is open here: so one
/// process does it for each source, and a run that is under way is not begun twice.
///
/// It follows the operator's clock, and rests where that is stepped: then runs are asked for.
struct ScheduleRunner: Sendable {
  /// From one look to the next, milliseconds.
  private static let lookMilliseconds = 1_000

  let sync: SyncHandler
  let zone: Zone
  var metrics: Metrics?

  private var node: IngestionNode { sync.node }

  /// Looks until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      if !node.settings.clock.isStepped { await look(now: node.settings.clock.now()) }
      try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
    }
  }

  /// Begins what is due at an instant (unix microseconds), and tells who is silent.
  func look(now: Int64) async {
    guard let definitions = try? await sync.run.definitions() else { return }
    let homes = Dictionary(grouping: definitions) { sync.run.home(of: $0.sourceName) }
    for (home, sources) in homes where node.main.isOpen(home) {
      guard let lives = try? await sync.ownLives(sources.map(\.sourceName), home) else { continue }
      for source in sources {
        let life = lives[source.sourceName] ?? SourceLife()
        measure(source, life.isSilent(source, now: now, in: zone))
        await begin(source, life, now)
      }
    }
  }

  private func begin(_ source: SourceDefinition, _ life: SourceLife, _ now: Int64) async {
    if life.last?.status == .running { return }
    guard let due = source.nextRun(life, zone), due <= now else { return }
    do { _ = try await sync.begin(source, isScheduled: true) } catch {
      node.settings.log("the run of '\(source.sourceName)' was not begun: \(error)")
    }
  }

  private func measure(_ source: SourceDefinition, _ isSilent: Bool) {
    metrics?.gauge(
      "laurel_source_silent", help: "Whether a source has been silent for much longer than it usually is.",
      labels: ["source": source.sourceName]
    ).set(isSilent ? 1 : 0)
  }
}
