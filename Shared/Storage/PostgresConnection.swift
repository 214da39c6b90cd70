import CPostgres

/// One libpq connection: opened, asked, closed. The only owner of its handle.
final class PostgresConnection {
  /// Bounds on how long a vanished server keeps a call waiting; the URL may set others.
  private static let defaults = [
    ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"), ("application_name", "laurel"),
  ]

  private var handle: OpaquePointer?

  init(_ url: DatabaseURL, _ options: SessionOptions) throws(StorageError) {
    handle = Self.connect(url.location, options)
    guard let handle, PQstatus(handle) == CONNECTION_OK else {
      let reason = handle.map { Self.line(PQerrorMessage($0)) } ?? "out of memory"
      // The properties are set, so the throw runs deinit, and that frees the handle.
      throw Self.unreachable(url, reason)
    }
    // Notices would be printed on standard error.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
  }

  deinit { close() }

  func close() {
    PQfinish(handle)
    handle = nil
  }

  /// Looks for a hang-up that the server sent while nobody asked, without waiting.
  func isAlive() -> Bool {
    guard let handle, PQstatus(handle) == CONNECTION_OK else { return false }
    // The first look may take in the server's farewell; only the second then meets the end of the stream.
    return PQconsumeInput(handle) == 1 && PQconsumeInput(handle) == 1 && PQstatus(handle) == CONNECTION_OK
  }

  /// True in a transaction that can commit, false in a failed one or in none.
  var canCommit: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

  /// True in any transaction, a failed one included.
  var isInTransaction: Bool { canCommit || PQtransactionStatus(handle) == PQTRANS_INERROR }

  /// Runs statements without parameters and returns the last one's result.
  @discardableResult
  func run(_ sql: String) throws(StorageError) -> PostgresResult {
    try check(PQexec(try open(), sql))
  }

  func prepare(_ sql: String, as name: String) throws(StorageError) {
    _ = try check(PQprepare(try open(), name, sql, 0, nil))
  }

  func executePrepared(
    _ name: String, _ parameters: PostgresParameters
  ) throws(StorageError) -> PostgresResult {
    let handle = try open()
    return try check(
      parameters.withArrays { count, values, lengths, formats in
        PQexecPrepared(handle, name, count, values, lengths, formats, 1)
      })
  }

  func execute(_ sql: String, _ parameters: PostgresParameters) throws(StorageError) -> PostgresResult {
    let handle = try open()
    return try check(
      parameters.withArrays { count, values, lengths, formats in
        PQexecParams(handle, sql, count, nil, values, lengths, formats, 1)
      })
  }

  private func open() throws(StorageError) -> OpaquePointer {
    guard let handle else { throw StorageError(.misuse, "The session is closed; open another one.") }
    return handle
  }

  private func check(_ result: OpaquePointer?) throws(StorageError) -> PostgresResult {
    guard let result else {
      throw PostgresErrors.error(sqlState: nil, message: Self.line(PQerrorMessage(handle)))
    }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return try PostgresResult(result)
    default:
      defer { PQclear(result) }
      throw error(result)
    }
  }

  private func error(_ result: OpaquePointer) -> StorageError {
    let state = Self.field(result, "C")
    // The detail (D) is left out: it quotes the row, and a row may be about a person.
    let message = Self.field(result, "M") ?? Self.line(PQresultErrorMessage(result))
    return PostgresErrors.error(sqlState: state, message: message)
  }

  private static func field(_ result: OpaquePointer, _ code: Unicode.Scalar) -> String? {
    PQresultErrorField(result, CInt(code.value)).map { String(cString: $0) }
  }

  private static func connect(_ uri: String, _ options: SessionOptions) -> OpaquePointer? {
    let seconds = (options.connectMilliseconds + 999) / 1_000
    // Of two settings libpq takes the later one, and the URI unfolds where it stands.
    let settings =
      defaults + [("connect_timeout", String(seconds)), ("dbname", uri), ("client_encoding", "UTF8")]
    return withCStrings(settings.map(\.0)) { keys in
      withCStrings(settings.map(\.1)) { values in PQconnectdbParams(keys, values, 1) }
    }
  }

  private static func unreachable(_ url: DatabaseURL, _ reason: String) -> StorageError {
    let target = PostgresTarget(url.location)?.words ?? url.description
    return StorageError(
      .unreachable,
      "PostgreSQL cannot be reached (\(target)): \(reason); check that it runs and takes this login.")
  }

  /// libpq's message on one line, without the newline it ends with.
  private static func line(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "no reason given" }
    return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// A C array of C strings that ends with NULL and lives until `body` returns.
  private static func withCStrings<T>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T
  ) -> T {
    let bytes = strings.map { Array($0.utf8CString) }
    let flat = bytes.flatMap { $0 }
    return flat.withUnsafeBufferPointer { buffer in
      var start = 0
      let pointers = bytes.map { string -> UnsafePointer<CChar>? in
        defer { start += string.count }
        return buffer.baseAddress?.advanced(by: start)
      }
      return (pointers + [nil]).withUnsafeBufferPointer { array in
        // An array with an element has an address.
        array.baseAddress.map(body)!
      }
    }
  }
}
