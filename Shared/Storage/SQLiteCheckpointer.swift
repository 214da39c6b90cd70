import CSQLite
import Dispatch
import Synchronization

/// Copies a file's WAL into the file on a thread of its own, so that commits need not wait for it.
///
/// Left to itself, SQLite does it inside the commit that makes the WAL longer than a limit, and that commit
/// takes 30 to 200 ms. Here the bulk is copied beside the commits. A WAL begins anew only when nothing in it
/// is left to copy (sqlite.org/wal.html), so the few pages that came meanwhile are copied by a commit after
/// it.
final class SQLiteCheckpointer: Sendable {
  /// Pages of the WAL at which copying begins: fewer copies of a page that changes often.
  static let pages = 4_000
  /// Pages left that a commit copies by itself.
  private static let restPages = 500
  /// Pages of the WAL at which a commit copies them all, however long it takes: 256 MiB.
  private static let pagesMax = 65_536

  private let path: String
  private let queue = DispatchQueue(label: "laurel.checkpoint")
  private let isCopying = Atomic<Bool>(false)
  private let copied = Atomic<Int>(0)
  /// Safe because it is used on the queue only.
  nonisolated(unsafe) private var database: OpaquePointer?

  init(path: String) { self.path = path }

  /// Hears how many pages the WAL has after each commit of a session, for as long as that is open.
  func watch(_ database: OpaquePointer) {
    sqlite3_wal_hook(
      database,
      { context, database, _, pages in
        guard let context else { return SQLITE_OK }
        // Alive: the driver that owns the session holds it, and takes the hook away before it lets go.
        let me = Unmanaged<SQLiteCheckpointer>.fromOpaque(context).takeUnretainedValue()
        if me.committed(Int(pages)) {
          sqlite3_wal_checkpoint_v2(database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        }
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Whether the session that committed is to copy what is left.
  private func committed(_ pages: Int) -> Bool {
    guard pages >= Self.pages else {
      // What was counted belongs to a WAL that has begun anew since.
      copied.store(0, ordering: .relaxed)
      return false
    }
    let done = copied.load(ordering: .relaxed)
    if pages >= Self.pagesMax || (1...pages).contains(done) && pages - done <= Self.restPages {
      copied.store(0, ordering: .relaxed)
      return true
    }
    if !isCopying.exchange(true, ordering: .relaxed) {
      queue.async {
        self.copy()
        self.isCopying.store(false, ordering: .relaxed)
      }
    }
    return false
  }

  /// What cannot be copied now is copied later: the WAL keeps it.
  private func copy() {
    if database == nil, sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) != SQLITE_OK {
      sqlite3_close_v2(database)
      database = nil
    }
    guard let database else { return }
    var (pages, done) = (CInt(0), CInt(0))
    if sqlite3_wal_checkpoint_v2(database, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &done) == SQLITE_OK {
      copied.store(Int(done), ordering: .relaxed)
    }
  }

  /// Takes the hook away and waits for what is being copied.
  func close(_ watched: OpaquePointer) {
    sqlite3_wal_hook(watched, nil, nil)
    queue.sync {
      sqlite3_close_v2(database)
      database = nil
    }
  }
}
