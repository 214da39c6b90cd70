import Dispatch
import Foundation
import Storage
import Support
import Testing

@Suite struct ConnectionTests {
  @Test(arguments: engines)
  func opensLazilyAndCloses(_ engine: Engine) async throws {
    let database = try FreshDatabase(engine)
    let connection = Connection(database.url)
    let one = try await connection.run { try $0.query("SELECT 1") { $0.integer(0) } }
    #expect(one == [1])
    await connection.close()
    await #expect(throws: StorageError.self) { try await connection.run { try $0.execute("SELECT 1") } }
  }

  /// More blocked connections than the pool has threads: on the pool, nobody could let them go.
  @Test(.timeLimit(.minutes(1))) func runsOffTheCooperativePool() async throws {
    // They also open the new file all at once, and each finds its way to WAL mode.
    let database = try FreshDatabase(.sqlite)
    let gate = DispatchSemaphore(value: 0)
    let waiting = ProcessInfo.processInfo.activeProcessorCount * 4
    try await withThrowingTaskGroup { group in
      for _ in 0..<waiting {
        let connection = Connection(database.url)
        group.addTask { try await connection.run { _ in gate.wait() } }
      }
      group.addTask { for _ in 0..<waiting { gate.signal() } }
      try await group.waitForAll()
    }
  }

  @Test(.enabled(if: engines.contains(.postgres)))
  func recoversFromALostConnection() async throws {
    let database = try FreshDatabase(.postgres)
    let connection = Connection(database.url)
    let pid = try await connection.run { try $0.query("SELECT pg_backend_pid()") { $0.integer(0) }[0] }
    let thrown = await #expect(throws: StorageError.self) {
      try await connection.run { session in
        try Session.open(database.url).execute("SELECT pg_terminate_backend(?1, 5000)", [.integer(pid)])
        try session.execute("SELECT 1")
      }
    }
    #expect(thrown?.code == .retry || thrown?.code == .unreachable)
    let after = try await connection.run { try $0.query("SELECT pg_backend_pid()") { $0.integer(0) }[0] }
    #expect(after != pid)
  }

  @Test(.enabled(if: engines.contains(.postgres)))
  func aServerThatWentWhileIdleIsNoticed() async throws {
    let cluster = try PrivatePostgres()
    let connection = Connection(try cluster.freshDatabase())
    let one = "SELECT 1"
    #expect(try await connection.run { try $0.query(one) { $0.integer(0) } } == [1])
    try cluster.restart()
    #expect(try await connection.run { try $0.query(one) { $0.integer(0) } } == [1])
    cluster.stop()
    let error = await #expect(throws: StorageError.self) {
      try await connection.run { try $0.execute(one) }
    }
    #expect(error?.code == .unreachable)
  }

  @Test(.enabled(if: engines.contains(.postgres)))
  func aTransactionThatPausesIsRolledBack() throws {
    let database = try FreshDatabase(.postgres)
    _ = try database.session()
    var options = SessionOptions()
    options.idleInTransactionMilliseconds = 1
    let session = try Session.open(database.url, options)
    let pid = try session.query("SELECT pg_backend_pid()") { $0.integer(0) }[0]
    let watcher = try database.session()
    let gone = "SELECT count(*) FROM pg_stat_activity WHERE pid=?1"
    let thrown = code {
      try session.transaction { inside in
        try inside.execute("INSERT INTO state(partition,key) VALUES(1,?1)", [.blob([1])])
        while try watcher.query(gone, [.integer(pid)], { $0.integer(0) }) != [0] {}
        try inside.execute("SELECT 1")
      }
    }
    // The farewell is read before the next statement is sent, or not, and then has no SQLSTATE.
    #expect(thrown == .retry || thrown == .unreachable)
    #expect(!session.isUsable)
    #expect(try watcher.rows() == 0)
  }

  @Test(.enabled(if: engines.contains(.postgres)))
  func aCommitWithoutAServerDoesNotPass() throws {
    let database = try FreshDatabase(.postgres)
    let session = try database.session()
    let pid = try session.query("SELECT pg_backend_pid()") { $0.integer(0) }[0]
    let other = try database.session()
    let thrown = code {
      try session.transaction { inside in
        try inside.execute("INSERT INTO state(partition,key) VALUES(1,?1)", [.blob([1])])
        try other.execute("SELECT pg_terminate_backend(?1, 5000)", [.integer(pid)])
      }
    }
    #expect(thrown == .retry || thrown == .unreachable)
    #expect(try other.rows() == 0)
  }
}
