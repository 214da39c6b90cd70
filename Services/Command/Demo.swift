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

  /// The given records, or generated ones that end yesterday; a home that has a run keeps its file.
  func data(path: String?, source: String?, customers: Int, days: Int, seed: UInt64) throws -> DemoData {
    if let path, let source { return try DemoData(path: path, source: try SourceFile(path: source)) }
    let file = home.path + "/calls.csv"
    let yesterday = zone.day(ofMicros: machineNow) - 1
    try DemoData.generate(
      CallGenerator(seed: seed, customers: customers, days: days, last: yesterday, zone: zone), to: file)
    return try DemoData(path: file, source: try SourceFile(yaml: ExampleSource.calls, origin: "calls.yaml"))
  }

  /// Starts the services, feeds the records, asks what happened; nil when a signal came. `checks` folds
  /// everything again and audits.
  func run(_ data: DemoData, checks: Bool) async throws -> Outcome? {
    var record = DemoRecord(
      data: data.path, bytes: data.records.reduce(0) { $0 + $1.count }, source: data.source.name)
    if let before = DemoRecord.read(home) {
      guard before.isSame(as: record) else {
        throw Fault("\(home.path) has a run of \(before.data)", advice: "begin anew with --fresh")
      }
      record = before
    }
    try record.write(home)
    return try await keeper(stepped: record.stepped).keep { [record] in
      try await Cluster.with(home) { cluster in
        try await feed(data, cluster, record, checks: checks)
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
    _ data: DemoData, _ cluster: Cluster, _ before: DemoRecord, checks: Bool
  ) async throws -> Outcome {
    try await RecordSender.register(data.source, cluster)
    let run = DemoRun(cluster: cluster, data: data, zone: zone, terminal: terminal, machineNow: machineNow)
    let outcomes = try await run.preview()
    let result: DemoRun.Result
    var record = before
    if before.finished {
      result = try await run.again()
    } else {
      let latest = machineNow + Day.micros
      guard
        let plan = DayPlan(
          instants: outcomes.map(\.at), plausible: Self.earliest...latest, zone: zone)
      else { throw Fault("no record of \(data.path) has a time", advice: "check `timestamp` in the source") }
      let today = zone.day(ofMicros: machineNow)
      let end = plan.end(today: today)
      guard end - plan.first <= DayPlan.daysMax else {
        throw Fault(
          "the records are of \(plan.first) to \(plan.last), over \(DayPlan.daysMax) days",
          advice: "use `laurel ingest` for them")
      }
      result = try await run.step(plan, end: end)
      record.finished = true
      record.stepped = end != today
      try record.write(home)
    }
    var report = try await DemoReport(result, cluster, data, outcomes)
    if checks { try await report.check(cluster, terminal) }
    terminal.clear()
    return Outcome(report: report, stepped: record.stepped)
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
