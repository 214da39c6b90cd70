import Storage
import Wire

/// The state rows, timers and identities of one partition, read and written through a session.
struct StateStore: RowSource {
  let session: Session
  let partition: Int

  /// Keys with this first character are truth, not derived: they live in `kept`.
  static let keptPrefix = "!"
  static let registers = "=registers"
  static let definitions = "=definitions"

  private var scalar: SQLValue { .integer(Int64(partition)) }
  private var scalars: [(String, SQLValue)] { [("partition", scalar)] }
  private func table(_ key: String) -> String { Self.isKept(key) ? "kept" : "state" }
  private static func isKept(_ key: String) -> Bool { key.utf8.first == keptPrefix.utf8.first }
  /// Those that live in each table, where there are any.
  private static func byTable<T>(_ values: [T], key: (T) -> String) -> [(String, [T])] {
    let kept = values.filter { isKept(key($0)) }
    let state = kept.isEmpty ? values : values.filter { !isKept(key($0)) }
    return [("state", state), ("kept", kept)].filter { !$0.1.isEmpty }
  }

  private func bytes(_ text: String) -> SQLValue { .blob(Array(text.utf8)) }

  func row(_ key: String) throws -> [UInt8]? {
    try session.query(
      "SELECT value FROM \(table(key)) WHERE partition = ?1 AND key = ?2", [scalar, bytes(key)]
    ) { $0.blob(0) }.first
  }

  /// Rows of several keys, those that exist.
  func rows(_ keys: [String], _ row: (String, [UInt8]) throws -> Void) throws {
    for (table, keys) in Self.byTable(keys, key: { $0 }) {
      _ = try session.lookup(
        table: table, scalars: scalars, column: "key", values: keys.map(bytes), select: ["key", "value"]
      ) { try row($0.text(0), $0.blob(1)) }
    }
  }

  func keys(after key: String, prefix: String, limit: Int) throws -> [String] {
    try session.query(
      """
      SELECT key FROM \(table(prefix)) WHERE partition = ?1 AND key > ?2 AND key >= ?3 AND key < ?4
      ORDER BY key LIMIT ?5
      """,
      [scalar, bytes(key), bytes(prefix), .blob(Self.end(of: prefix)), .integer(Int64(limit))]
    ) { $0.text(0) }
  }

  /// Shows rows with a prefix in the order of their keys, after a key; gives how many there were.
  func scan(
    after key: String, prefix: String, limit: Int, _ row: (String, [UInt8]) throws -> Void
  ) throws -> Int {
    try session.query(
      """
      SELECT key, value FROM \(table(prefix)) WHERE partition = ?1 AND key > ?2 AND key >= ?3 AND key < ?4
      ORDER BY key LIMIT ?5
      """,
      [scalar, bytes(key), bytes(prefix), .blob(Self.end(of: prefix)), .integer(Int64(limit))]
    ) { try row($0.text(0), $0.blob(1)) }.count
  }

  /// The first key after all that have the prefix.
  private static func end(of prefix: String) -> [UInt8] { Array(prefix.utf8) + [0xFF] }

  func identity(_ hash: UInt128) throws -> Int64? {
    try session.query(
      "SELECT number FROM identity WHERE partition = ?1 AND hash = ?2", [scalar, .blob(hash.bytes)]
    ) { $0.integer(0) }.first
  }

  /// The entry numbers kept for hashes, those that exist.
  func identities(_ hashes: [UInt128]) throws -> [UInt128: Int64] {
    var found: [UInt128: Int64] = [:]
    // In their order neighbours are on the same database pages.
    _ = try session.lookup(
      table: "identity", scalars: scalars, column: "hash", values: hashes.sorted().map { .blob($0.bytes) },
      select: ["hash", "number"]
    ) { found[$0.blob(0).reduce(0) { $0 << 8 | UInt128($1) }] = $0.integer(1) }
    return found
  }

  /// Timers up to an instant, in their order.
  func timers(upTo instant: Int64, limit: Int) throws -> [Due] {
    try session.query(
      "SELECT at, kind, id FROM timer WHERE partition = ?1 AND at <= ?2 ORDER BY at, kind, id LIMIT ?3",
      [scalar, .integer(instant), .integer(Int64(limit))]
    ) { Due(at: $0.integer(0), kind: $0.text(1), id: $0.text(2)) }
  }

  func earliestTimer() throws -> Int64? {
    try session.query("SELECT at FROM timer WHERE partition = ?1 ORDER BY at LIMIT 1", [scalar]) {
      $0.integer(0)
    }.first
  }

  /// Writes what a step changed.
  func write<F: Fold>(_ work: Work<F>, of fold: F, mark: Int64) throws {
    let changes = fold.packAll(work)
    var changed = changes.changed
    if work.registersChanged { changed.append((Self.registers, work.registers.packed)) }
    if work.definitionsChanged { changed.append((Self.definitions, work.definitions.packed)) }
    for (table, rows) in Self.byTable(changed, key: { $0.0 }) {
      // Key order keeps neighbouring rows on the same database pages.
      let rows = rows.sorted { $0.0 < $1.0 }
      try session.upsert(
        table: table, scalars: scalars, key: ["partition", "key"],
        columns: [("key", rows.map { bytes($0.0) }), ("value", rows.map { .blob($0.1) })])
    }
    for (table, keys) in Self.byTable(changes.removed, key: { $0 }) {
      try session.delete(table: table, scalars: scalars, column: "key", values: keys.map(bytes))
    }
    try write(identities: work.identities)
    try write(timers: work.timers)
    try markFolded(mark, version: fold.version)
  }

  /// Says up to where the state stands.
  func markFolded(_ mark: Int64, version: Int) throws {
    try session.execute(
      """
      INSERT INTO folded(partition, intake, version) VALUES(?1, ?2, ?3)
      ON CONFLICT(partition) DO UPDATE SET intake = excluded.intake, version = excluded.version
      """, [scalar, .integer(mark), .integer(Int64(version))])
  }

  private func write(identities: [UInt128: Int64]) throws {
    guard !identities.isEmpty else { return }
    let rows = identities.sorted { $0.key < $1.key }
    try session.upsert(
      table: "identity", scalars: scalars, key: ["partition", "hash"],
      columns: [("hash", rows.map { .blob($0.key.bytes) }), ("number", rows.map { .integer($0.value) })])
  }

  func write(timers: [Due: Bool]) throws {
    for (due, isSet) in timers.sorted(by: { $0.key < $1.key }) {
      let values: [SQLValue] = [scalar, .integer(due.at), bytes(due.kind), bytes(due.id)]
      try session.execute(
        isSet
          ? "INSERT INTO timer(partition, at, kind, id) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"
          : "DELETE FROM timer WHERE partition = ?1 AND at = ?2 AND kind = ?3 AND id = ?4", values)
    }
  }

  /// The mark and version at which the state stands; nil when there is no state.
  func folded() throws -> (mark: Int64, version: Int)? {
    try session.query("SELECT intake, version FROM folded WHERE partition = ?1", [scalar]) {
      ($0.integer(0), Int($0.integer(1)))
    }.first
  }

  /// Deletes everything that is derived.
  func clear() throws {
    for table in ["folded", "state", "identity", "timer"] {
      try session.execute("DELETE FROM \(table) WHERE partition = ?1", [scalar])
    }
  }
}

extension UInt128 {
  /// Big-endian bytes.
  var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }

  /// The two halves of a hash.
  public init(high: UInt64, low: UInt64) { self = UInt128(high) << 64 | UInt128(low) }
}
