import CSQLite

/// SQLite's result codes in our words; an extended code's low byte is the primary one.
enum SQLiteErrors {
  static func error(_ result: CInt, _ message: String, path: String) -> StorageError {
    let code = code(result)
    return StorageError(code, "\(path): \(message)\(advice(code)).")
  }

  private static func code(_ result: CInt) -> StorageError.Code {
    // A reader that began before another's write cannot become a writer: its transaction starts again.
    if result == SQLITE_BUSY | (2 << 8) { return .retry }
    switch result & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT: return .busy
    case SQLITE_CONSTRAINT: return .constraint
    case SQLITE_MISMATCH, SQLITE_TOOBIG: return .invalid
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: return .permission
    case SQLITE_CANTOPEN: return .unreachable
    case SQLITE_FULL: return .full
    case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt
    case SQLITE_ERROR, SQLITE_SCHEMA: return .syntax
    case SQLITE_RANGE, SQLITE_MISUSE: return .misuse
    default: return .other
    }
  }

  private static func advice(_ code: StorageError.Code) -> String {
    switch code {
    case .busy: "; another session holds the write lock, try again"
    case .retry: "; run the transaction again"
    case .full: "; free space on the disk, nothing of the transaction was kept"
    case .corrupt: "; name another file, or move this one away and restore or rebuild it"
    case .unreachable: "; check the folder and its owner"
    default: ""
    }
  }
}
