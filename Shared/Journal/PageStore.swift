import Storage
import Wire

/// Journal pages as they travel: (partition, journal, first number, count, wire frames).
enum PageStore {
  /// The intake's name among the journals of a store.
  static let intake = "intake"
  /// A stored page holds at most this many bytes, unless one entry is larger.
  static let pageBytesMax = 256 * 1024

  /// Appends entries after a head.
  static func append(
    _ session: Session, _ partition: Int, _ journal: String, after head: Int64, _ entries: Frames
  ) throws {
    var iterator = entries.makeIterator()
    var first = head + 1
    var rest = entries.count
    let perPage = max(1, entries.count * pageBytesMax / max(entries.bytes.count, 1))
    while rest > 0 {
      let count = min(rest, perPage)
      guard let bytes = iterator.nextFramed(count) else { return }
      try session.execute(
        "INSERT INTO page(partition, journal, first, count, bytes) VALUES(?1, ?2, ?3, ?4, ?5)",
        [
          .integer(Int64(partition)), .text(journal), .integer(first), .integer(Int64(count)),
          .blob(Array(bytes)),
        ])
      first += Int64(count)
      rest -= count
    }
  }

  /// Entries after a number, as many as fit `bytesMax` (at least one page's part); nil when there are none.
  static func read(
    _ session: Session, _ partition: Int, _ journal: String, after: Int64, to last: Int64 = .max,
    bytesMax: Int
  ) throws -> Page? {
    var page = Page(first: after + 1, entries: Frames())
    // Pages are asked for by their likely size, since PostgreSQL sends all that a statement finds.
    var wanted = min(max(bytesMax / usualPageBytes, 2), pagesMax)
    var floor: Int64 = 0
    while true {
      var (found, isFull, isGap) = (0, false, false)
      _ = try session.query(
        """
        SELECT first, count, bytes FROM page WHERE partition = ?1 AND journal = ?2 AND first >= coalesce(
          (SELECT max(first) FROM page WHERE partition = ?1 AND journal = ?2 AND first <= ?3), 1)
          AND first >= ?4
        ORDER BY first LIMIT ?5
        """,
        [
          .integer(Int64(partition)), .text(journal), .integer(page.next), .integer(floor),
          .integer(Int64(wanted)),
        ]
      ) { row in
        found += 1
        // What comes before the first page in the store is gone.
        isGap = isGap || page.entries.isEmpty && row.integer(0) > page.next
        if !isFull, !isGap { isFull = try !add(row, to: &page, partition, journal, last, bytesMax) }
      }
      if found < wanted || isFull || isGap {
        if isGap || found == 0 { try requireKept(session, partition, journal, page.next, isGap) }
        return page.entries.isEmpty ? nil : page
      }
      floor = page.next
      let usual = max(page.entries.bytes.count / found, 1)
      wanted = min((bytesMax - page.entries.bytes.count) / usual + 1, pagesMax)
    }
  }

  /// Pages of one look, and the bytes of a page before any is known.
  private static let pagesMax = 256
  private static let usualPageBytes = 64 * 1024

  /// Adds a stored page's entries behind those in hand; false when the page in hand is full then.
  private static func add(
    _ row: borrowing Row, to page: inout Page, _ partition: Int, _ journal: String, _ last: Int64,
    _ bytesMax: Int
  ) throws -> Bool {
    let first = row.integer(0)
    let frames = try Frames(decoding: row.blob(2))
    guard frames.count == Int(row.integer(1)) else { throw damaged(partition, journal, first) }
    let skipped = page.entries.isEmpty ? max(0, page.next - first) : 0
    let part = frames.slice(from: skipped, to: last == .max ? nil : last + 1 - first)
    if page.entries.count > 0, page.entries.bytes.count + part.bytes.count > bytesMax { return false }
    guard part.isEmpty || first + skipped == page.next else { throw damaged(partition, journal, page.next) }
    page.entries.append(contentsOf: part)
    return page.entries.bytes.count < bytesMax && page.next <= last
  }

  /// Says why there is no entry: dropped on purpose, or lost where a later one is there.
  private static func requireKept(
    _ session: Session, _ partition: Int, _ journal: String, _ number: Int64, _ hasLater: Bool
  ) throws {
    let dropped = try RetentionStore.read(session, partition, journal)
    if dropped.number >= number { throw dropped.refusal(partition, journal) }
    if hasLater { throw damaged(partition, journal, number) }
  }

  private static func damaged(_ partition: Int, _ journal: String, _ first: Int64) -> WireError {
    .dataLoss("journal \(journal), partition \(partition): a gap or a damaged page at number \(first)")
  }
}

/// Consecutive entries of one journal.
public struct Page: Sendable {
  /// The number of the first entry.
  public var first: Int64
  public var entries: Frames

  public init(first: Int64, entries: Frames) {
    self.first = first
    self.entries = entries
  }

  /// The number after the last entry.
  public var next: Int64 { first + Int64(entries.count) }

  /// What follows a number.
  func after(_ number: Int64) -> Page? {
    if number < first { return self }
    if number >= next - 1 { return nil }
    return Page(first: number + 1, entries: entries.slice(from: number + 1 - first, to: nil))
  }
}

extension Frames {
  /// The frames at places `from..<to`, places before the first counting as the first.
  func slice(from: Int64, to: Int64?) -> Frames {
    let start = Int(clamping: Swift.max(0, from))
    let end = Swift.min(count, to.map { Int(clamping: Swift.max(0, $0)) } ?? count)
    if start == 0, end == count { return self }
    guard start < end else { return Frames() }
    var iterator = makeIterator()
    if start > 0 { _ = iterator.nextFramed(start) }
    var result = Frames()
    if let bytes = iterator.nextFramed(end - start) { result.append(framed: bytes, count: end - start) }
    return result
  }
}
