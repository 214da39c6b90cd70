/// One statement for many rows: run once a row on SQLite, once a slice with arrays on PostgreSQL.
struct Batch {
  /// Rows in one PostgreSQL statement.
  static let sliceRowsMax = 4_000
  /// Bytes of values in one PostgreSQL statement; the protocol ends at 1 GiB.
  static let sliceBytesMax = 16 << 20

  let sql: String
  let scalars: [SQLValue]
  /// The columns sent as arrays; on PostgreSQL those that are NULL throughout are in the SQL instead.
  let columns: [[SQLValue]]
  let rows: Int

  func fitsOneStatement(on engine: Engine) -> Bool {
    rows <= 1 || (engine == .postgres && slices().count == 1)
  }

  /// Cuts the rows into slices that one statement takes.
  func slices() -> [Range<Int>] {
    var slices: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for row in 0..<rows {
      let size = columns.reduce(0) { $0 + $1[row].bytes }
      if row > start, row - start == Self.sliceRowsMax || bytes + size > Self.sliceBytesMax {
        slices.append(start..<row)
        (start, bytes) = (row, 0)
      }
      bytes += size
    }
    if start < rows { slices.append(start..<rows) }
    return slices
  }
}

extension SQLValue {
  /// The bytes the value takes on the wire, roughly.
  var bytes: Int {
    switch self {
    case .null: 4
    case .integer: 12
    case .text(let text): 4 + text.utf8.count
    case .blob(let blob): 4 + blob.count
    }
  }

  /// The PostgreSQL array type of a column of such values; nil for NULL.
  var arrayType: String? {
    switch self {
    case .null: nil
    case .integer: "bigint[]"
    case .text: "text[]"
    case .blob: "bytea[]"
    }
  }
}

extension Batch {
  static func upsert(
    _ engine: Engine, table: String, scalars: [(String, SQLValue)], key: [String],
    columns: [(String, [SQLValue])], onConflict: Conflict
  ) throws(StorageError) -> Batch {
    let types = try arrayTypes(columns.map(\.1))
    #if DEBUG
      if onConflict == .update { try requireDistinct(key: key, columns) }
    #endif
    let names = scalars.map(\.0) + columns.map(\.0)
    let head = "INSERT INTO \(quoted(table))(\(names.map(quoted).joined(separator: ",")))"
    let tail = conflict(names, key, onConflict)
    let rows = columns.first?.1.count ?? 0
    if engine == .sqlite {
      let places = (1...max(names.count, 1)).map { "?\($0)" }.joined(separator: ",")
      let sql = "\(head) VALUES(\(places))\(tail)"
      return Batch(sql: sql, scalars: scalars.map(\.1), columns: columns.map(\.1), rows: rows)
    }
    if rows > 0, types.allSatisfy({ $0 == nil }) {
      throw StorageError(.misuse, "A batch needs a column that is not NULL throughout.")
    }
    let unnest = Unnest(types, after: scalars.count)
    let places = (1..<scalars.count + 1).map { "?\($0)" } + unnest.values
    let sql = "\(head) SELECT \(places.joined(separator: ",")) \(unnest.from) WHERE true\(tail)"
    let arrays = zip(columns, types).filter { $0.1 != nil }.map(\.0.1)
    return Batch(sql: sql, scalars: scalars.map(\.1), columns: arrays, rows: rows)
  }

  static func delete(
    _ engine: Engine, table: String, scalars: [(String, SQLValue)], column: String, values: [SQLValue]
  ) throws(StorageError) -> Batch {
    try keyed(scalars, values) { conditions, place, type in
      let match = engine == .sqlite ? "?\(place)" : "ANY(?\(place)::\(type))"
      let all = conditions + ["\(quoted(column))=\(match)"]
      return "DELETE FROM \(quoted(table)) WHERE \(all.joined(separator: " AND "))"
    }
  }

  static func lookup(
    _ engine: Engine, table: String, scalars: [(String, SQLValue)], column: String,
    values: [SQLValue], select: [String]
  ) throws(StorageError) -> Batch {
    let names = select.map(quoted).joined(separator: ",")
    return try keyed(scalars, values) { conditions, place, type in
      let key = engine == .sqlite ? "?\(place)" : "u.c1"
      let all = (conditions + ["\(quoted(column))=\(key)"]).joined(separator: " AND ")
      if engine == .sqlite { return "SELECT \(names) FROM \(quoted(table)) WHERE \(all)" }
      // OFFSET 0 keeps the inner query as it is: one descent of the index for each value. With `= ANY` a plan
      // that was made while the table was small reads the whole partition each time (measured: 20 x).
      return "SELECT t.* FROM unnest(?\(place)::\(type)) AS u(c1) CROSS JOIN LATERAL "
        + "(SELECT \(names) FROM \(quoted(table)) WHERE \(all) OFFSET 0) AS t"
    }
  }

  /// A statement for each value, or on PostgreSQL for an array of them; `sql` makes its text of the
  /// conditions for the scalars, the values' place and their array type.
  private static func keyed(
    _ scalars: [(String, SQLValue)], _ values: [SQLValue], _ sql: ([String], Int, String) -> String
  ) throws(StorageError) -> Batch {
    // NULL equals nothing, so a column of NULLs finds no row on either engine.
    guard let type = try arrayTypes([values])[0] else {
      return Batch(sql: "", scalars: [], columns: [], rows: 0)
    }
    let conditions = scalars.enumerated().map { "\(quoted($1.0))=?\($0 + 1)" }
    return Batch(
      sql: sql(conditions, scalars.count + 1, type), scalars: scalars.map(\.1), columns: [values],
      rows: values.count)
  }

  private static func conflict(_ names: [String], _ key: [String], _ conflict: Conflict) -> String {
    let target = "(\(key.map(quoted).joined(separator: ",")))"
    let rest = names.filter { !key.contains($0) }.map { "\(quoted($0))=excluded.\(quoted($0))" }
    switch conflict {
    case .fail: return ""
    case .update where !rest.isEmpty:
      return " ON CONFLICT\(target) DO UPDATE SET \(rest.joined(separator: ","))"
    case .update, .ignore: return " ON CONFLICT\(target) DO NOTHING"
    }
  }

  private static func quoted(_ name: String) -> String { "\"\(name)\"" }
}

/// The part of a PostgreSQL INSERT that turns array parameters into rows.
private struct Unnest {
  /// What is selected for each column: a column of the unnested rows, or NULL.
  var values: [String] = []
  var from: String

  init(_ types: [String?], after scalars: Int) {
    var arrays: [String] = []
    for type in types {
      guard let type else {
        values.append("NULL")
        continue
      }
      arrays.append("?\(scalars + arrays.count + 1)::\(type)")
      values.append("u.c\(arrays.count)")
    }
    let names = (0..<arrays.count).map { "c\($0 + 1)" }.joined(separator: ",")
    from = "FROM unnest(\(arrays.joined(separator: ","))) AS u(\(names))"
  }
}

extension Batch {
  /// The array type of each column, nil where it holds only NULL.
  private static func arrayTypes(_ columns: [[SQLValue]]) throws(StorageError) -> [String?] {
    var types: [String?] = []
    for column in columns {
      if column.count != columns[0].count {
        throw StorageError(.misuse, "The columns of a batch have different lengths.")
      }
      let type = column.lazy.compactMap(\.arrayType).first
      if !column.allSatisfy({ $0.arrayType == nil || $0.arrayType == type }) {
        throw StorageError(.misuse, "A column of a batch mixes integers, text or blobs.")
      }
      types.append(type)
    }
    return types
  }

  private static func requireDistinct(
    key: [String], _ columns: [(String, [SQLValue])]
  ) throws(StorageError) {
    let parts = columns.filter { key.contains($0.0) }.map(\.1)
    guard let rows = parts.first?.count else { return }
    let distinct = Set((0..<rows).map { row in parts.map { $0[row] } })
    if distinct.count < rows { throw duplicateKey }
  }

  /// What PostgreSQL reports as 21000.
  static let duplicateKey = StorageError(
    .constraint, "A batch holds the same key twice; fold it per key before the upsert.", sqlState: "21000")
}
