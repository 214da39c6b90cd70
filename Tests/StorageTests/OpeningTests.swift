import Foundation
import Storage
import Support
import Testing

@Suite struct OpeningTests {
  private func error(_ text: String, _ options: SessionOptions = .init()) throws -> StorageError? {
    let url = try DatabaseURL(text)
    do { _ = try Session.open(url, options) } catch { return error }
    return nil
  }

  @Test func aSecondExclusiveOpenerIsRefused() throws {
    let database = try FreshDatabase(.sqlite)
    let exclusive = SessionOptions(exclusive: true, durable: false)
    let first = try Session.open(database.url, exclusive)
    let refusal = #expect(throws: StorageError.self) { _ = try Session.open(database.url, exclusive) }
    let message = refusal?.message ?? ""
    #expect(refusal?.code == .locked)
    #expect(message.contains("test.db") && message.contains("PostgreSQL"))
    #expect(message.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
    let reader = try Session.open(database.url)
    #expect(try reader.query("SELECT 1") { $0.integer(0) } == [1])
    first.close()
    #expect(try Session.open(database.url, exclusive).isUsable)
  }

  @Test func missingFoldersAndFilesAreNamed() throws {
    let folder = try FreshDatabase(.sqlite).folder
    let missing = try error("sqlite:\(folder.path)/none/a.db")
    #expect(missing?.code == .unreachable)
    #expect(missing?.message.contains("\(folder.path)/none") == true)
    #expect(missing?.message.contains("create") == true)
    #expect(try error("sqlite:/tmp")?.code == .misuse)
    #expect(try error("sqlite:/tmp/laurel-none.db", SessionOptions(readOnly: true))?.code == .unreachable)
  }

  @Test func aForeignFileIsCorrupt() throws {
    let database = try FreshDatabase(.sqlite)
    try Data(repeating: 65, count: 5_000).write(to: database.folder.appending(path: "test.db"))
    let error = #expect(throws: StorageError.self) { _ = try Session.open(database.url) }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("test.db") == true)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func anUnwritableFolderIsRefused() throws {
    #expect(try error("sqlite:/usr/laurel.db")?.code == .permission)
  }

  @Test func aFullDatabaseSaysSo() throws {
    let session = try FreshDatabase(.sqlite).session()
    try session.script("PRAGMA max_page_count=10")
    let big = SQLValue.blob([UInt8](repeating: 1, count: 100_000))
    let insert = "INSERT INTO state(partition,key,value) VALUES(1,?1,?1)"
    #expect(code { _ = try session.transaction { try $0.execute(insert, [big]) } } == .full)
    #expect(try session.rows() == 0)
  }

  @Test func anUnreachableServerIsNamedWithoutThePassword() throws {
    let error = try error("postgres://anna:hunter2@%2Ftmp%2Flaurel-nowhere:5499/loyalty")
    #expect(error?.code == .unreachable)
    let message = error?.description ?? ""
    for part in ["/tmp/laurel-nowhere", "5499", "loyalty", "anna"] { #expect(message.contains(part)) }
    #expect(!message.contains("hunter2"))
  }

  @Test func urlsMaskThePassword() throws {
    let url = try DatabaseURL("postgresql://anna:hunter2@db.example:6432/loyalty?sslmode=require")
    #expect(url.description == "postgres://anna:***@db.example:6432/loyalty")
    #expect(try DatabaseURL("postgres://h/d?user=a&password=hunter2").description == "postgres://a:***@h/d")
    #expect(try DatabaseURL("sqlite:a b.db").description == "sqlite:a b.db")
    let malformed = ["", "mysql://x", "sqlite:", "sqlite::memory:", "postgres://a:hunter2@b@c/d"]
    for text in malformed + ["postgres://a:hunter2%zz@b/d", "postgres://a:hunter2@b:x:y/d?what"] {
      let error = #expect(throws: StorageError.self) { _ = try DatabaseURL(text) }
      #expect(error?.description.contains("hunter2") == false)
    }
  }
}
