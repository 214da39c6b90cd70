/// What the two engines do differently; a driver owns exactly one C handle.
protocol Driver: AnyObject {
  /// Shown a row, says whether it wants the next one.
  typealias Visit = (borrowing Row) -> Bool

  /// False once the connection is lost or the handle is closed.
  func isAlive() -> Bool
  func begin(_ kind: TransactionKind) throws(StorageError)
  /// Commits; after an error nothing is open any more.
  func commit() throws(StorageError)
  /// Rolls back whatever is open; a failure shows in `isAlive`.
  func rollback()

  /// Runs one statement and returns the number of rows it changed.
  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int
  /// Runs several statements, all or none, without parameters.
  func script(_ sql: String) throws(StorageError)
  /// Shows all rows of a statement, which may hold the whole result in memory.
  func read(_ sql: String, _ values: [SQLValue], _ visit: Visit) throws(StorageError)
  /// Shows rows in bounded memory; a transaction is open.
  func stream(_ sql: String, _ values: [SQLValue], _ visit: Visit) throws(StorageError)

  /// Runs a batch made by `Batch` and returns the number of rows it changed; a transaction is open.
  func execute(_ batch: Batch) throws(StorageError) -> Int
  /// Shows the rows that a batch made by `Batch` finds.
  func read(_ batch: Batch, _ visit: Visit) throws(StorageError)
  func close()
}

/// Prepared statements by their text, the least recently used leaving first.
struct StatementCache<Statement> {
  private var entries: [String: (statement: Statement, used: UInt64)] = [:]
  private var clock: UInt64 = 0
  let statementsMax: Int

  init(statementsMax: Int = 128) { self.statementsMax = statementsMax }

  var count: Int { entries.count }

  /// Takes the statement out, so that a nested use of the same text gets another one.
  mutating func take(_ sql: String) -> Statement? {
    entries.removeValue(forKey: sql)?.statement
  }

  /// Puts a statement back and returns the one that has to leave, if any.
  mutating func put(_ sql: String, _ statement: Statement) -> Statement? {
    clock += 1
    if let old = entries.updateValue((statement, clock), forKey: sql) { return old.statement }
    guard entries.count > statementsMax else { return nil }
    let oldest = entries.min { $0.value.used < $1.value.used }
    return oldest.flatMap { entries.removeValue(forKey: $0.key)?.statement }
  }

  mutating func removeAll() { entries.removeAll() }
}
