/// One connection to one database; not `Sendable`, so it stays on the executor that opened it.
///
/// SQL is written with `?1`, `?2`, ... for both engines. Inside a transaction the first failing statement
/// decides: every later one throws the same error and the transaction rolls back, on both engines alike.
public final class Session {
  public let engine: Engine
  let driver: any Driver
  private var scope: TransactionKind?
  private var failure: StorageError?
  private var isClosed = false

  init(engine: Engine, driver: any Driver) {
    self.engine = engine
    self.driver = driver
  }

  deinit { driver.close() }

  /// Opens a session.
  /// - Throws: `.locked`, `.unreachable`, `.permission`, `.corrupt`; the message says what to do.
  public static func open(
    _ url: DatabaseURL, _ options: SessionOptions = .init()
  ) throws(StorageError) -> Session {
    switch url.engine {
    case .sqlite: Session(engine: .sqlite, driver: try SQLiteDriver(path: url.location, options))
    case .postgres: Session(engine: .postgres, driver: try PostgresDriver(url, options))
    }
  }

  /// False once the connection is lost or closed; open another session then.
  public var isUsable: Bool { !isClosed && driver.isAlive() }

  /// True inside `transaction` and `forEach`.
  public var isInTransaction: Bool { scope != nil }

  /// Closes the handle at once; every later call throws `.misuse`.
  public func close() {
    isClosed = true
    driver.close()
  }

  /// Runs one statement and returns the number of rows it inserted, updated or deleted.
  @discardableResult
  public func execute(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Int {
    try attempt { () throws(StorageError) in try driver.execute(sql, values) }
  }

  /// Runs several statements without parameters, all or none.
  public func script(_ sql: String) throws(StorageError) {
    try attempt { () throws(StorageError) in try driver.script(sql) }
  }

  /// Runs a schema script written for SQLite, translated by `Schema` for PostgreSQL; all or nothing.
  public func schema(_ sql: String) throws(StorageError) {
    try script(Schema.translate(sql, for: engine))
  }

  /// Returns what `row` makes of every row; PostgreSQL holds the whole result, so keep it small.
  public func query<T>(
    _ sql: String, _ values: [SQLValue] = [], _ row: (borrowing Row) throws -> T
  ) throws -> [T] {
    var found: [T] = []
    try collect(into: &found, row) { visit throws(StorageError) in try driver.read(sql, values, visit) }
    return found
  }

  /// Shows rows one by one in bounded memory until `row` returns false.
  ///
  /// Outside a transaction it runs in a snapshot of its own; reads may be nested, writes only inside
  /// `transaction(.write)`. `sql` is a SELECT.
  public func forEach(
    _ sql: String, _ values: [SQLValue] = [], _ row: (borrowing Row) throws -> Bool
  ) throws {
    guard isInTransaction else {
      return try transaction(.snapshot) { session in try session.forEach(sql, values, row) }
    }
    try show(row) { visit throws(StorageError) in try driver.stream(sql, values, visit) }
  }

  /// Runs `body` in one transaction: commits when it returns, rolls back when it throws.
  ///
  /// Transactions do not nest (`.misuse`). An error of the commit itself is thrown, and its message says
  /// where the outcome is unknown because the connection broke meanwhile.
  public func transaction<T>(
    _ kind: TransactionKind = .write, _ body: (Session) throws -> T
  ) throws -> T {
    try begin(kind)
    defer {
      scope = nil
      failure = nil
    }
    let result: T
    do {
      result = try body(self)
      try attempt {}
    } catch {
      driver.rollback()
      throw error
    }
    try driver.commit()
    return result
  }

  private func begin(_ kind: TransactionKind) throws(StorageError) {
    if isInTransaction {
      throw StorageError(.misuse, "A transaction is open on this session already; transactions do not nest.")
    }
    try attempt { () throws(StorageError) in try driver.begin(kind) }
    scope = kind
  }
}

extension Session {
  /// Runs a step of the driver unless the session is closed or its transaction has failed.
  func attempt<T>(_ step: () throws(StorageError) -> T) throws(StorageError) -> T {
    if isClosed { throw StorageError(.misuse, "The session is closed; open another one.") }
    if let failure { throw failure }
    do {
      return try step()
    } catch {
      if isInTransaction { failure = error }
      throw error
    }
  }

  /// Carries an error of `row` around the driver, which only learns that no further row is wanted.
  func show(
    _ row: (borrowing Row) throws -> Bool, _ read: (Driver.Visit) throws(StorageError) -> Void
  ) throws {
    var thrown: (any Error)?
    try withoutActuallyEscaping(row) { row in
      let visit: Driver.Visit = { cells in
        do { return try row(cells) } catch { thrown = error }
        return false
      }
      try attempt { () throws(StorageError) in try read(visit) }
    }
    if let thrown { throw thrown }
  }

  func collect<T>(
    into found: inout [T], _ row: (borrowing Row) throws -> T,
    _ read: (Driver.Visit) throws(StorageError) -> Void
  ) throws {
    try show(
      { cells in
        found.append(try row(cells))
        return true
      }, read)
  }
}
