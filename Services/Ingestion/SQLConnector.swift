import Storage
import Wire

/// Reads a source's rows from PostgreSQL, each page in a transaction that cannot write.
struct SQLConnector: PageSource {
  private let settings: SQLSettings
  private let connection: Storage.Connection

  /// Throws for a URL that is none.
  init(_ settings: SQLSettings) throws {
    self.settings = settings
    var options = SessionOptions(readOnly: true)
    options.statementMilliseconds = settings.timeoutSeconds * 1_000
    connection = Storage.Connection(try Self.url(settings), options)
  }

  private static func url(_ settings: SQLSettings) throws -> DatabaseURL {
    if settings.password.isEmpty { return try DatabaseURL(settings.url) }
    let mark = settings.url.contains("?") ? "&" : "?"
    let password = WebAddress.form([.init(name: "password", value: settings.password)])
    return try DatabaseURL(settings.url + mark + password)
  }

  func close() async { await connection.close() }

  var identity: String { "sql \(settings.cursorColumn) \(FeedRow.mark(settings.query.utf8).hex)" }

  private struct Found: Sendable {
    var rows: [ArraySlice<UInt8>] = []
    var cursors: [String] = []
  }

  func page(after cursor: String, isFirst: Bool) async throws -> FeedPage {
    let found: Found
    do { found = try await connection.run { try Self.read($0, settings, cursor, isFirst) } } catch let error
      as StorageError
    {
      throw WireError.unavailable("the query cannot be read: \(error.message)", cause: error)
    }
    guard found.rows.count <= IngestionLimits.recordsMax else {
      throw WireError.failedPrecondition(
        "more than \(IngestionLimits.recordsMax) rows have one value of '\(settings.cursorColumn)': "
          + "a finer column is needed")
    }
    let last = found.cursors.last ?? cursor
    return FeedPage(
      records: found.rows, next: last, isLast: found.rows.count < settings.size,
      repeats: found.cursors.reversed().prefix { $0 == last }.count)
  }

  private static func read(
    _ session: Session, _ settings: SQLSettings, _ cursor: String, _ isFirst: Bool
  ) throws -> Found {
    try session.transaction(.snapshot) { session in
      // A value is written as text and read again by later runs: always in the same notation.
      _ = try session.query(
        "SELECT set_config('DateStyle', 'ISO', true), set_config('TimeZone', 'UTC', true)"
      ) { $0.count }
      var type: String?
      if !cursor.isEmpty, isFirst, !settings.lookback.isEmpty {
        type = try session.query(settings.typeQuery) { $0.text(0) }.first
      }
      var found = Found()
      let text = settings.page(hasCursor: !cursor.isEmpty, isFirst: isFirst, type: type)
      try session.forEach(text, cursor.isEmpty ? [] : [.text(cursor)]) { row in
        found.rows.append(row.blob(0)[...])
        found.cursors.append(row.text(1))
        return found.rows.count <= IngestionLimits.recordsMax
      }
      return found
    }
  }
}
