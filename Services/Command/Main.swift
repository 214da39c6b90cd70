import ArgumentParser

/// The `laurel` command: runs an installation, feeds it, and looks after it.
@main
struct Laurel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "laurel",
    abstract: "Runs a loyalty programme's behaviour control layer: five services, one journal each.",
    discussion: "Start with `laurel demo`. All data is in the folder LAUREL_HOME (or --home).",
    version: Release.version,
    subcommands: [
      UpCommand.self, DemoCommand.self, SimulateCommand.self, IngestCommand.self, SourcesCommand.self,
      StatusCommand.self,
      RebuildCommand.self,
      AuditCommand.self, DbCommand.self, BackupCommand.self, RestoreCommand.self, RetainCommand.self,
      BenchCommand.self, HoldCommand.self, KeysCommand.self,
    ])
}
