import ArgumentParser

/// `laurel bench`: what this build costs on this machine.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures this build on this machine, against plain C where there is one.",
    discussion: "Needs a release build; other work on the machine makes all figures worse.",
    subcommands: [
      BenchRPCCommand.self, BenchJournalCommand.self, BenchPipelineCommand.self, BenchScoringCommand.self,
      BenchRPCServerCommand.self,
      BenchRPCClientCommand.self, BenchEdgeCommand.self, BenchRowsCommand.self,
    ])

  /// Says on standard error what makes the figures useless.
  static func warn(_ terminal: Terminal) {
    #if DEBUG
      terminal.say("This is a debug build: its figures mean nothing. Build with `swift build -c release`.")
    #endif
  }

  static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
}
