import ArgumentParser
import Contracts
import Foundation
import Journal
import Storage
import Wire

/// `laurel db`: the stores themselves, while no service runs.
struct DbCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Makes, completes and moves the stores of an installation.",
    subcommands: [DbInitCommand.self, DbMigrateCommand.self, DbCopyCommand.self])
}

/// `laurel db init`: tables in five empty databases.
struct DbInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Creates the tables of all five stores, or checks those that are there.",
    discussion: """
      The databases themselves must exist on PostgreSQL; SQLite files are made. A service does the same for \
      its own store at its first start. A store of another service, of another number of partitions or of \
      another release is refused.
      """)

  @OptionGroup var options: StoreOptions

  @Option(help: "Into how many partitions customers are divided; fixed for the life of the stores.")
  var partitions = Partitioning.countDefault

  func validate() throws {
    guard (1...Partitioning.countMax).contains(partitions) else {
      throw ValidationError("--partitions is a number from 1 to \(Partitioning.countMax)")
    }
  }

  func run() async throws {
    let set = try options.set()
    var table = TextTable(["service", "store", "incarnation", ""])
    for service in ServiceName.allCases {
      let url = set.url(of: service)
      let (incarnation, isNew) = try StoreDesk.at(service) {
        let session = try StoreDesk.alone(url, service: service)
        defer { session.close() }
        return try StoreTables.open(
          session, of: service, partitions: partitions, incarnation: UUID().uuidString)
      }
      table.add([service.rawValue, "\(url)", incarnation, isNew ? "made" : "was there"])
    }
    Terminal.result(table.text)
  }
}

/// `laurel db migrate`: what a new release needs beyond what an old one made.
struct DbMigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Completes stores that an earlier release made.",
    discussion: """
      Tables that are missing are created; nothing is removed and no row is changed. A service does the same \
      for its own store when it starts; this does it for all before any starts. A store of a later release \
      is refused.
      """)

  @OptionGroup var options: StoreOptions

  func run() async throws {
    let set = try options.set()
    var table = TextTable(["service", "store", "created"])
    for service in ServiceName.allCases {
      let created = try StoreDesk.at(service) {
        let session = try StoreDesk.alone(set.url(of: service), service: service)
        defer { session.close() }
        return try Self.migrate(session, service)
      }
      table.add([service.rawValue, "\(set.url(of: service))", created.joined(separator: ", ")])
    }
    Terminal.result(table.text)
  }

  /// Gives the names of the tables that it made.
  static func migrate(_ session: Session, _ service: ServiceName) throws -> [String] {
    let before = Set(try session.tables().map(\.name))
    guard !before.isEmpty else {
      throw Fault("the store of \(service.rawValue) is empty", advice: "use `laurel db init`")
    }
    if service != .gateway {
      guard let survey = try StoreSurvey.read(session), survey.service == service else {
        throw Fault("this is no store of \(service.rawValue)", advice: "look at the URL")
      }
    }
    try StoreTables.create(session, of: service)
    return try session.tables().map(\.name).filter { !before.contains($0) }
  }
}
