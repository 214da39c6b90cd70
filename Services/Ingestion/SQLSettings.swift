import Wire

/// How records are read from PostgreSQL: a `connection_config` of kind `sql` (README, compose/examples).
///
/// The query says which rows there are; the connector adds the condition on the cursor column, its order and
/// the size of a page:
///
///     SELECT ... FROM (query) AS t WHERE t.cursor > last ORDER BY t.cursor FETCH FIRST n ROWS WITH TIES
///
/// Rows of one value come on one page, so none is passed over between two pages. A run begins with the rows
/// of the last value once more, for those that were committed late; the ones that were taken are known again.
/// Where rows are committed later than rows of a greater value, `lookback` says how far to go back.
struct SQLSettings: Sendable, Hashable {
  static let members: Set<String> = [
    "kind", "url", "password", "query", "cursor_column", "size", "lookback", "timeout_seconds",
  ]
  /// Rows of a page; more only where they share one value of the cursor column.
  static let sizeDefault = 5_000

  /// `postgres://user@host/database`; empty until the operator has told it.
  let url: String
  /// Where it is not in the URL.
  let password: String
  let query: String
  let cursorColumn: String
  let size: Int
  /// An interval such as `10 minutes`, or a number; empty for none.
  let lookback: String
  /// For one page.
  let timeoutSeconds: Int

  init(_ members: ConnectionMembers) throws(WireError) {
    try members.only(Self.members)
    url = try members.text("url") ?? ""
    password = try members.text("password") ?? ""
    query = Self.trimmed(try members.text("query") ?? "")
    cursorColumn = try members.text("cursor_column") ?? ""
    size = try members.number("size", in: 1...IngestionLimits.recordsMax) ?? Self.sizeDefault
    lookback = try members.text("lookback") ?? ""
    timeoutSeconds = try members.number("timeout_seconds", in: 1...3_600) ?? 60
    guard url.isEmpty || url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
      throw .invalid("'connection_config.url' must be such as postgres://laurel@warehouse/dwh")
    }
    for (name, text) in [("query", query), ("cursor_column", cursorColumn), ("lookback", lookback)]
    where text.utf8.contains(0) { throw .invalid("'connection_config.\(name)' holds U+0000") }
  }

  private static func trimmed(_ query: String) -> String {
    var query = Substring(query)
    while let last = query.last, last.isWhitespace || last == ";" { query.removeLast() }
    return String(query)
  }

  var isComplete: Bool { !url.isEmpty && !query.isEmpty && !cursorColumn.isEmpty }

  private var column: String { "t.\"\(cursorColumn.replacing("\"", with: "\"\""))\"" }

  /// Gives each row as JSON, and its value of the cursor column as text.
  ///
  /// Without a cursor from the beginning; else behind it (`?1`), and on the first page of a run with it; then
  /// `type` is that of the column, asked for where there is a `lookback`.
  func page(hasCursor: Bool, isFirst: Bool, type: String?) -> String {
    var condition = "\(column) IS NOT NULL"
    if hasCursor {
      condition = isFirst ? "\(column) >= ?1" : "\(column) > ?1"
      if isFirst, let type {
        // A number is written as one; all else is an interval.
        let isNumber = Decimal6(lookback) != nil
        let back = isNumber ? lookback : "interval '\(lookback.replacing("'", with: "''"))'"
        condition = "\(column) >= CAST(?1 AS \(type)) - \(back)"
      }
    }
    return """
      SELECT row_to_json(t)::text, \(column)::text FROM (
      \(query)
      ) AS t WHERE \(condition) ORDER BY \(column) FETCH FIRST \(size) ROWS WITH TIES
      """
  }

  /// Gives the type of the cursor column.
  var typeQuery: String {
    "SELECT pg_typeof(\(column))::text FROM (\n\(query)\n) AS t WHERE \(column) IS NOT NULL LIMIT 1"
  }
}
