import ArgumentParser
import Contracts
import Foundation
import Glibc
import Hosting
import Journal
import Storage
import Wire

/// `laurel backup`: all stores into one folder, while the services go on.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies the five stores into a new folder while the services go on.",
    discussion: """
      SQLite stores by SQLite's own copy (VACUUM INTO), PostgreSQL by pg_dump. Followers are copied before \
      what they follow, so that all of them together can go on from there; the manifest says how far each \
      had come, and `sha256sum` of each file. admin.key is not part of it: keep it where secrets are kept.
      """)

  @OptionGroup var options: StoreOptions

  @Option(help: ArgumentHelp("The folder to make; it must not exist.", valueName: "folder"))
  var out: String

  func run() async throws {
    let set = try options.set()
    let terminal = Terminal()
    let begin = Monotonic.milliseconds()
    let folder = URL(fileURLWithPath: out).standardizedFileURL.path
    let manifest = try Backup.take(
      set, into: folder, at: ServiceClock.machineMilliseconds() * 1_000, terminal)
    terminal.clear()
    Terminal.result(BackupReport.table(manifest))
    let seconds = Double(Monotonic.milliseconds() - begin) / 1_000
    Terminal.result("backup of \(set.description) in \(folder), \(Int(seconds.rounded())) s")
  }
}

/// A backup while it is taken.
enum Backup {
  /// How often all is taken again because definitions moved in between.
  private static let triesMax = 3

  /// Takes all stores; what was cut short leaves `FOLDER.part`.
  static func take(_ set: StoreSet, into folder: String, at: Int64, _ terminal: Terminal) throws -> Manifest {
    guard !StoreFile.exists(folder) else {
      throw Fault("\(folder) is there already", advice: "name a new folder with --out")
    }
    let draft = folder + ".part"
    var disagreement = ""
    for _ in 0..<triesMax {
      let manifest = try all(set, draft, at, terminal)
      // The definitions go round in a circle, so no order of copying serves all; they seldom move.
      disagreement = StoreSurvey.disagreements(manifest.stores.compactMap(\.survey)).first ?? ""
      guard disagreement.isEmpty else { continue }
      try Data(manifest.text + [0x0A]).write(to: URL(fileURLWithPath: "\(draft)/\(Manifest.name)"))
      guard rename(draft, folder) == 0 else {
        throw Fault("\(draft) cannot be renamed to \(folder): \(String(cString: strerror(errno)))")
      }
      return manifest
    }
    throw Fault("the stores do not agree: \(disagreement)", advice: "run `laurel audit`")
  }

  private static func all(
    _ set: StoreSet, _ draft: String, _ at: Int64, _ terminal: Terminal
  ) throws -> Manifest {
    let files = FileManager.default
    if StoreFile.exists(draft) { try files.removeItem(atPath: draft) }
    do {
      try files.createDirectory(
        atPath: draft, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw Fault("\(draft) cannot be made", advice: "name a folder that you may write with --out") }
    var manifest = Manifest(engine: set.engine, at: at)
    for service in ServiceName.allCases.reversed() {
      terminal.progress("backup: \(service.rawValue)")
      manifest.stores.append(
        try StoreDesk.at(service) { try store(set.url(of: service), service, draft) })
    }
    return manifest
  }

  private static func store(
    _ url: DatabaseURL, _ service: ServiceName, _ folder: String
  ) throws -> Manifest.Store {
    let session = try StoreDesk.reading(url)
    defer { session.close() }
    let file = "\(service.rawValue).\(url.engine == .sqlite ? "sqlite" : "dump")"
    let path = "\(folder)/\(file)"
    if url.engine == .postgres {
      return try session.transaction(.snapshot) { session in
        let named = try session.query("SELECT pg_export_snapshot()::text") { $0.text(0) }.first ?? ""
        try Program.run(
          "pg_dump", ["--format=custom", "--no-owner", "--no-acl", "--snapshot=\(named)", "--file=\(path)"],
          environment: url.programEnvironment)
        return try described(session, service, file, path)
      }
    }
    try session.copy(to: path)
    let copy = try StoreDesk.reading(try DatabaseURL("sqlite:\(path)"))
    defer {
      copy.close()
      for companion in ["-wal", "-shm"] { unlink(path + companion) }
    }
    return try described(copy, service, file, path)
  }

  private static func described(
    _ session: Session, _ service: ServiceName, _ file: String, _ path: String
  ) throws -> Manifest.Store {
    let survey = service == .gateway ? nil : try StoreSurvey.read(session)
    guard service == .gateway || survey?.service == service else {
      throw Fault("this is no store of \(service.rawValue)", advice: "look at --stores")
    }
    let (digest, bytes) = try FileDigest.of(path)
    return Manifest.Store(
      service: service, file: file, bytes: bytes, digest: digest, tables: try sums(session), survey: survey)
  }

  /// What each table holds, by name.
  static func sums(_ session: Session) throws -> [String: EntrySum] {
    var sums: [String: EntrySum] = [:]
    for table in try session.tables() { sums[table.name] = try StoreCopy.sum(session, table) }
    return sums
  }
}

/// What is said of a backup.
enum BackupReport {
  static func table(_ manifest: Manifest) -> String {
    var table = TextTable(["service", "file", "bytes", "rows", "entries"])
    for store in manifest.stores {
      let rows = store.tables.values.reduce(0) { $0 + $1.count }
      let entries = store.survey.map { $0.heads.values.reduce(0, +) } ?? 0
      table.add([
        store.service.rawValue, store.file, Int(store.bytes).grouped, Int(rows).grouped,
        Int(entries).grouped,
      ])
    }
    return table.text
  }
}
