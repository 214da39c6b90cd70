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
    let key: [SQLValue] = [.integer(Int64(partition)), .text(journal)]
    let start =
      try session.query(
        "SELECT max(first) FROM page WHERE partition = ?1 AND journal = ?2 AND first <= ?3",
        key + [.integer(after + 1)]
      ) { $0.isNull(0) ? Int64(1) : $0.integer(0) }.first ?? 1
    try session.forEach(
      """
      SELECT first, count, bytes FROM page
      WHERE partition = ?1 AND journal = ?2 AND first >= ?3 ORDER BY first
      """,
      key + [.integer(start)]
    ) { row in
      let first = row.integer(0)
      let frames = try Frames(decoding: row.blob(2))
      guard frames.count == Int(row.integer(1)) else { throw Self.damaged(partition, journal, first) }
      let part = frames.slice(from: after + 1 - first, to: last == .max ? nil : last + 1 - first)
      if page.entries.count > 0, page.entries.bytes.count + part.bytes.count > bytesMax { return false }
      guard part.count == 0 || first + max(0, after + 1 - first) == page.next else {
        throw Self.damaged(partition, journal, page.next)
      }
      page.entries.append(contentsOf: part)
      return page.entries.bytes.count < bytesMax && page.next <= last
    }
    return page.entries.isEmpty ? nil : page
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
