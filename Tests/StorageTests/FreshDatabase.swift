import Foundation
import Storage
import Support
import Testing

/// The engines this machine can test.
let engines: [Engine] = PrivatePostgres.isAvailable ? [.sqlite, .postgres] : [.sqlite]

/// An empty database of its own for one test.
struct FreshDatabase {
  /// Everything of this process; open sessions may outlive the value, so it goes at the process's end.
  private static let root: URL = {
    atexit { try? FileManager.default.removeItem(at: FreshDatabase.root) }
    return FileManager.default.temporaryDirectory.appending(path: "laurel-storage-\(UUID().uuidString)")
  }()

  let url: DatabaseURL
  let folder: URL

  init(_ engine: Engine) throws {
    folder = Self.root.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url =
      switch engine {
      case .sqlite: try DatabaseURL("sqlite:\(folder.path)/test.db")
      case .postgres: try PrivatePostgres.shared().freshDatabase()
      }
  }

  /// A session with the table `state(partition, key, value, note, number)`.
  func session() throws -> Session {
    let session = try Session.open(url, SessionOptions(durable: false))
    try session.schema(
      """
      CREATE TABLE IF NOT EXISTS state (
        partition INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, note TEXT, number BIGINT,
        PRIMARY KEY (partition, key)) WITHOUT ROWID;
      """)
    return session
  }
}

/// The code of the error that `body` throws; records an issue where it throws none of ours.
func code(_ body: () throws -> Void) -> StorageError.Code? {
  do { try body() } catch let error as StorageError { return error.code } catch { Issue.record(error) }
  return nil
}

extension Session {
  func rows(_ table: String = "state") throws -> Int64 {
    try query("SELECT count(*) FROM \(table)") { $0.integer(0) }[0]
  }
}

@Test(.enabled(if: PrivatePostgres.isAvailable, "PostgreSQL is not installed: only SQLite is tested"))
func postgresIsTested() throws {
  let session = try Session.open(FreshDatabase(.postgres).url)
  #expect(session.engine == .postgres)
}
