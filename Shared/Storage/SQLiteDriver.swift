import CSQLite

/// SQLite in WAL mode, one handle; all calls come from one executor, so the handle needs no mutex.
final class SQLiteDriver: Driver {
  /// Bytes the WAL file keeps after a checkpoint.
  static let walBytesKept = 64 << 20

  /// How often the switch to WAL is tried while others open the same new file.
  static let walAttemptsMax = 10

  private let path: String
  private let database: OpaquePointer
  private var lock: SQLiteLock?
  private var checkpointer: SQLiteCheckpointer?
  private var statements = StatementCache<SQLiteStatement>()
  private var isSnapshot = false
  private var isOpen = true

  init(path: String, _ options: SessionOptions) throws(StorageError) {
    try SQLiteFile.check(path, readOnly: options.readOnly)
    self.path = path
    lock = options.exclusive ? try SQLiteLock(for: path) : nil
    database = try Self.open(path, readOnly: options.readOnly)
    do {
      try configure(options)
    } catch {
      close()
      throw error
    }
  }

  private static func open(_ path: String, readOnly: Bool) throws(StorageError) -> OpaquePointer {
    let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    var handle: OpaquePointer?
    let result = sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard result == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw SQLiteErrors.error(result, message, path: path)
    }
    return handle
  }

  private func configure(_ options: SessionOptions) throws(StorageError) {
    sqlite3_busy_timeout(database, CInt(clamping: options.busyMilliseconds))
    // FULL syncs the WAL at every commit; OFF may lose or damage the file at a power cut: scratch only.
    let synchronous = options.durable ? "FULL" : "OFF"
    try run(
      """
      PRAGMA cache_size=-\(options.cacheKilobytes); PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF;
      PRAGMA temp_store=MEMORY; PRAGMA synchronous=\(synchronous); PRAGMA schema_version;
      """)
    if options.readOnly { return }
    try enterWAL()
    try run(
      """
      PRAGMA wal_autocheckpoint=\(SQLiteCheckpointer.pages);
      PRAGMA journal_size_limit=\(Self.walBytesKept);
      """)
    if options.copiesBeside {
      let checkpointer = SQLiteCheckpointer(path: path)
      checkpointer.watch(database)
      self.checkpointer = checkpointer
    }
  }

  /// Readers go on while a writer commits only in WAL mode, which a file keeps once it has it.
  private func enterWAL() throws(StorageError) {
    for attempt in 1...Self.walAttemptsMax {
      var mode = ""
      do {
        try read("PRAGMA journal_mode=WAL", []) { row in
          mode = row.text(0)
          return true
        }
      } catch {
        guard error.code == .busy, attempt < Self.walAttemptsMax else { throw error }
        // The switch does not wait for another opener that is just making it; a write lock does.
        try perform("BEGIN IMMEDIATE")
        try perform("COMMIT")
        continue
      }
      if mode == "wal" { return }
      throw StorageError(.other, "\(path): the file system has no WAL mode; use a local disk.")
    }
  }

  func isAlive() -> Bool { isOpen }

  func close() {
    guard isOpen else { return }
    isOpen = false
    statements.removeAll()
    checkpointer?.close(database)
    checkpointer = nil
    sqlite3_close_v2(database)
    lock = nil
  }

  // MARK: Transactions

  func begin(_ kind: TransactionKind) throws(StorageError) {
    switch kind {
    case .write: try perform("BEGIN IMMEDIATE")
    case .snapshot:
      try perform("BEGIN")
      isSnapshot = true
      // BEGIN alone takes no view; the first read does.
      do { try perform("SELECT 1 FROM sqlite_schema LIMIT 1") } catch {
        rollback()
        throw error
      }
    }
  }

  func commit() throws(StorageError) {
    defer { isSnapshot = false }
    do { try perform("COMMIT") } catch {
      rollback()
      throw error
    }
  }

  func rollback() {
    isSnapshot = false
    // SQLite itself rolls back on a full disk and the like; a second ROLLBACK would be an error.
    if isOpen, sqlite3_get_autocommit(database) == 0 { sqlite3_exec(database, "ROLLBACK", nil, nil, nil) }
  }

  // MARK: Statements

  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int {
    let before = sqlite3_total_changes64(database)
    try read(sql, values) { _ in true }
    return Int(sqlite3_total_changes64(database) - before)
  }

  func script(_ sql: String) throws(StorageError) {
    guard sqlite3_get_autocommit(database) != 0 else { return try run(sql) }
    try begin(.write)
    do { try run(sql) } catch {
      rollback()
      throw error
    }
    try commit()
  }

  func read(_ sql: String, _ values: [SQLValue], _ visit: Visit) throws(StorageError) {
    try use(sql, parameters: values.count) { statement throws(StorageError) in
      try bind(values, to: statement, from: 1)
      try show(statement, visit)
    }
  }

  func stream(_ sql: String, _ values: [SQLValue], _ visit: Visit) throws(StorageError) {
    try read(sql, values, visit)
  }

  // MARK: Batches

  func execute(_ batch: Batch) throws(StorageError) -> Int {
    let before = sqlite3_total_changes64(database)
    try read(batch) { _ in true }
    return Int(sqlite3_total_changes64(database) - before)
  }

  func read(_ batch: Batch, _ visit: Visit) throws(StorageError) {
    let first = CInt(batch.scalars.count + 1)
    try use(batch.sql, parameters: batch.scalars.count + batch.columns.count) {
      statement throws(StorageError) in
      try bind(batch.scalars, to: statement, from: 1)
      for row in 0..<batch.rows {
        for (index, column) in batch.columns.enumerated() {
          try bind(column[row], to: statement, at: first + CInt(index))
        }
        // A reset keeps the bindings, so the scalars are bound once.
        guard try show(statement, visit) else { return }
        sqlite3_reset(statement.handle)
      }
    }
  }
}

extension SQLiteDriver {
  /// Lends the prepared statement of a text and makes it fit for the next use afterwards.
  private func use(
    _ sql: String, parameters: Int, _ body: (SQLiteStatement) throws(StorageError) -> Void
  ) throws(StorageError) {
    try requireOpen()
    let cached = statements.take(sql)
    let statement = if let cached { cached } else { try prepare(sql) }
    defer {
      statement.clear()
      _ = statements.put(sql, statement)
    }
    guard statement.parameters == parameters else {
      throw StorageError(
        .misuse, "The statement has \(statement.parameters) parameters, \(parameters) values came: \(sql)")
    }
    if isSnapshot, !statement.isReadOnly {
      throw StorageError(.permission, "A snapshot transaction only reads; use transaction(.write).")
    }
    try body(statement)
  }

  private func prepare(_ sql: String) throws(StorageError) -> SQLiteStatement {
    var handle: OpaquePointer?
    var isWhole = true
    let result = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let result = sqlite3_prepare_v3(database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
      if let tail { isWhole = String(cString: tail).allSatisfy(\.isWhitespace) }
      return result
    }
    guard result == SQLITE_OK else { throw error(result) }
    guard let handle else { throw StorageError(.syntax, "The statement is empty.") }
    let statement = SQLiteStatement(handle)
    if !isWhole { throw StorageError(.syntax, "More than one statement; use script for several: \(sql)") }
    return statement
  }

  /// Steps to the end; false if `visit` wanted no further row.
  @discardableResult
  private func show(_ statement: SQLiteStatement, _ visit: Visit) throws(StorageError) -> Bool {
    let row = Row(statement)
    while true {
      let result = sqlite3_step(statement.handle)
      if result == SQLITE_DONE { return true }
      guard result == SQLITE_ROW else { throw error(result) }
      guard visit(row) else { return false }
    }
  }

  private func bind(
    _ values: [SQLValue], to statement: SQLiteStatement, from first: CInt
  ) throws(StorageError) {
    for (index, value) in values.enumerated() {
      try bind(value, to: statement, at: first + CInt(index))
    }
  }

  private func bind(_ value: SQLValue, to statement: SQLiteStatement, at index: CInt) throws(StorageError) {
    try value.refuseZero()
    let result = statement.bind(value, at: index)
    guard result == SQLITE_OK else { throw error(result) }
  }

  private func perform(_ sql: String) throws(StorageError) {
    try read(sql, []) { _ in true }
  }

  private func run(_ sql: String) throws(StorageError) {
    try requireOpen()
    let result = sqlite3_exec(database, sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw error(result) }
  }

  private func requireOpen() throws(StorageError) {
    guard isOpen else { throw StorageError(.misuse, "The session is closed; open another one.") }
  }

  private func error(_ result: CInt) -> StorageError {
    SQLiteErrors.error(result, String(cString: sqlite3_errmsg(database)), path: path)
  }
}
