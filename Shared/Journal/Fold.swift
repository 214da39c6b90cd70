import Contracts
import Wire

/// A row that is kept in the compact form of `Packed`.
public protocol StateRow: Sendable {
  init(_ reader: inout PackedReader) throws(PackedError)
  func pack(_ writer: inout PackedWriter)
}

/// A row with nothing in it, for a fold that keeps no registers or no definitions.
public struct EmptyRow: StateRow {
  public init() {}
  public init(_ reader: inout PackedReader) throws(PackedError) {}
  public func pack(_ writer: inout PackedWriter) {}
}

/// An instant at which a partition has something to do.
public struct Due: Hashable, Comparable, Sendable {
  /// Unix microseconds.
  public var at: Int64
  /// What is to be done; kinds of one instant are taken in their order.
  public var kind: String
  /// Whom it concerns.
  public var id: String

  public init(at: Int64, kind: String, id: String) {
    self.at = at
    self.kind = kind
    self.id = id
  }

  public static func < (left: Due, right: Due) -> Bool {
    (left.at, left.kind, left.id) < (right.at, right.kind, right.id)
  }
}

/// A request that changes something, as the intake keeps it.
public struct Command: Sendable, Equatable {
  public var method: String
  /// The idempotency key; an empty one is given by the owner's caller and never repeats.
  public var key: String
  /// The request's payload frames.
  public var payloads: Frames

  public init(method: String, key: String, payloads: Frames) {
    self.method = method
    self.key = key
    self.payloads = payloads
  }
}

/// A customer-level service as a pure fold over the ordered intake of a partition (house.md 1).
///
/// Nothing in it asks the clock, another service or a random source: `work.now` is the entry's own instant.
/// An entry that `decode` refuses is parked; `apply`, `due` and an accepted `command` cannot fail.
public protocol Fold: Sendable {
  /// An upstream entry, decoded.
  associatedtype Item: Sendable
  /// A state row: a customer, a mission, a ledger entry.
  associatedtype Row: StateRow
  /// The partition's own registers, small.
  associatedtype Registers: StateRow
  /// The definitions that the partition has taken, as state.
  associatedtype Definitions: StateRow
  /// What `laurel audit` checks in a partition beside counts and checksums.
  associatedtype Auditor: FoldAuditor = NoAudit<Row> where Auditor.Row == Row

  /// The journal that this fold appends to.
  var journal: JournalName { get }
  /// The journals that it follows, in the order in which waiting pages are taken.
  var upstreams: [JournalName] { get }
  /// The followed journals that must have been read to their head once before any other is taken.
  var gates: [JournalName] { get }
  /// The followed journals that the auditor wants to see.
  var audited: [JournalName] { get }
  /// Whether the intake is kept. Ingestion's is not: its journal is its truth.
  var keepsIntake: Bool { get }
  /// Version of the state's form: another one folds the intake again.
  var version: Int { get }

  func initialRegisters(partition: Int) -> Registers
  func initialDefinitions() -> Definitions

  /// Reads an entry; nil for a kind that is not this fold's business.
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Item?
  /// The row that the item will touch first: fetched with the others of its page in one go.
  func key(of item: Item) -> String?
  /// Whether an item may be taken now, given how far another upstream has been taken.
  func allows(_ item: Item, taken: (JournalName) -> Int64) -> Bool
  func apply(_ item: Item, _ work: inout Work<Self>)
  /// Does what a request asks, or refuses it having changed nothing; the reply's first payload is an object.
  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames
  /// What of a command its idempotency key stands for: all but what the shell gathered beside the request,
  /// such as snapshots, which are others at the next try.
  func asked(_ command: Command) -> Frames
  func due(_ due: Due, _ work: inout Work<Self>)
  /// Derives state from an entry of the own journal, where no intake is kept.
  func derive(_ number: Int64, _ entry: ArraySlice<UInt8>, _ work: inout Work<Self>) throws
  /// The earliest instant whose wants from other services are unanswered; settled time stays below it.
  func unanswered(_ registers: Registers) -> Int64?

  // What a step does for each entry and row, with the only implementations there are in `Loops`.
  func readAll(
    _ page: Page, of journal: JournalName, taken: [Int64], sum: EntrySum, unreadableMax: Int
  ) throws -> PageItems<Item>
  func applyAll(
    _ items: [Item?], from first: Int64, of journal: JournalName, _ work: inout Work<Self>) throws
  func packAll(_ work: Work<Self>) -> RowChanges
  func keepAll(_ work: Work<Self>)
}

extension Fold {
  public var gates: [JournalName] { [] }
  public var audited: [JournalName] { [] }
  public var keepsIntake: Bool { true }
  public func key(of item: Item) -> String? { nil }
  public func allows(_ item: Item, taken: (JournalName) -> Int64) -> Bool { true }
  public func unanswered(_ registers: Registers) -> Int64? { nil }
  public func asked(_ command: Command) -> Frames { command.payloads }
  public func due(_ due: Due, _ work: inout Work<Self>) {}
  public func derive(_ number: Int64, _ entry: ArraySlice<UInt8>, _ work: inout Work<Self>) throws {}
}

/// Checks a partition's invariants: sees its own journal, the audited upstreams as far as taken, its rows.
public protocol FoldAuditor {
  associatedtype Row: StateRow
  init(partition: Int)
  mutating func own(_ number: Int64, _ entry: ArraySlice<UInt8>) throws
  mutating func upstream(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws
  mutating func row(_ key: String, _ row: Row)
  /// What is wrong, in sentences; empty when nothing is.
  mutating func finish() -> [String]
}

/// Nothing beside counts and checksums.
public struct NoAudit<Row: StateRow>: FoldAuditor {
  public init(partition: Int) {}
  public mutating func own(_ number: Int64, _ entry: ArraySlice<UInt8>) {}
  public mutating func upstream(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) {}
  public mutating func row(_ key: String, _ row: Row) {}
  public mutating func finish() -> [String] { [] }
}
