import CPostgres

/// PostgreSQL through libpq's blocking calls; statements are prepared once a session.
final class PostgresDriver: Driver {
  /// Rows of the first fetch of a stream, before the size of a row is known.
  static let fetchRowsFirst = 32
  static let fetchRowsMax = 4_000
  /// Memory that one fetch aims at.
  static let fetchBytes = 4 << 20

  private let connection: PostgresConnection
  private var statements = StatementCache<String>()
  private var prepared = 0
  private var cursors = 0

  init(_ url: DatabaseURL, _ options: SessionOptions) throws(StorageError) {
    connection = try PostgresConnection(url, options)
    try connection.run(
      """
      SET lock_timeout=\(options.lockMilliseconds);
      SET idle_in_transaction_session_timeout=\(options.idleInTransactionMilliseconds);
      SET statement_timeout=\(options.statementMilliseconds);
      SET synchronous_commit=\(options.durable ? "on" : "off");
      SET default_transaction_read_only=\(options.readOnly ? "on" : "off");
      """)
  }

  func isAlive() -> Bool { connection.isAlive() }

  func close() { connection.close() }

  // MARK: Transactions

  func begin(_ kind: TransactionKind) throws(StorageError) {
    switch kind {
    case .write: try connection.run("BEGIN")
    // The view is taken by the first query, not by BEGIN.
    case .snapshot:
      do { try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1") } catch {
        rollback()
        throw error
      }
    }
  }

  func commit() throws(StorageError) {
    // COMMIT of a failed transaction rolls back and reports success.
    guard connection.canCommit else {
      let wasAlive = isAlive()
      rollback()
      throw StorageError(
        wasAlive ? .misuse : .unreachable, "The transaction was over before its commit; nothing is kept.")
    }
    do { try connection.run("COMMIT") } catch {
      rollback()
      if isAlive() { throw error }
      throw StorageError(
        error.code, "\(error.message) The connection broke during COMMIT: read back whether it took place.",
        sqlState: error.sqlState)
    }
  }

  func rollback() {
    guard connection.isInTransaction else { return }
    // A connection that cannot even roll back has lost its transaction already; isAlive says so.
    do { try connection.run("ROLLBACK") } catch { connection.close() }
  }

  // MARK: Statements

  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int {
    changed(try result(of: sql, try PostgresParameters(values)))
  }

  func script(_ sql: String) throws(StorageError) {
    // Several statements in one message are one transaction for PostgreSQL.
    try connection.run(sql)
  }

  func read(_ sql: String, _ values: [SQLValue], _ visit: Visit) throws(StorageError) {
    _ = try result(of: sql, try PostgresParameters(values)).show(visit)
  }

  /// Fetches from a cursor: stopping early costs nothing, and other statements may run in between.
  func stream(_ sql: String, _ values: [SQLValue], _ visit: Visit) throws(StorageError) {
    cursors += 1
    defer { cursors -= 1 }
    let cursor = "laurel_\(cursors)"
    let none = try PostgresParameters([])
    let text = "DECLARE \(cursor) NO SCROLL CURSOR FOR \(SQLText.numbered(sql))"
    _ = try connection.execute(text, try PostgresParameters(values))
    var wanted = Self.fetchRowsFirst
    while true {
      let page = try connection.execute("FETCH \(wanted) FROM \(cursor)", none)
      guard page.show(visit), page.rows == wanted else { break }
      let rowBytes = max(page.memory / wanted, 1)
      wanted = min(max(Self.fetchBytes / rowBytes, 1), Self.fetchRowsMax)
    }
    // A nested statement that failed has ended the cursor with the transaction.
    if connection.canCommit { try connection.run("CLOSE \(cursor)") }
  }

  // MARK: Batches

  func execute(_ batch: Batch) throws(StorageError) -> Int {
    var count = 0
    for rows in batch.slices() {
      count += changed(try result(of: batch.sql, try PostgresParameters(batch, rows)))
    }
    return count
  }

  func read(_ batch: Batch, _ visit: Visit) throws(StorageError) {
    for rows in batch.slices() {
      let found = try result(of: batch.sql, try PostgresParameters(batch, rows))
      guard found.show(visit) else { return }
    }
  }
}

extension PostgresDriver {
  private func result(
    of sql: String, _ parameters: PostgresParameters
  ) throws(StorageError) -> PostgresResult {
    let cached = statements.take(sql)
    let name = if let cached { cached } else { try prepare(sql) }
    let leaving = statements.put(sql, name)
    if let leaving { try connection.run("DEALLOCATE \(leaving)") }
    return try connection.executePrepared(name, parameters)
  }

  private func prepare(_ sql: String) throws(StorageError) -> String {
    prepared += 1
    let name = "laurel_\(prepared)"
    try connection.prepare(SQLText.numbered(sql), as: name)
    return name
  }

  /// The rows that the command tag counts, such as `UPDATE 3`; a SELECT changes none.
  private func changed(_ result: PostgresResult) -> Int {
    guard let tag = PQcmdStatus(result.handle), !String(cString: tag).hasPrefix("SELECT") else { return 0 }
    return PQcmdTuples(result.handle).flatMap { Int(String(cString: $0)) } ?? 0
  }
}
