import ArgumentParser
import Foundation
import Hosting
import Wire

/// `laurel demo`: two months in a few minutes.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Runs two months of a simulated operator through the five services and stays up.",
    discussion: """
      Starts the services on SQLite with a stepped clock, in HOME/demo. A simulated operator's systems \
      write files; each day's files are fetched by their sources' connectors at its end, and at midnight \
      scores are swept, missions expire and new ones are given. Then it shows what happened and stays up. A \
      second run finds no new file; --fresh begins anew. With --data and --source one's own records are fed \
      instead, day by day until 8 days after the last. LAUREL_ZONE is the zone of the days (default UTC).
      """)

  @OptionGroup var options: HomeOptions

  @Option(help: "A file of records instead of simulated ones; needs --source.")
  var data: String?

  @Option(help: ArgumentHelp("What the records of --data mean.", valueName: "file.yaml"))
  var source: String?

  @Option(help: "Simulated customers.")
  var customers = Simulation.customersDefault

  @Option(help: "Simulated days, the last one is yesterday.")
  var days = Simulation.daysDefault

  @Option(help: "The same seed gives the same records.")
  var seed: UInt64 = 1

  @Flag(help: "Empty HOME/demo first.")
  var fresh = false

  @Flag(
    help: "Fold everything again, audit, and end instead of staying up; the exit code is 0 when all is clean."
  )
  var exit = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(help: "The port of the HTTP interface on this machine.")
  var port: Int?

  func validate() throws {
    guard (data == nil) == (source == nil) else {
      throw ValidationError("--data and --source belong together: the records and what they mean")
    }
    guard (1...Simulation.customersMax).contains(customers), (1...Simulation.daysMax).contains(days)
    else {
      throw ValidationError(
        "--customers is 1 to \(Simulation.customersMax), --days 1 to \(Simulation.daysMax)")
    }
  }

  func run() async throws {
    let home = options.folder.demo
    try home.prepare()
    let lock = try UpLock(home)
    if fresh { try home.empty() }
    let isClean = try await perform(home)
    _ = consume lock
    guard isClean else {
      throw Fault("the result is not clean", advice: "see the differences and findings above")
    }
  }

  private func perform(_ home: HomeFolder) async throws -> Bool {
    let environment = ProcessInfo.processInfo.environment
    let demo = try Demo(
      home: home, plans: ServicePlans(home: home, port: port, isEmbedded: true), environment: environment,
      machineNow: ServiceClock.machineMicroseconds())
    let input = try demo.input(path: data, source: source, customers: customers, days: days, seed: seed)
    guard let outcome = try await demo.run(input, checks: exit) else {
      demo.terminal.say("stopped")
      return true
    }
    let report = outcome.report
    let text = json ? report.json : report.text
    if exit {
      Terminal.result(text)
      return report.isClean
    }
    Terminal.result(text)
    try await demo.stay(outcome)
    return true
  }
}
