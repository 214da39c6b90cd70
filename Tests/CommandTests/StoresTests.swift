import Contracts
import Foundation
import Journal
import Storage
import Support
import Testing
import Wire

@testable import Command

/// Backups and restores of five stores, on both engines.
@Suite(.serialized) struct StoresTests {
  private let scratch: ScratchFolder
  private let terminal = Terminal()

  init() throws { scratch = try ScratchFolder() }

  /// Five empty databases.
  private func places(_ engine: Engine, _ name: String) throws -> StoreSet {
    if engine == .sqlite {
      let folder = "\(scratch.path)/\(name)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      return try StoreSet("sqlite:\(folder)")
    }
    let first = try PrivatePostgres.shared().freshDatabaseText()
    let server = try Session.open(try DatabaseURL(first))
    defer { server.close() }
    let prefix = "\(name)_\(UUID().uuidString.prefix(8).lowercased())"
    for service in ServiceName.allCases { try server.script("CREATE DATABASE \(prefix)_\(service)") }
    let base = first.split(separator: "/").dropLast().joined(separator: "/")
    return try StoreSet(base.replacingOccurrences(of: ":/", with: "://") + "/\(prefix)_{service}")
  }

  /// Stores that agree: each ends at `heads` and has followed what it follows to there.
  private func fill(_ set: StoreSet, heads: Int64 = 7) throws {
    for service in ServiceName.allCases {
      let session = try Session.open(set.url(of: service))
      defer { session.close() }
      _ = try StoreTables.open(session, of: service, partitions: 2, incarnation: "\(service)-life")
      if service == .gateway {
        try session.execute(
          "INSERT INTO api_key(number, name, role, digest, created_at) VALUES(1, 'n', 'admin', ?1, 1)",
          [.blob([1])])
      } else {
        try put(session, service, head: heads, followed: heads)
      }
    }
  }

  private func put(_ session: Session, _ service: ServiceName, head: Int64, followed: Int64) throws {
    var progress = Progress()
    progress.head = head
    if service != .ingestion {
      progress[.events].number = followed
      progress[.events].incarnation = "ingestion-life"
    }
    try session.execute("DELETE FROM progress")
    for partition in 0...2 as ClosedRange<Int64> {
      try session.execute(
        "INSERT INTO progress(partition, head, intake, row) VALUES(?1, ?2, 0, ?3)",
        [.integer(partition), .integer(head), .blob(progress.packed)])
    }
  }

  private func sums(_ set: StoreSet) throws -> [ServiceName: [String: EntrySum]] {
    var sums: [ServiceName: [String: EntrySum]] = [:]
    for service in ServiceName.allCases {
      let session = try StoreDesk.reading(set.url(of: service))
      sums[service] = try Backup.sums(session)
      session.close()
    }
    return sums
  }

  private func restore(_ folder: String, to set: StoreSet, only: [ServiceName]? = nil, replaces: Bool = false)
    throws
  {
    let manifest = try Manifest(folder: folder)
    let restore = Restore(folder: folder, manifest: manifest, set: set, replaces: replaces)
    let services = only ?? manifest.stores.map(\.service)
    try restore.check(services) { _ in }
    for service in services { try restore.put(service) }
  }

  @Test(arguments: Engine.tested) func aBackupComesBackElsewhere(_ engine: Engine) throws {
    let set = try places(engine, "one")
    try fill(set)
    let folder = "\(scratch.path)/backup"
    // Another session that is at work does not stand in the way.
    let busy = try Session.open(set.url(of: .scoring))
    try busy.execute("DELETE FROM lease WHERE partition = 99")
    let manifest = try Backup.take(set, into: folder, at: 1_780_000_000_000_000, terminal)
    busy.close()
    #expect(try Manifest(folder: folder) == manifest)
    #expect(manifest.stores.map(\.service) == ServiceName.allCases.reversed())
    #expect(manifest.store(of: .scoring)?.survey?.heads == [0: 7, 1: 7, 2: 7])
    #expect(throws: Fault.self) { try Backup.take(set, into: folder, at: 0, terminal) }

    let elsewhere = try places(engine, "two")
    try restore(folder, to: elsewhere)
    #expect(try sums(elsewhere) == sums(set))
    let refusal = #expect(throws: Fault.self) { try restore(folder, to: elsewhere) }
    #expect(refusal?.advice.contains("--replace") == true)
    let session = try Session.open(elsewhere.url(of: .missions))
    try put(session, .missions, head: 900, followed: 3)
    session.close()
    try restore(folder, to: elsewhere, replaces: true)
    #expect(try sums(elsewhere) == sums(set))
  }

  @Test(arguments: Engine.tested) func whatWouldNotAgreeIsRefused(_ engine: Engine) throws {
    let set = try places(engine, "old")
    try fill(set)
    let folder = "\(scratch.path)/backup"
    _ = try Backup.take(set, into: folder, at: 0, terminal)
    // Both go on after the backup: Ingestion alone cannot go back.
    for service in [ServiceName.ingestion, .scoring] {
      let session = try Session.open(set.url(of: service))
      try put(session, service, head: 9, followed: 8)
      session.close()
    }
    let before = try sums(set)
    let refusal = #expect(throws: Fault.self) {
      try restore(folder, to: set, only: [.ingestion], replaces: true)
    }
    #expect(refusal?.what.contains("followed events up to 8") == true, "\(refusal?.what ?? "")")
    #expect(refusal?.advice.contains("all services") == true)
    #expect(try sums(set) == before)
    // Missions was not ahead, so its store alone may come back.
    try restore(folder, to: set, only: [.missions], replaces: true)
    try restore(folder, to: set, replaces: true)
    #expect(try sums(set)[.scoring] != before[.scoring])
  }

  @Test func aDamagedFileAndAnotherEngineAreRefused() throws {
    let set = try places(.sqlite, "one")
    try fill(set)
    let folder = "\(scratch.path)/backup"
    _ = try Backup.take(set, into: folder, at: 0, terminal)
    let file = "\(folder)/badging.sqlite"
    var bytes = try #require(FileManager.default.contents(atPath: file))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    let target = try places(.sqlite, "two")
    let refusal = #expect(throws: Fault.self) { try restore(folder, to: target) }
    #expect(refusal?.what.contains("damaged") == true)
    #expect(!StoreFile.exists("\(scratch.path)/two/ingestion.sqlite"))
    let other = try StoreSet("postgres://nowhere/laurel_{service}")
    #expect(throws: Fault.self) { try restore(folder, to: other, only: [.gateway]) }
  }

  @Test func aStoreInUseIsNotReplaced() throws {
    let set = try places(.sqlite, "one")
    try fill(set)
    let folder = "\(scratch.path)/backup"
    _ = try Backup.take(set, into: folder, at: 0, terminal)
    var options = SessionOptions()
    options.exclusive = true
    let service = try Session.open(set.url(of: .scoring), options)
    #expect(throws: StorageError.self) {
      try StoreFile.install("x", at: "\(scratch.path)/one/scoring.sqlite")
    }
    #expect(throws: Fault.self) { try restore(folder, to: set, replaces: true) }
    service.close()
  }

  @Test func storesAreNamedByOneURL() throws {
    let set = try StoreSet("postgres://me:secret@host/laurel_{service}")
    #expect(set.url(of: .badging).description == "postgres://me:***@host/laurel_badging")
    #expect(!set.description.contains("secret"))
    #expect(set.url(of: .badging).programEnvironment["PGPASSWORD"] == "secret")
    #expect(set.url(of: .badging).programEnvironment["PGDATABASE"] == "laurel_badging")
    #expect(try StoreSet("sqlite:/a/b/").url(of: .scoring).file == "/a/b/scoring.sqlite")
    #expect(throws: Fault.self) { try StoreSet("postgres://host/laurel") }
    #expect(throws: Fault.self) { try StoreSet("mysql://host/{service}") }
  }
}
