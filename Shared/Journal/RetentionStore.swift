import Storage
import Wire

/// What is gone of a partition's journal: the entries up to a number, and what they added up to.
struct DroppedPart: Sendable, Equatable {
  var number: Int64 = 0
  var sum = EntrySum()

  /// Tells a follower, or who reads a store, that it came too late.
  func refusal(_ partition: Int, _ journal: String) -> WireError {
    WireError(
      .outOfRange,
      """
      the entries of \(journal) up to \(number) in partition \(partition) were dropped by retention: begin \
      from a backup or a snapshot that was taken behind them
      """, details: JSONWriter.object { $0.member("oldest", number + 1) })
  }
}

/// Drops the oldest pages of a journal, and remembers what they were.
enum RetentionStore {
  /// Pages that one transaction drops, at most.
  static let pagesMax = 64

  static func read(_ session: Session, _ partition: Int, _ journal: String) throws -> DroppedPart {
    try session.query(
      "SELECT number, count, sum FROM dropped WHERE partition = ?1 AND journal = ?2",
      [.integer(Int64(partition)), .text(journal)]
    ) { row in
      DroppedPart(
        number: row.integer(0),
        sum: EntrySum(count: row.integer(1), sum: UInt64(bitPattern: row.integer(2))))
    }.first ?? DroppedPart()
  }

  /// Drops pages that end at `through` or before it and hold nothing as new as `instant` (unix microseconds),
  /// in an open transaction. Gives what is gone now, and whether another call may find more.
  static func drop(
    _ session: Session, _ partition: Int, _ journal: String, through: Int64, olderThan instant: Int64
  ) throws -> (part: DroppedPart, isMore: Bool) {
    let before = try read(session, partition, journal)
    var (part, found, isOpen) = (before, 0, true)
    _ = try session.query(
      """
      SELECT first, count, bytes FROM page WHERE partition = ?1 AND journal = ?2 AND first > ?3
      ORDER BY first LIMIT ?4
      """,
      [
        .integer(Int64(partition)), .text(journal), .integer(before.number), .integer(Int64(pagesMax)),
      ]
    ) { row in
      found += 1
      guard isOpen else { return }
      let (first, count) = (row.integer(0), row.integer(1))
      isOpen = first == part.number + 1 && first + count - 1 <= through
      let entries = isOpen ? try Frames(decoding: row.blob(2)) : Frames()
      isOpen = isOpen && entries.allSatisfy { newest($0).map { $0 < instant } ?? false }
      guard isOpen else { return }
      for entry in entries { part.sum.add(entry) }
      part.number += count
    }
    if part.number > before.number { try write(session, partition, journal, part) }
    return (part, isOpen && found == pagesMax)
  }

  private static func write(
    _ session: Session, _ partition: Int, _ journal: String, _ part: DroppedPart
  ) throws {
    let place: [SQLValue] = [.integer(Int64(partition)), .text(journal), .integer(part.number)]
    try session.execute("DELETE FROM page WHERE partition = ?1 AND journal = ?2 AND first <= ?3", place)
    try session.execute(
      """
      INSERT INTO dropped(partition, journal, number, count, sum) VALUES(?1, ?2, ?3, ?4, ?5)
      ON CONFLICT(partition, journal) DO UPDATE
      SET number = excluded.number, count = excluded.count, sum = excluded.sum
      """, place + [.integer(part.sum.count), .integer(Int64(bitPattern: part.sum.sum))])
  }

  /// The newest instant that an entry names: of the event, of its arrival, or of the intake. nil: none.
  private static func newest(_ entry: ArraySlice<UInt8>) -> Int64? {
    var newest: Int64?
    var scanner = JSONScanner(entry)
    do throws(JSONError) {
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "at", "ingested_at", "now": newest = max(newest ?? .min, try scanner.integer())
        default: try scanner.skip()
        }
      }
      return newest
    } catch {
      return nil
    }
  }
}
