import Wire

/// Up to where all effects are in a journal: a number for each upstream journal, and an instant for timers.
///
/// Numbers are journal numbers of the same partition (definitions: of their one partition); -1 means that the
/// journal is no upstream. The time is unix microseconds (house.md 1, "Settled").
public struct Settled: Sendable, Equatable {
  private var numbers: InlineNumbers
  /// All timers up to this instant have had their effects.
  public var time: Int64

  private typealias InlineNumbers = SIMD8<Int64>

  /// Nothing is upstream.
  public init(time: Int64 = 0) {
    numbers = .init(repeating: -1)
    self.time = time
  }

  public subscript(_ journal: JournalName) -> Int64? {
    get { numbers[journal.index] < 0 ? nil : numbers[journal.index] }
    set { numbers[journal.index] = newValue ?? -1 }
  }

  /// Takes a component that may come by two ways: the smaller one counts.
  public mutating func meet(_ journal: JournalName, _ number: Int64) {
    self[journal] = min(self[journal] ?? number, number)
  }

  /// `{"events": n, ..., "definitions": {"missions": n}, "time": us}`.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      for journal in JournalName.allCases where !journal.isDefinitions {
        if let number = self[journal] {
          writer.key(text: journal.rawValue)
          writer.integer(number)
        }
      }
      writer.key("definitions")
      writer.object { writer in
        for journal in JournalName.allCases where journal.isDefinitions {
          if let number = self[journal] {
            writer.key(text: journal.owner.rawValue)
            writer.integer(number)
          }
        }
      }
      writer.member("time", time)
    }
  }

  /// Reads what `write` wrote; unknown members are passed over.
  public init(_ scanner: inout JSONScanner) throws(JSONError) {
    self.init()
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "time": time = try scanner.integer()
      case "definitions":
        try scanner.beginObject()
        while let owner = try scanner.nextKey() {
          let number = try scanner.integer()
          if let journal = JournalName(rawValue: "definitions.\(owner)") { self[journal] = number }
        }
      default:
        if let journal = JournalName(rawValue: key.description) {
          self[journal] = try scanner.integer()
        } else {
          try scanner.skip()
        }
      }
    }
  }
}

/// What a write answers: where its effects stand. A definition's position has the definitions journal's name.
public struct Position: Sendable, Codable, Hashable {
  public var partition: Int
  public var journal: JournalName
  public var number: Int64

  public init(partition: Int, journal: JournalName, number: Int64) {
    self.partition = partition
    self.journal = journal
    self.number = number
  }
}

/// A journal's head in one partition with what was settled when it stood there.
public struct HeadReport: Sendable, Equatable {
  public var partition: Int
  public var head: Int64
  /// The number of the oldest entry that is kept.
  public var oldest: Int64
  public var settled: Settled

  public init(partition: Int, head: Int64, oldest: Int64 = 1, settled: Settled) {
    self.partition = partition
    self.head = head
    self.oldest = oldest
    self.settled = settled
  }
}

/// Heads of many partitions: the answer of `journal/heads` and the text of a bell.
public struct HeadsMessage: Sendable {
  public var journal: JournalName
  public var incarnation: String
  public var heads: [HeadReport]

  public init(journal: JournalName, incarnation: String, heads: [HeadReport]) {
    self.journal = journal
    self.incarnation = incarnation
    self.heads = heads
  }

  /// `{"journal", "incarnation", "heads": {"7": {"head", "oldest", "settled"}}}`.
  public func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("journal", journal.rawValue)
      writer.member("incarnation", incarnation)
      writer.key("heads")
      writer.object { writer in
        for report in heads {
          writer.key(text: String(report.partition))
          writer.object { writer in
            writer.member("head", report.head)
            writer.member("oldest", report.head > 0 ? report.oldest : 0)
            writer.key("settled")
            report.settled.write(&writer)
          }
        }
      }
    }
  }

  /// Reads what `encoded` made.
  public init(_ bytes: ArraySlice<UInt8>) throws {
    var scanner = JSONScanner(bytes)
    var journal: JournalName?
    var incarnation = ""
    var heads: [HeadReport] = []
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "journal": journal = JournalName(rawValue: try scanner.string())
      case "incarnation": incarnation = try scanner.string()
      case "heads":
        try scanner.beginObject()
        while let key = try scanner.nextKey() { heads.append(try Self.report(key, &scanner)) }
      default: try scanner.skip()
      }
    }
    guard let journal else { throw WireError.invalid("heads without a known journal") }
    self.init(journal: journal, incarnation: incarnation, heads: heads)
  }

  private static func report(_ key: JSONKey, _ scanner: inout JSONScanner) throws -> HeadReport {
    guard let partition = Int(key.description) else { throw WireError.invalid("a partition is a number") }
    var report = HeadReport(partition: partition, head: 0, settled: Settled())
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "head": report.head = try scanner.integer()
      case "oldest": report.oldest = max(1, try scanner.integer())
      case "settled": report.settled = try Settled(&scanner)
      default: try scanner.skip()
      }
    }
    return report
  }
}

extension Position {
  /// Reads `{"partition", "journal", "number"}`.
  public init(_ scanner: inout JSONScanner) throws {
    var partition = -1
    var journal: JournalName?
    var number: Int64 = 0
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "partition": partition = Int(try scanner.integer())
      case "journal": journal = JournalName(rawValue: try scanner.string())
      case "number": number = try scanner.integer()
      default: try scanner.skip()
      }
    }
    guard partition >= 0, let journal else {
      throw WireError.invalid("a position has partition, journal and number")
    }
    self.init(partition: partition, journal: journal, number: number)
  }

  /// Writes `{"partition", "journal", "number"}`.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("partition", partition)
      writer.member("journal", journal.rawValue)
      writer.member("number", number)
    }
  }
}
