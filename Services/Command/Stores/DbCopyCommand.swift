import ArgumentParser
import Contracts
import Journal
import Storage
import Wire

/// `laurel db copy`: an installation moves to other databases.
struct DbCopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy", abstract: "Moves an installation to other stores, as from SQLite to PostgreSQL.",
    discussion: """
      The services must be stopped. The targets must be empty databases. Every table is read again at the \
      end and compared by its number of rows and a checksum; the source is not changed. After it: start the \
      services on the new stores and run `laurel audit`.
      """)

  @Option(help: ArgumentHelp("sqlite:FOLDER, or a URL with {service} in it.", valueName: "url"))
  var from: String

  @Option(help: ArgumentHelp("The same, for where it goes.", valueName: "url"))
  var to: String

  func run() async throws {
    let (source, target) = (try StoreSet(from), try StoreSet(to))
    let terminal = Terminal()
    let begin = Monotonic.milliseconds()
    let sessions = try Self.open(source, target)
    defer { for pair in sessions { pair.close() } }
    try Self.check(sessions)
    var table = TextTable(["service", "table", "rows", "checksum"])
    var rows: Int64 = 0
    for pair in sessions {
      let sums = try StoreDesk.at(pair.service) { try pair.copy(terminal) }
      for (name, sum) in sums.sorted(by: { $0.key < $1.key }) where sum.count > 0 {
        rows += sum.count
        table.add([pair.service.rawValue, name, Int(sum.count).grouped, String(sum.sum, radix: 16)])
      }
    }
    terminal.clear()
    let seconds = Double(Monotonic.milliseconds() - begin) / 1_000
    Terminal.result(table.text)
    Terminal.result(
      "\(Int(rows).grouped) rows from \(source.description) to \(target.description) in "
        + "\(Int(seconds.rounded())) s, all equal; start the services there and run `laurel audit`")
  }

  /// All are opened before anything is written, the gateway last: with it the target is whole.
  private static func open(_ source: StoreSet, _ target: StoreSet) throws -> [StorePair] {
    var pairs: [StorePair] = []
    do {
      for service in ServiceName.allCases.filter({ $0 != .gateway }) + [.gateway] {
        pairs.append(try StorePair(service, from: source.url(of: service), to: target.url(of: service)))
      }
    } catch {
      for pair in pairs { pair.close() }
      throw error
    }
    return pairs
  }

  private static func check(_ pairs: [StorePair]) throws {
    let surveys = try pairs.compactMap { pair in
      try StoreDesk.at(pair.service) { try StoreSurvey.read(pair.source) }
    }
    guard surveys.count == ServiceName.allCases.count - 1 else {
      throw Fault("the source has no stores of all services", advice: "look at --from")
    }
    if let first = StoreSurvey.disagreements(surveys).first {
      throw Fault("the source is not sound: \(first)", advice: "restore it from a backup first")
    }
  }
}

/// A service's store, and where it goes.
private struct StorePair {
  let service: ServiceName
  let source: Session
  let target: Session

  init(_ service: ServiceName, from: DatabaseURL, to: DatabaseURL) throws {
    self.service = service
    if let file = from.file, !StoreFile.exists(file) {
      throw Fault("there is no store \(from)", advice: "look at --from")
    }
    source = try StoreDesk.at(service) { try StoreDesk.alone(from, service: service) }
    do {
      target = try StoreDesk.at(service) { try StoreDesk.alone(to, service: service) }
    } catch {
      source.close()
      throw error
    }
    if let filled = try StoreDesk.at(service, { try StoreCopy.filled(target) }) {
      close()
      throw Fault(
        "\(to) is not empty: table \(filled.table) has \(filled.rows) rows",
        advice: "name empty databases with --to; nothing was written")
    }
  }

  func close() {
    source.close()
    target.close()
  }

  func copy(_ terminal: Terminal) throws -> [String: EntrySum] {
    try StoreCopy(from: source, to: target, service: service).run { table, rows, isDone in
      if !isDone { terminal.progress("\(service.rawValue), \(table): \(Int(rows).grouped) rows") }
    }
  }
}
