import ArgumentParser
import Foundation

/// Which installation a subcommand means.
struct HomeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder that holds data and sockets (default: LAUREL_HOME, else ./laurel-home).",
      valueName: "folder"))
  var home: String?

  var folder: HomeFolder {
    let environment = ProcessInfo.processInfo.environment
    return HomeFolder(home ?? environment["LAUREL_HOME"] ?? "./laurel-home", run: environment["LAUREL_RUN"])
  }
}
