import Storage
import Wire

/// Snapshots of a partition: what is derived, as it stood at a number of its intake, kept beside the truth.
///
/// A partition has at most one, written behind a fold whose outputs and state agreed with the live store, so
/// that the next fold may begin there. One that is damaged or of another form of state is passed over: the
/// fold begins at the first entry instead. Part 0 is the head, the others are rows.
struct SnapshotStore {
  /// A part holds at most this many bytes and one row more.
  private static let partBytesMax = 1 << 20

  let session: Session
  let partition: Int
  /// The form of the state's rows.
  let version: Int

  private var scalar: SQLValue { .integer(Int64(partition)) }

  /// Writes what a scratch store holds as the partition's snapshot, in place of the one before.
  /// - Parameter mark: the number at which the state stands, see `Progress.mark`.
  func write(_ progress: Progress, mark: Int64, from scratch: Session) throws {
    try session.transaction { session in
      try session.execute("DELETE FROM snapshot WHERE partition = ?1", [scalar])
      var sum = EntrySum()
      try Self.parts(of: scratch, partition) { part in
        sum.add(part[...])
        try insert(part, at: mark, Int(sum.count), session)
      }
      try insert(SnapshotHead(progress: progress, sum: sum).packed, at: mark, 0, session)
    }
  }

  private func insert(_ bytes: [UInt8], at mark: Int64, _ part: Int, _ session: Session) throws {
    try session.execute(
      "INSERT INTO snapshot(partition, intake, part, version, bytes) VALUES(?1, ?2, ?3, ?4, ?5)",
      [scalar, .integer(mark), .integer(Int64(part)), .integer(Int64(version)), .blob(bytes)])
  }

  /// Where the snapshot stands, if this version reads it.
  func usable() throws -> Progress? {
    try session.query(
      "SELECT bytes FROM snapshot WHERE partition = ?1 AND part = 0 AND version = ?2",
      [scalar, .integer(Int64(version))]
    ) { try? SnapshotHead.unpack($0.blob(0)) }.first?.map(\.progress)
  }

  /// Puts the snapshot's rows into an empty store; nil, with nothing put, when none can be used.
  /// - Parameter last: a snapshot behind this number is of another life of the store.
  func restore(upTo last: Int64, into scratch: Session) throws -> Progress? {
    let found = try session.query(
      "SELECT intake, bytes FROM snapshot WHERE partition = ?1 AND part = 0 AND version = ?2",
      [scalar, .integer(Int64(version))]
    ) { ($0.integer(0), $0.blob(1)) }.first
    guard let (mark, bytes) = found, mark <= last, let head = try? SnapshotHead.unpack(bytes) else {
      return nil
    }
    do {
      try scratch.transaction { scratch in
        try fill(scratch, mark, head)
        try StateStore(session: scratch, partition: partition).markFolded(mark, version: version)
      }
      return head.progress
    } catch is PackedError {
      return nil
    }
  }

  private func fill(_ scratch: Session, _ mark: Int64, _ head: SnapshotHead) throws {
    let store = StateStore(session: scratch, partition: partition)
    var sum = EntrySum()
    for part in stride(from: Int64(1), through: head.sum.count, by: 1) {
      let bytes = try session.query(
        "SELECT bytes FROM snapshot WHERE partition = ?1 AND intake = ?2 AND part = ?3",
        [scalar, .integer(mark), .integer(part)]
      ) { $0.blob(0) }.first
      guard let bytes else { throw Self.damaged }
      sum.add(bytes[...])
      try store.put(try SnapshotRows.unpack(bytes))
    }
    guard sum == head.sum else { throw Self.damaged }
  }

  private static var damaged: PackedError { PackedError(offset: 0, reason: "a damaged snapshot") }

  /// All derived rows of a store, in parts.
  private static func parts(
    of scratch: Session, _ partition: Int, _ body: ([UInt8]) throws -> Void
  ) throws {
    var rows = SnapshotRows()
    func flush(_ leastBytes: Int) throws {
      guard rows.bytes > leastBytes else { return }
      try body(rows.packed)
      rows = SnapshotRows()
    }
    for table in ["state", "identity", "timer"] {
      try scratch.forEach(
        "SELECT \(SnapshotRows.columns[table] ?? "") FROM \(table) WHERE partition = ?1",
        [.integer(Int64(partition))]
      ) { row in
        rows.add(table, row)
        try flush(partBytesMax)
        return true
      }
    }
    try flush(0)
  }
}

/// Where a snapshot stands, and what its parts add up to.
struct SnapshotHead: StateRow {
  var progress: Progress
  var sum: EntrySum

  init(progress: Progress, sum: EntrySum) {
    self.progress = progress
    self.sum = sum
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    sum = try EntrySum(&reader)
    progress = try Progress(&reader)
  }

  func pack(_ writer: inout PackedWriter) {
    sum.pack(&writer)
    progress.pack(&writer)
  }
}

/// Rows of the three derived tables.
struct SnapshotRows: StateRow {
  static let columns = ["state": "key, value", "identity": "hash, number", "timer": "at, kind, id"]

  var state: [(key: [UInt8], value: [UInt8])] = []
  var identities: [(hash: [UInt8], number: Int64)] = []
  var timers: [Due] = []
  /// About what they take.
  private(set) var bytes = 0

  init() {}

  mutating func add(_ table: String, _ row: borrowing Row) {
    switch table {
    case "state": state.append((row.blob(0), row.blob(1)))
    case "identity": identities.append((row.blob(0), row.integer(1)))
    default: timers.append(Due(at: row.integer(0), kind: row.text(1), id: row.text(2)))
    }
    bytes += table == "state" ? state[state.count - 1].key.count + state[state.count - 1].value.count : 32
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    state = try reader.array { (reader) throws(PackedError) in
      (Array(try reader.blob()), Array(try reader.blob()))
    }
    identities = try reader.array { (reader) throws(PackedError) in
      (Array(try reader.blob()), try reader.signed())
    }
    timers = try reader.array { (reader) throws(PackedError) in
      Due(at: try reader.signed(), kind: try reader.text(), id: try reader.text())
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.array(state) { writer, row in
      writer.blob(row.key)
      writer.blob(row.value)
    }
    writer.array(identities) { writer, row in
      writer.blob(row.hash)
      writer.signed(row.number)
    }
    writer.array(timers) { writer, due in
      writer.signed(due.at)
      writer.text(due.kind)
      writer.text(due.id)
    }
  }
}

extension StateStore {
  /// Puts rows that the store does not have yet.
  func put(_ rows: SnapshotRows) throws {
    let scalars: [(String, SQLValue)] = [("partition", .integer(Int64(partition)))]
    if !rows.state.isEmpty {
      try session.upsert(
        table: "state", scalars: scalars, key: ["partition", "key"],
        columns: [
          ("key", rows.state.map { .blob($0.key) }), ("value", rows.state.map { .blob($0.value) }),
        ])
    }
    if !rows.identities.isEmpty {
      try session.upsert(
        table: "identity", scalars: scalars, key: ["partition", "hash"],
        columns: [
          ("hash", rows.identities.map { .blob($0.hash) }),
          ("number", rows.identities.map { .integer($0.number) }),
        ])
    }
    try write(timers: Dictionary(uniqueKeysWithValues: rows.timers.map { ($0, true) }))
  }
}
