/// What went wrong in the database, and what to do about it.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure a caller can act on.
  public enum Code: String, Sendable, CaseIterable {
    /// Another session held a lock for longer than the limit, or a statement ran out of time.
    case busy
    /// Another process holds this SQLite file exclusively.
    case locked
    /// A unique, not-null, check or foreign key constraint refused the row.
    case constraint
    /// No connection: nothing listens, the login failed, or the connection broke.
    case unreachable
    /// The whole transaction has to run again (40001, 40P01, 55P03, 57P01, 08xxx).
    case retry
    /// The operating system, the database or a read-only transaction does not allow it.
    case permission
    /// The disk is full.
    case full
    /// The file is not a database, or is damaged.
    case corrupt
    /// The statement is wrong: syntax, an unknown table or column, a type.
    case syntax
    /// A value that the column or the engine cannot hold, such as U+0000 in text.
    case invalid
    /// The session was used against its rules: nested transactions, a closed session, uneven columns.
    case misuse
    case other
  }

  public let code: Code
  /// One sentence on the cause and one on the remedy; never holds a password or a bound value of ours.
  public let message: String
  /// The five characters of PostgreSQL's SQLSTATE, if the server gave them.
  public let sqlState: String?

  public init(_ code: Code, _ message: String, sqlState: String? = nil) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
  }

  public var description: String {
    sqlState.map { "\(code.rawValue) (\($0)): \(message)" } ?? "\(code.rawValue): \(message)"
  }

  /// True where the same transaction may succeed when it is run again from its start.
  public var isTransient: Bool { code == .busy || code == .retry || code == .unreachable }
}
