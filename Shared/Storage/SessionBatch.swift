/// What an upsert does with a row whose key exists.
public enum Conflict: Sendable {
  /// Replaces every column that is not in the key.
  case update
  /// Leaves the old row; it is not counted as changed.
  case ignore
  /// Throws `.constraint`.
  case fail
}

// Thousands of keyed rows at once. `scalars` have one value for the whole batch (the partition), `columns`
// one value a row. All columns have the same length; the values of one column are of one kind or NULL.
// Names are the schema's own, lower case. A batch is atomic even outside a transaction.
extension Session {
  /// Inserts rows or replaces those whose key exists, and returns the number of rows written.
  ///
  /// - Parameter key: the columns of the primary key or unique index, scalars included.
  /// - Throws: `.constraint` on PostgreSQL where a key occurs twice in the batch (21000); on SQLite the last
  ///   one would win, so debug builds check there too. Fold a batch per key before.
  @discardableResult
  public func upsert(
    table: String, scalars: [(String, SQLValue)], key: [String],
    columns: [(String, [SQLValue])], onConflict: Conflict = .update
  ) throws -> Int {
    let batch = try Batch.upsert(
      engine, table: table, scalars: scalars, key: key, columns: columns, onConflict: onConflict)
    return try change(batch)
  }

  /// Deletes the rows whose `column` is one of `values`, and returns how many there were.
  @discardableResult
  public func delete(
    table: String, scalars: [(String, SQLValue)], column: String, values: [SQLValue]
  ) throws -> Int {
    try change(try Batch.delete(engine, table: table, scalars: scalars, column: column, values: values))
  }

  /// Returns what `row` makes of every row whose `column` is one of `values`, in any order.
  ///
  /// - Parameter select: the columns of the row; name `column` among them to know which value it was.
  /// A value twice in `values` may give its row twice.
  public func lookup<T>(
    table: String, scalars: [(String, SQLValue)], column: String, values: [SQLValue],
    select: [String], _ row: (borrowing Row) throws -> T
  ) throws -> [T] {
    let batch = try Batch.lookup(
      engine, table: table, scalars: scalars, column: column, values: values, select: select)
    if batch.rows == 0 { return [] }
    guard isInTransaction || batch.fitsOneStatement(on: engine) else {
      return try transaction(.snapshot) { session in try session.find(batch, row) }
    }
    return try find(batch, row)
  }

  private func find<T>(_ batch: Batch, _ row: (borrowing Row) throws -> T) throws -> [T] {
    var found: [T] = []
    try collect(into: &found, row) { visit throws(StorageError) in try driver.read(batch, visit) }
    return found
  }

  private func change(_ batch: Batch) throws -> Int {
    if batch.rows == 0 { return 0 }
    guard isInTransaction else { return try transaction { session in try session.change(batch) } }
    return try attempt { () throws(StorageError) in try driver.execute(batch) }
  }
}
