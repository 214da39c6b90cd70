/// How a session is opened; every time is in milliseconds, 0 means no limit.
public struct SessionOptions: Sendable, Hashable {
  /// SQLite: hold the lock on `PATH.lock` for the session's life, so that one process writes the file.
  public var exclusive = false
  /// Refuse every write; a SQLite file must exist already.
  public var readOnly = false
  /// A commit survives a power cut (`synchronous=FULL`, `synchronous_commit=on`); false is for scratch.
  public var durable = true
  /// SQLite: copy the WAL into the file beside the commits, not in one of them; for a session that commits
  /// without end.
  public var copiesBeside = false
  /// SQLite: how long a statement waits for another session's lock.
  public var busyMilliseconds = 5_000
  /// PostgreSQL `lock_timeout`: how long a statement waits for a lock, then `.retry` (55P03).
  public var lockMilliseconds = 2_000
  /// PostgreSQL `idle_in_transaction_session_timeout`: below a lease's 3 s, so that a stopped owner lets go.
  public var idleInTransactionMilliseconds = 2_000
  /// PostgreSQL `statement_timeout`: then `.busy` (57014).
  public var statementMilliseconds = 30_000
  /// PostgreSQL: how long opening a connection may take, rounded up to whole seconds.
  public var connectMilliseconds = 5_000
  /// SQLite page cache of this session, in KiB.
  public var cacheKilobytes = 16_384

  public init(exclusive: Bool = false, readOnly: Bool = false, durable: Bool = true) {
    self.exclusive = exclusive
    self.readOnly = readOnly
    self.durable = durable
  }
}

/// What a transaction promises.
public enum TransactionKind: Sendable {
  /// Reads and writes; SQLite takes the write lock at once, PostgreSQL reads committed rows.
  case write
  /// One consistent view of the data as of the start; writes are refused with `.permission`.
  case snapshot
}
