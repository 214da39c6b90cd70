import Contracts
import Wire

/// `journal/read`: entries of a journal after a number, for many partitions at once.
public struct PagesRequest: Sendable {
  public var journal: JournalName
  public var after: [Int: Int64]
  /// Over all partitions together.
  public var bytesMax: Int
  /// The bytes when the asker names none.
  public static let bytesDefault = 1 << 20
  /// More is not sent in one reply.
  public static let bytesLimit = 16 << 20
  /// A partition's share is at least this.
  static let shareMin = 64 << 10

  public init(journal: JournalName, after: [Int: Int64], bytesMax: Int = bytesDefault) {
    self.journal = journal
    self.after = after
    self.bytesMax = bytesMax
  }

  /// `{"journal", "after": {"7": 4700}, "bytes_max"}`.
  public func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("journal", journal.rawValue)
      writer.key("after")
      writer.object { writer in
        for (partition, number) in after.sorted(by: { $0.key < $1.key }) {
          writer.key(text: String(partition))
          writer.integer(number)
        }
      }
      writer.member("bytes_max", bytesMax)
    }
  }

  /// Reads what `encoded` made; throws `invalid_argument` for anything else.
  public init(_ bytes: ArraySlice<UInt8>) throws {
    self.init(journal: .events, after: [:])
    var named: JournalName?
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "journal": named = JournalName(rawValue: try scanner.string())
      case "after":
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          guard let partition = Int(key.description) else {
            throw WireError.invalid("a partition is a number")
          }
          after[partition] = try scanner.integer()
        }
      case "bytes_max": bytesMax = min(max(1, Int(try scanner.integer())), Self.bytesLimit)
      default: try scanner.skip()
      }
    }
    guard let named else { throw WireError.invalid("'journal' must name a journal of this service") }
    journal = named
  }

  /// What one partition may fill of the reply.
  var share: Int { max(Self.shareMin, bytesMax / max(1, after.count)) }
}

/// The reply: for each partition a payload that says what follows, and then the entries as stored.
public struct PagesReply: Sendable {
  /// What one partition has after the number that was asked for.
  public struct Part: Sendable {
    public var partition: Int
    public var page: Page
    public var head: Int64
    /// The number of the oldest entry that is kept.
    public var oldest: Int64 = 1
    public var settled: Settled

    /// Whether entries exist after the number that was asked for, and the next one is kept no more.
    var isGone: Bool { page.entries.isEmpty && head >= page.first && oldest > page.first }
  }

  public var incarnation = ""
  public var parts: [Part] = []

  public init(incarnation: String) { self.incarnation = incarnation }

  /// `{"partition", "first", "count", "head", "settled", "incarnation"}` and the entries, for each part.
  public func encoded() -> Frames {
    var frames = Frames()
    frames.reserve(bytes: parts.reduce(0) { $0 + $1.page.entries.bytes.count + 300 })
    for part in parts {
      frames.append(
        JSONWriter.object { writer in
          writer.member("partition", part.partition)
          writer.member("first", part.page.first)
          writer.member("count", part.page.entries.count)
          writer.member("head", part.head)
          writer.member("oldest", part.oldest)
          writer.member("incarnation", incarnation)
          writer.key("settled")
          part.settled.write(&writer)
        })
      frames.append(contentsOf: part.page.entries)
    }
    return frames
  }

  /// Reads what `encoded` made.
  public init(_ frames: Frames) throws {
    var iterator = frames.makeIterator()
    while let text = iterator.next() {
      var part = Part(partition: 0, page: Page(first: 1, entries: Frames()), head: 0, settled: Settled())
      var count = 0
      var scanner = JSONScanner(text)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "partition": part.partition = Int(try scanner.integer())
        case "first": part.page.first = try scanner.integer()
        case "count": count = Int(try scanner.integer())
        case "head": part.head = try scanner.integer()
        case "oldest": part.oldest = try scanner.integer()
        case "incarnation": incarnation = try scanner.string()
        case "settled": part.settled = try Settled(&scanner)
        default: try scanner.skip()
        }
      }
      if count > 0 {
        guard let bytes = iterator.nextFramed(count) else { throw WireError.invalid("a page ends too early") }
        part.page.entries.append(framed: bytes, count: count)
      }
      parts.append(part)
    }
  }

  /// The heads that the parts tell.
  func heads(of journal: JournalName) -> HeadsMessage {
    HeadsMessage(
      journal: journal, incarnation: incarnation,
      heads: parts.map {
        HeadReport(partition: $0.partition, head: $0.head, oldest: $0.oldest, settled: $0.settled)
      })
  }
}
