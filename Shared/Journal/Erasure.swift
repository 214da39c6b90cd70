import Contracts
import Messaging
import Storage
import Wire

/// How far the history of a partition may be erased, and where a fold must begin from then on: at a snapshot
/// that was checked by a fold before.
struct ErasureBase: StateRow, Equatable {
  /// Kept beside the truth; no row of a fold begins so.
  private static let key = "=base"

  var head: Int64
  var intake: Int64

  init(head: Int64, intake: Int64) { (self.head, self.intake) = (head, intake) }

  init(_ reader: inout PackedReader) throws(PackedError) {
    (head, intake) = (try reader.signed(), try reader.signed())
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(head)
    writer.signed(intake)
  }

  /// The refusal where the snapshot is gone without which nothing can be folded.
  static func lost(_ partition: Int) -> WireError {
    .dataLoss(
      "partition \(partition) was erased in part, and its snapshot cannot be read: restore its database")
  }

  /// Nil as long as nothing may be erased.
  static func read(_ session: Session, _ partition: Int) throws -> ErasureBase? {
    try session.query(
      "SELECT value FROM kept WHERE partition = ?1 AND key = ?2",
      [.integer(Int64(partition)), .blob(Array(key.utf8))]
    ) { $0.blob(0) }.first.map { try ErasureBase.unpack($0) }
  }

  func write(_ session: Session, _ partition: Int) throws {
    try session.execute(
      """
      INSERT INTO kept(partition, key, value) VALUES(?1, ?2, ?3)
      ON CONFLICT(partition, key) DO UPDATE SET value = excluded.value
      """, [.integer(Int64(partition)), .blob(Array(Self.key.utf8)), .blob(packed)])
  }
}

extension PageStore {
  /// Puts other entries in the place of some, up to a number; gives how many, and what the checksum changes.
  static func replace(
    _ session: Session, _ partition: Int, _ journal: String, through last: Int64,
    holding needle: [UInt8], _ other: (Int64, ArraySlice<UInt8>) throws -> [UInt8]?
  ) throws -> (count: Int, change: UInt64) {
    var (count, change, after) = (0, UInt64(0), Int64(0))
    while let (first, bytes) = try page(session, partition, journal, after), first <= last {
      after = first
      // Most pages have nothing of the customer.
      guard bytes.holds(needle) else { continue }
      var (fresh, isChanged) = (Frames(), false)
      for (place, entry) in try Frames(decoding: bytes).enumerated() {
        let number = first + Int64(place)
        guard number <= last, let replaced = try other(number, entry) else {
          fresh.append(Array(entry))
          continue
        }
        var (old, new) = (EntrySum(), EntrySum())
        old.add(entry)
        new.add(replaced[...])
        change = change &+ new.sum &- old.sum
        (count, isChanged) = (count + 1, true)
        fresh.append(replaced)
      }
      guard isChanged else { continue }
      try session.execute(
        "UPDATE page SET bytes = ?4 WHERE partition = ?1 AND journal = ?2 AND first = ?3",
        [.integer(Int64(partition)), .text(journal), .integer(first), .blob(fresh.bytes)])
    }
    return (count, change)
  }

  /// The next stored page.
  private static func page(
    _ session: Session, _ partition: Int, _ journal: String, _ after: Int64
  ) throws -> (Int64, [UInt8])? {
    try session.query(
      """
      SELECT first, bytes FROM page WHERE partition = ?1 AND journal = ?2 AND first > ?3
      ORDER BY first LIMIT 1
      """,
      [.integer(Int64(partition)), .text(journal), .integer(after)]
    ) { ($0.integer(0), $0.blob(1)) }.first
  }
}

extension [UInt8] {
  /// Whether some bytes stand in these one after the other.
  func holds(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first, count >= needle.count else { return needle.isEmpty }
    let last = count - needle.count
    return withUnsafeBufferPointer { bytes in
      needle.withUnsafeBufferPointer { needle in
        var place = 0
        while place <= last {
          if bytes[place] == first {
            var length = 1
            while length < needle.count, bytes[place + length] == needle[length] { length += 1 }
            if length == needle.count { return true }
          }
          place += 1
        }
        return false
      }
    }
  }
}

/// What an erasure looks for.
struct ErasureTarget {
  let customer: String
  /// The id as it stands in entries and replies.
  let needle: [UInt8]
  /// The id as it stands in the payloads of commands, which are texts in a text.
  let nested: [UInt8]

  init(_ customer: String) {
    self.customer = customer
    var writer = JSONWriter()
    writer.string(customer)
    needle = writer.bytes
    var outer = JSONWriter()
    outer.string(utf8: needle)
    nested = Array(outer.bytes.dropFirst().dropLast())
  }

  /// The number of the newest forget entry about the customer among the first entries of a journal.
  func forgotten(_ session: Session, _ partition: Int, _ journal: String, through last: Int64) throws -> Int64
  {
    var found: Int64 = 0
    _ = try PageStore.replace(session, partition, journal, through: last, holding: needle) { number, entry in
      if try ForgetEntry(entry)?.customer == customer { found = number }
      return nil
    }
    return found
  }
}

extension Owner {
  /// Erases what is about a customer up to his last forget entry before the base: in the journal, in the
  /// intake, in kept replies; gives how many entries there were.
  func erase(_ customer: String, _ partition: Int) throws -> Int {
    guard var mine = owned[partition] else {
      throw WireError.failedPrecondition("partition \(partition) is not owned here")
    }
    let target = ErasureTarget(customer)
    let session = try usableSession()
    guard let base = try ErasureBase.read(session, partition) else {
      throw WireError.failedPrecondition("partition \(partition) has no checked snapshot to begin at")
    }
    let before = mine.progress
    var count = 0
    try session.transaction { session in
      let journal = fold.journal.rawValue
      let last = try target.forgotten(session, partition, journal, through: base.head)
      let outputs = try PageStore.replace(session, partition, journal, through: last, holding: target.needle)
      {
        try ForgetEntry.customer(of: $1) == customer ? ForgetEntry.tombstone(of: $1) : nil
      }
      // An intake entry that names the customer: the fold begins behind it.
      let intake = try PageStore.replace(
        session, partition, PageStore.intake, through: base.intake, holding: target.nested
      ) { _, entry in Array(entry).holds(target.nested) ? ForgetEntry.tombstone(of: entry) : nil }
      count = outputs.count + intake.count
      mine.progress.outputs.change(by: outputs.change)
      let snapshots = SnapshotStore(session: session, partition: partition, version: fold.version)
      try snapshots.change { $0.outputs.change(by: outputs.change) }
      try ReplyStore.erase(session, partition, holding: target.needle)
      try save(mine, before, partition, session)
    }
    owned[partition]?.progress = mine.progress
    return count
  }

  /// Takes over what a journal's entries add up to after some were erased: as of the snapshot's cursor.
  func adjust(_ partition: Int, _ journal: JournalName, _ sums: [Int64: EntrySum]) throws {
    guard var mine = owned[partition] else {
      throw WireError.failedPrecondition("partition \(partition) is not owned here")
    }
    let before = mine.progress
    try usableSession().transaction { session in
      let snapshots = SnapshotStore(session: session, partition: partition, version: fold.version)
      var change: UInt64?
      try snapshots.change { progress in
        guard let sum = sums[progress[journal].number], sum.count == progress[journal].sum.count else {
          return
        }
        change = sum.sum &- progress[journal].sum.sum
        progress[journal].sum.change(by: change ?? 0)
      }
      guard let change else { throw WireError(.aborted, "the snapshot of partition \(partition) moved on") }
      mine.progress[journal].sum.change(by: change)
      try save(mine, before, partition, session)
    }
    owned[partition]?.progress = mine.progress
  }

  private func save(_ mine: Owned, _ before: Progress, _ partition: Int, _ session: Session) throws {
    if mine.progress != before {
      try ProgressStore.move(session, partition, from: before, to: mine.progress)
    }
    try LeaseStore.check(session, partition, holder: settings.holder, epoch: mine.epoch)
  }
}

extension SnapshotStore {
  /// Changes where the partition's snapshot says that it stands.
  func change(_ body: (inout Progress) -> Void) throws {
    let found = try session.query(
      "SELECT intake, bytes FROM snapshot WHERE partition = ?1 AND part = 0", [.integer(Int64(partition))]
    ) { ($0.integer(0), $0.blob(1)) }.first
    guard let (mark, bytes) = found else {
      throw WireError.failedPrecondition("partition \(partition) has no snapshot")
    }
    var head = try SnapshotHead.unpack(bytes)
    body(&head.progress)
    try session.execute(
      "UPDATE snapshot SET bytes = ?3 WHERE partition = ?1 AND intake = ?2 AND part = 0",
      [.integer(Int64(partition)), .integer(mark), .blob(head.packed)])
  }

  /// Where the partition's snapshot stands; nil without one.
  func progress() throws -> Progress? {
    try session.query(
      "SELECT bytes FROM snapshot WHERE partition = ?1 AND part = 0", [.integer(Int64(partition))]
    ) { $0.blob(0) }.first.map { try SnapshotHead.unpack($0).progress }
  }
}

extension ReplyStore {
  /// Deletes kept replies in which some bytes stand.
  static func erase(_ session: Session, _ partition: Int, holding needle: [UInt8]) throws {
    let scalar = SQLValue.integer(Int64(partition))
    let keys = try session.query("SELECT key, bytes FROM reply WHERE partition = ?1", [scalar]) { row in
      (row.text(0), row.blob(1))
    }.filter { $0.1.holds(needle) || Array($0.0.utf8).holds(needle) }.map(\.0)
    for key in keys {
      try session.execute("DELETE FROM reply WHERE partition = ?1 AND key = ?2", [scalar, .text(key)])
    }
  }
}
