import ArgumentParser
import Foundation

/// `laurel up`: the five services as child processes.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Starts the five services and keeps them running until Ctrl-C.",
    discussion: """
      The services are child processes with logs in HOME/logs; one that ends is started again after 100 ms \
      to 5 s. Ctrl-C or SIGTERM ends all of them, waiting up to 10 s. They also end when this process is \
      killed. Settings such as LAUREL_ZONE are taken from the environment.
      """)

  @OptionGroup var options: HomeOptions

  @Option(help: "The port of the HTTP interface on this machine (default: LAUREL_HTTP, else 127.0.0.1:8080).")
  var port: Int?

  @Option(help: "system, or stepped: time then moves only by `clock/advance` at the gateway.")
  var clock: ClockChoice = .system

  func run() async throws {
    let home = options.folder
    try home.prepare()
    let lock = try UpLock(home)
    let environment = ProcessInfo.processInfo.environment
    let plans = ServicePlans(home: home, port: port, isStepped: clock == .stepped)
    let terminal = Terminal()
    let supervisor = Supervisor(try plans.plans(environment: environment)) { terminal.say($0) }
    let address = plans.address(environment: environment)
    _ = try await Keeper(supervisor: supervisor, run: home.run).keep {
      terminal.say("Laurel is up: http://\(address), key in \(home.adminKey), logs in \(home.logs)")
      await Self.forever()
    }
    terminal.say("stopped")
    _ = consume lock
  }

  /// Until the task is cancelled.
  static func forever() async {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    await withTaskCancellationHandler {
      for await _ in stream {}
    } onCancel: {
      continuation.finish()
    }
  }
}

/// Where the services' time comes from.
enum ClockChoice: String, ExpressibleByArgument, CaseIterable {
  case system, stepped
}
