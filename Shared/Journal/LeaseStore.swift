import Storage
import Wire

/// One lease per partition: who owns it, under which epoch, until when (milliseconds of the store's clock).
struct Lease: Sendable {
  var partition: Int
  var owner: String
  var epoch: Int64
  var expires: Int64
}

/// Leases and replica rows of a store.
enum LeaseStore {
  /// How long a lease lasts without renewal, milliseconds.
  static let ttl: Int64 = 3_000
  /// Replica rows older than this are deleted, milliseconds.
  static let forgotten: Int64 = 60_000

  /// The store's clock in unix milliseconds: the server's on PostgreSQL, the given machine's on SQLite.
  static func now(_ session: Session, machine: Int64) throws -> Int64 {
    guard session.engine == .postgres else { return machine }
    return try session.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint") {
      $0.integer(0)
    }.first ?? machine
  }

  static func all(_ session: Session) throws -> [Lease] {
    try session.query("SELECT partition, owner, epoch, expires FROM lease ORDER BY partition") {
      Lease(partition: Int($0.integer(0)), owner: $0.text(1), epoch: $0.integer(2), expires: $0.integer(3))
    }
  }

  static func create(_ session: Session, _ partitions: [Int]) throws {
    for partition in partitions {
      try session.execute(
        "INSERT INTO lease(partition, owner, epoch, expires) VALUES(?1, '', 0, 0) ON CONFLICT DO NOTHING",
        [.integer(Int64(partition))])
    }
  }

  /// Takes a free or expired lease; gives the new epoch, or nil when somebody else was first.
  static func claim(_ session: Session, _ lease: Lease, holder: String, now: Int64) throws -> Int64? {
    let changed = try session.execute(
      """
      UPDATE lease SET owner = ?2, epoch = ?3, expires = ?4
      WHERE partition = ?1 AND epoch = ?5 AND owner = ?6
      """,
      [
        .integer(Int64(lease.partition)), .text(holder), .integer(lease.epoch + 1), .integer(now + ttl),
        .integer(lease.epoch), .text(lease.owner),
      ])
    return changed == 1 ? lease.epoch + 1 : nil
  }

  static func renew(_ session: Session, holder: String, now: Int64) throws {
    try session.execute(
      "UPDATE lease SET expires = ?2 WHERE owner = ?1", [.text(holder), .integer(now + ttl)])
  }

  static func release(_ session: Session, _ partition: Int, holder: String) throws {
    try session.execute(
      "UPDATE lease SET owner = '', expires = 0 WHERE partition = ?1 AND owner = ?2",
      [.integer(Int64(partition)), .text(holder)])
  }

  /// The last statement of a commit: exactly one row, or the commit is another owner's to make.
  static func check(_ session: Session, _ partition: Int, holder: String, epoch: Int64) throws {
    let changed = try session.execute(
      "UPDATE lease SET epoch = ?2 WHERE partition = ?1 AND epoch = ?2 AND owner = ?3",
      [.integer(Int64(partition)), .integer(epoch), .text(holder)])
    guard changed == 1 else { throw Fenced(partition: partition) }
  }

  /// Says that a replica lives, and gives all that do.
  static func beat(_ session: Session, instance: String, now: Int64) throws -> [String] {
    try session.execute(
      """
      INSERT INTO replica(partition, instance, seen) VALUES(0, ?1, ?2)
      ON CONFLICT(partition, instance) DO UPDATE SET seen = excluded.seen
      """, [.text(instance), .integer(now)])
    try session.execute("DELETE FROM replica WHERE partition = 0 AND seen < ?1", [.integer(now - forgotten)])
    return try session.query(
      "SELECT instance FROM replica WHERE partition = 0 AND seen > ?1 ORDER BY instance",
      [.integer(now - ttl)]
    ) { $0.text(0) }
  }

  static func leave(_ session: Session, instance: String) throws {
    try session.execute("DELETE FROM replica WHERE partition = 0 AND instance = ?1", [.text(instance)])
  }
}
