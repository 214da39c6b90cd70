import Contracts
import Journal
import Storage

/// The table of the keys (`StoreTables.keys`); all other SQL of the gateway is here.
enum KeyStore {
  private static let columns = "number, name, role, customer, digest, created_at, revoked_at"
  /// Any number that no other lock of the database has.
  private static let lock = 7_201_954

  /// Creates the table where it is missing; replicas that start together on PostgreSQL take turns.
  static func create(_ session: Session) throws {
    guard session.engine == .postgres else { return try StoreTables.create(session, of: .gateway) }
    _ = try session.query("SELECT 1 FROM pg_advisory_lock(\(lock))") { $0.integer(0) }
    let result = Result { try StoreTables.create(session, of: .gateway) }
    _ = try session.query("SELECT 1 FROM pg_advisory_unlock(\(lock))") { $0.integer(0) }
    try result.get()
  }

  /// The keys in force.
  static func living(_ session: Session) throws -> [APIKey] {
    try session.query("SELECT \(columns) FROM api_key WHERE revoked_at IS NULL", [], key).compactMap(\.self)
  }

  /// The newest keys, revoked ones too.
  static func newest(_ session: Session, limit: Int) throws -> [APIKey] {
    let sql = "SELECT \(columns) FROM api_key ORDER BY number DESC LIMIT \(limit)"
    return try session.query(sql, [], key).compactMap(\.self)
  }

  static func one(_ session: Session, _ number: Int64) throws -> APIKey? {
    let sql = "SELECT \(columns) FROM api_key WHERE number = ?1"
    return try session.query(sql, [.integer(number)], key).first ?? nil
  }

  /// The number of the next key, until the end of the transaction: none is given twice, since rows stay and
  /// gateways take turns.
  static func next(_ session: Session) throws -> Int64 {
    if session.engine == .postgres {
      _ = try session.query("SELECT 1 FROM pg_advisory_xact_lock(\(lock))") { $0.integer(0) }
    }
    return try session.query("SELECT COALESCE(MAX(number), 0) + 1 FROM api_key") { $0.integer(0) }.first ?? 1
  }

  static func insert(_ session: Session, _ key: APIKey) throws {
    try session.execute(
      "INSERT INTO api_key(number, name, role, customer, digest, created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
      [
        .integer(key.number), .text(key.name), .text(key.role.rawValue),
        key.customer.map(SQLValue.text) ?? .null, .blob(key.digest), .integer(key.createdAt),
      ])
  }

  /// The first revocation stands.
  static func revoke(_ session: Session, _ number: Int64, at: Int64) throws {
    try session.execute(
      "UPDATE api_key SET revoked_at = ?2 WHERE number = ?1 AND revoked_at IS NULL",
      [.integer(number), .integer(at)])
  }

  /// nil for a role that this version does not know: such a key opens nothing here.
  private static func key(_ row: borrowing Row) -> APIKey? {
    guard let role = Role(rawValue: row.text(2)) else { return nil }
    return APIKey(
      number: row.integer(0), name: row.text(1), role: role, customer: row.isNull(3) ? nil : row.text(3),
      digest: row.blob(4), createdAt: row.integer(5), revokedAt: row.isNull(6) ? nil : row.integer(6))
  }
}
