/// PostgreSQL's SQLSTATE in our words; see appendix A of its manual.
enum PostgresErrors {
  static func error(sqlState: String?, message: String) -> StorageError {
    guard let sqlState else {
      return StorageError(.unreachable, "The connection to PostgreSQL is lost: \(message); open another.")
    }
    if sqlState == "21000" { return Batch.duplicateKey }
    let code = code(sqlState)
    return StorageError(code, message + advice(code, sqlState), sqlState: sqlState)
  }

  private static func code(_ state: String) -> StorageError.Code {
    switch state {
    // Serialisation, deadlock, lock timeout, shutdown by an administrator, idle in transaction.
    case "40001", "40P01", "55P03", "57P01", "57P02", "25P03": .retry
    case "08P01": .misuse
    case "57P03": .unreachable
    case "57014", "53200", "53300": .busy
    case "42501", "25006": .permission
    case "53100": .full
    default: byClass(state.prefix(2))
    }
  }

  private static func byClass(_ group: Substring) -> StorageError.Code {
    switch group {
    case "08": .retry
    case "22": .invalid
    case "23": .constraint
    case "28": .permission
    case "42", "26", "34": .syntax
    case "XX": .corrupt
    default: .other
    }
  }

  private static func advice(_ code: StorageError.Code, _ state: String) -> String {
    switch (code, state) {
    case (.retry, "25P03"): "; the transaction paused too long between statements, run it again"
    case (.retry, _): "; run the transaction again"
    case (.busy, "57014"): "; the statement took longer than statement_timeout allows"
    case (.busy, _): "; the server is out of connections or memory, try again"
    case (.full, _): "; free space on the server's disk"
    case (.permission, "25006"): "; this session or server only reads"
    case (.permission, _): "; grant the right to the user of the URL"
    default: ""
    }
  }
}
