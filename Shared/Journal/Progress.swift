import Contracts
import Storage
import Wire

/// How far a partition has come: its journal's head, its intake, and for each upstream what was taken.
public struct Progress: Sendable, Equatable {
  /// How far one upstream journal has been taken, and what of it.
  public struct Cursor: Sendable, Equatable {
    public var number: Int64 = 0
    public var incarnation = ""
    public var sum = EntrySum()
  }

  public var head: Int64 = 0
  public var intake: Int64 = 0
  /// The greatest instant of any entry.
  public var now: Int64 = 0
  /// Whether the gates have been passed once.
  public var opened = false
  public var cursors = [Cursor](repeating: Cursor(), count: JournalName.allCases.count)
  public var parked: [ParkedEntry] = []
  /// Of the partition's own journal.
  public var outputs = EntrySum()

  public init() {}

  public subscript(_ journal: JournalName) -> Cursor {
    get { cursors[journal.index] }
    set { cursors[journal.index] = newValue }
  }

  /// What the state's place is counted by: the intake, or the own journal where that is the truth.
  func mark<F: Fold>(_ fold: F) -> Int64 { fold.keepsIntake ? intake : head }
}

/// An upstream entry that could not be read and was left out.
public struct ParkedEntry: Sendable, Hashable {
  public var journal: JournalName
  public var number: Int64
}

extension EntrySum: StateRow {
  public init(_ reader: inout PackedReader) throws(PackedError) {
    self.init(count: try reader.signed(), sum: try reader.unsigned())
  }

  public func pack(_ writer: inout PackedWriter) {
    writer.signed(count)
    writer.unsigned(sum)
  }
}

extension Progress: StateRow {
  /// The form of the row; another one is refused.
  private static let form = 1

  public init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.number() == Self.form else {
      throw PackedError(offset: 0, reason: "a progress row of another form")
    }
    head = try reader.signed()
    intake = try reader.signed()
    now = try reader.signed()
    opened = try reader.bool()
    outputs = try EntrySum(&reader)
    for index in 0..<(try reader.count()) where index < cursors.count {
      cursors[index].number = try reader.signed()
      cursors[index].incarnation = try reader.text()
      cursors[index].sum = try EntrySum(&reader)
    }
    parked = try reader.array { (reader) throws(PackedError) in
      let name = try reader.text()
      guard let journal = JournalName(rawValue: name) else {
        throw PackedError(offset: 0, reason: "an unknown journal")
      }
      return ParkedEntry(journal: journal, number: try reader.signed())
    }
  }

  public func pack(_ writer: inout PackedWriter) {
    writer.count(Self.form)
    writer.signed(head)
    writer.signed(intake)
    writer.signed(now)
    writer.bool(opened)
    outputs.pack(&writer)
    writer.array(cursors) { writer, cursor in
      writer.signed(cursor.number)
      writer.text(cursor.incarnation)
      cursor.sum.pack(&writer)
    }
    writer.array(parked) { writer, parked in
      writer.text(parked.journal.rawValue)
      writer.signed(parked.number)
    }
  }
}

extension StateRow {
  /// The row's bytes.
  public var packed: [UInt8] {
    var writer = PackedWriter(capacity: 768)
    pack(&writer)
    return writer.bytes
  }

  /// Reads a whole row.
  public static func unpack(_ bytes: [UInt8]) throws(PackedError) -> Self {
    var reader = PackedReader(bytes)
    return try Self(&reader)
  }
}

/// The progress rows of a store.
enum ProgressStore {
  static func read(_ session: Session, _ partition: Int) throws -> Progress? {
    try session.query("SELECT row FROM progress WHERE partition = ?1", [.integer(Int64(partition))]) {
      try Progress.unpack($0.blob(0))
    }.first
  }

  /// Moves the row from one state to the next; also the lock that orders writers of a partition.
  static func move(_ session: Session, _ partition: Int, from old: Progress, to new: Progress) throws {
    let changed = try session.execute(
      """
      UPDATE progress SET head = ?2, intake = ?3, row = ?4
      WHERE partition = ?1 AND head = ?5 AND intake = ?6
      """,
      [
        .integer(Int64(partition)), .integer(new.head), .integer(new.intake), .blob(new.packed),
        .integer(old.head), .integer(old.intake),
      ])
    guard changed == 1 else { throw Fenced(partition: partition) }
  }

  static func create(_ session: Session, _ partition: Int) throws {
    try session.execute(
      "INSERT INTO progress(partition, head, intake, row) VALUES(?1, 0, 0, ?2) ON CONFLICT DO NOTHING",
      [.integer(Int64(partition)), .blob(Progress().packed)])
  }
}

/// Another owner has this partition now: nothing was written.
struct Fenced: Error {
  let partition: Int
}
