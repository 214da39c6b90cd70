import Contracts
import Storage

/// The tables of a service's store. `partition` leads every key, so that the schema can be distributed by it.
enum Schema {
  static let tables = """
    CREATE TABLE IF NOT EXISTS installation(
      name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS progress(
      partition BIGINT NOT NULL PRIMARY KEY, head BIGINT NOT NULL, intake BIGINT NOT NULL, row BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS page(
      partition BIGINT NOT NULL, journal TEXT NOT NULL, first BIGINT NOT NULL, count BIGINT NOT NULL,
      bytes BLOB NOT NULL, PRIMARY KEY(partition, journal, first));
    CREATE TABLE IF NOT EXISTS dropped(
      partition BIGINT NOT NULL, journal TEXT NOT NULL, number BIGINT NOT NULL, count BIGINT NOT NULL,
      sum BIGINT NOT NULL, PRIMARY KEY(partition, journal));
    CREATE TABLE IF NOT EXISTS lease(
      partition BIGINT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, epoch BIGINT NOT NULL,
      expires BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS replica(
      partition BIGINT NOT NULL, instance TEXT NOT NULL, seen BIGINT NOT NULL,
      PRIMARY KEY(partition, instance));
    CREATE TABLE IF NOT EXISTS reply(
      partition BIGINT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, at BIGINT NOT NULL,
      bytes BLOB NOT NULL, PRIMARY KEY(partition, key));
    CREATE INDEX IF NOT EXISTS reply_at ON reply(partition, at);
    CREATE TABLE IF NOT EXISTS kept(
      partition BIGINT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
      PRIMARY KEY(partition, key));
    CREATE TABLE IF NOT EXISTS snapshot(
      partition BIGINT NOT NULL, intake BIGINT NOT NULL, part BIGINT NOT NULL, version BIGINT NOT NULL,
      bytes BLOB NOT NULL, PRIMARY KEY(partition, intake, part));
    """

  /// What is derived and may be deleted: it is folded again from the intake.
  static let state = """
    CREATE TABLE IF NOT EXISTS folded(
      partition BIGINT NOT NULL PRIMARY KEY, intake BIGINT NOT NULL, version BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS state(
      partition BIGINT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
      PRIMARY KEY(partition, key));
    CREATE TABLE IF NOT EXISTS identity(
      partition BIGINT NOT NULL, hash BLOB NOT NULL, number BIGINT NOT NULL,
      PRIMARY KEY(partition, hash)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS timer(
      partition BIGINT NOT NULL, at BIGINT NOT NULL, kind BLOB NOT NULL, id BLOB NOT NULL,
      PRIMARY KEY(partition, at, kind, id)) WITHOUT ROWID;
    """

  /// Any number that no other lock of the database has.
  private static let lock = 7_201_953

  /// Creates what is missing. Replicas that start together take turns, since PostgreSQL's
  /// `IF NOT EXISTS` does not wait for another session that creates the same table.
  static func create(_ session: Session) throws {
    guard session.engine == .postgres else { return try tablesAndState(session) }
    _ = try session.query("SELECT 1 FROM pg_advisory_lock(\(lock))") { $0.integer(0) }
    let result = Result { try tablesAndState(session) }
    _ = try session.query("SELECT 1 FROM pg_advisory_unlock(\(lock))") { $0.integer(0) }
    try result.get()
  }

  private static func tablesAndState(_ session: Session) throws {
    try session.schema(tables)
    try session.schema(state)
  }
}

/// The tables of each service's store, for what looks after stores while no service runs.
public enum StoreTables {
  /// The gateway's: it keeps no journal, and no row of a customer, so there is no partition.
  public static let keys = """
    CREATE TABLE IF NOT EXISTS api_key(
      number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, customer TEXT,
      digest BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER);
    """

  /// Creates what is missing of a service's tables.
  public static func create(_ session: Session, of service: ServiceName) throws {
    if service == .gateway { try session.schema(keys) } else { try Schema.create(session) }
  }

  /// Makes a new store, or checks and completes the one that is there. Gives its incarnation and tables.
  ///
  /// - Parameter incarnation: random text, used only for a new store.
  /// - Throws: a message that says what to do where the store is another service's or has other partitions.
  public static func open(
    _ session: Session, of service: ServiceName, partitions: Int, incarnation: String
  ) throws -> (incarnation: String, isNew: Bool) {
    guard service != .gateway else {
      let isNew = try session.tables().isEmpty
      try session.schema(keys)
      return ("", isNew)
    }
    let installed = try Installation.open(
      session, service: service.rawValue, partitions: partitions, incarnation: incarnation)
    try LeaseStore.create(session, Array(0...partitions))
    return (installed.incarnation, installed.incarnation == incarnation)
  }
}
