import Contracts
import Foundation
import Hosting
import Wire

/// The parts of a demonstration: its records, its run, and what stays up afterwards.
struct Demo: Sendable {
  let home: HomeFolder
  let plans: ServicePlans
  let environment: [String: String]
  let zone: Zone
  /// Unix microseconds.
  let machineNow: Int64
  let terminal = Terminal()

  /// What a run leaves behind.
  struct Outcome: Sendable {
    var report: DemoReport
    /// Whether the clock stays stepped.
    var stepped: Bool
  }

  init(home: HomeFolder, plans: ServicePlans, environment: [String: String], machineNow: Int64) throws {
    self.home = home
    self.plans = plans
    self.environment = environment
    self.machineNow = machineNow
    zone = try Self.zone(environment)
  }

  /// The operator's zone, LAUREL_ZONE.
  static func zone(_ environment: [String: String]) throws -> Zone {
    let name = environment["LAUREL_ZONE"] ?? "UTC"
    do throws(ZoneError) { return try Zone(named: name) } catch {
      throw Fault("LAUREL_ZONE is \(name): \(error)", advice: "name a zone such as Europe/Berlin")
    }
  }

  /// One's own records, or the files of a simulated operator that end yesterday; a home that has had a
  /// simulation goes on with it.
  func input(path: String?, source: String?, customers: Int, days: Int, seed: UInt64) throws -> DemoInput {
    if let path, let source { return .data(try DemoData(path: path, source: try SourceFile(path: source))) }
    let last = DemoRecord.read(home)?.last ?? zone.day(ofMicros: machineNow) - 1
    let simulation = Simulation(seed: seed, customers: customers, days: days, last: last, zone: zone)
    return .feeds(DemoFeeds(home: home.path, simulation: simulation))
  }

  /// Starts the services, feeds the records, asks what happened; nil when a signal came. `checks` folds
  /// everything again and audits.
  func run(_ input: DemoInput, checks: Bool) async throws -> Outcome? {
    var record = input.record
    if let before = DemoRecord.read(home) {
      guard before.isSame(as: record) else {
        throw Fault("\(home.path) has a run of \(before.source)", advice: "begin anew with --fresh")
      }
      record = before
    }
    try record.write(home)
    return try await keeper(stepped: record.stepped).keep { [record] in
      try await Cluster.with(home) { cluster in
        var record = record
        var report =
          switch input {
          case .data(let data): try await feed(data, cluster, &record)
          case .feeds(let feeds): try await feed(feeds, cluster, &record)
          }
        if checks { try await report.check(cluster, terminal) }
        terminal.clear()
        return Outcome(report: report, stepped: record.stepped)
      }
    }
  }

  private func keeper(stepped: Bool) throws -> Keeper {
    var plans = plans
    plans.isStepped = stepped
    plans.more["LAUREL_CLOCK"] = stepped ? "stepped" : "system"
    let terminal = terminal
    let supervisor = Supervisor(try plans.plans(environment: environment)) { terminal.say($0) }
    return Keeper(supervisor: supervisor, run: home.run)
  }

  private func feed(
    _ data: DemoData, _ cluster: Cluster, _ record: inout DemoRecord
  ) async throws -> DemoReport {
    try await RecordSender.register(data.source, cluster)
    let run = DemoRun(cluster: cluster, data: data, zone: zone, terminal: terminal, machineNow: machineNow)
    let outcomes = try await run.preview()
    let result: DemoRun.Result
    if record.finished {
      result = try await run.again()
    } else {
      let latest = machineNow + Day.micros
      guard
        let plan = DayPlan(
          instants: outcomes.map(\.at), plausible: Self.earliest...latest, zone: zone)
      else { throw Fault("no record of \(data.path) has a time", advice: "check `timestamp` in the source") }
      let end = plan.end(today: zone.day(ofMicros: machineNow))
      guard end - plan.first <= DayPlan.daysMax else {
        throw Fault(
          "the records are of \(plan.first) to \(plan.last), over \(DayPlan.daysMax) days",
          advice: "use `laurel ingest` for them")
      }
      result = try await run.step(plan, end: end)
      try finish(&record, end)
    }
    return try await DemoReport(result, cluster, data, outcomes)
  }

  private func feed(
    _ feeds: DemoFeeds, _ cluster: Cluster, _ record: inout DemoRecord
  ) async throws -> DemoReport {
    let expected = try feeds.prepare(terminal)
    let total = expected.values.reduce(0) { $0 + $1.lines }
    let run = FeedRun(cluster: cluster, feeds: feeds, terminal: terminal, total: total)
    try await run.register()
    let result: DemoRun.Result
    if record.finished {
      result = try await run.again()
    } else {
      result = try await run.step()
      try finish(&record, feeds.simulation.last + 1)
    }
    return try await DemoReport(result, cluster, feeds, expected)
  }

  /// The clock stays stepped unless the run ended today.
  private func finish(_ record: inout DemoRecord, _ end: Day) throws {
    record.finished = true
    record.stepped = end != zone.day(ofMicros: machineNow)
    try record.write(home)
  }

  /// 2000-01-01, unix microseconds: no record is older (domain.md 1).
  private static let earliest: Int64 = 946_684_800_000_000

  /// Keeps the services up until a signal, on the system's clock if the run ended today.
  func stay(_ outcome: Outcome) async throws {
    _ = try await keeper(stepped: outcome.stepped).keep {
      Terminal.result(farewell(outcome))
      await UpCommand.forever()
    }
    terminal.say("stopped")
  }

  /// Where it is reached and what to try.
  private func farewell(_ outcome: Outcome) -> String {
    let base = "http://\(plans.address(environment: environment))/api/loyalty/v1"
    let key = "-H \"Authorization: Bearer $(cat '\(home.adminKey)')\""
    let customer = outcome.report.story?.customer ?? "C-1001"
    let now = outcome.stepped ? outcome.report.result.end : ServiceClock.machineMicroseconds()
    let call = JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("event_type", "CALL_OUTGOING")
      writer.member("value", 60)
      writer.member("timestamp", RFC3339.text(micros: now))
    }
    let clock =
      outcome.stepped
      ? "The clock stays stepped at \(RFC3339.text(micros: now)), since the records are not of these days."
      : "The clock is the system's from now on."
    return """

      Laurel is up: http://\(plans.address(environment: environment))  (key in \(home.adminKey))
      \(clock)

      curl \(key) \(base)/customers/\(customer)/
      curl \(key) -H 'Content-Type: application/json' -d '[\(String(decoding: call, as: UTF8.self))]' \
      \(base)/customer-events/batch/
      curl \(key) -H 'Content-Type: application/json' -d '{"customer_id":"\(customer)"}' \
      \(base)/missions/generate-for-customer/

      Ctrl-C stops it.
      """
  }
}
