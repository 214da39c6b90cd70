import Contracts
import Journal
import Wire

/// What a benchmark never follows.
enum BenchNothing: Sendable {}

/// A fold that follows nothing and keeps no rows: what it does, it does in its commands.
protocol BenchAppender: Fold
where Item == BenchNothing, Row == EmptyRow, Registers == EmptyRow, Definitions == EmptyRow {}

extension BenchAppender {
  var journal: JournalName { .events }
  var upstreams: [JournalName] { [] }
  var keepsIntake: Bool { false }
  var version: Int { 1 }

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) -> BenchNothing? { nil }
  func apply(_ item: BenchNothing, _ work: inout Work<Self>) {}
}

/// Definitions of a benchmark: there are none.
struct BenchDefinitions: BenchAppender {
  let journal: JournalName
  var keepsIntake: Bool { true }

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    throw .unimplemented("a benchmark has no definitions")
  }
}

/// Appends entries that come ready, each identity once: what every event costs before it means anything.
struct BenchEdge: BenchAppender {
  static let method = "bench/append"

  /// Each payload is the identity's 16 bytes and the entry.
  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let hashes = command.payloads.map { $0.prefix(BenchEvents.hashBytes).reduce(0) { $0 << 8 | UInt128($1) } }
    let known = work.identities(of: hashes)
    for (place, payload) in command.payloads.enumerated() where known[place] == 0 {
      if work.claimIdentity(hashes[place], work.nextNumber) != nil { continue }
      work.emit(raw: Array(payload.dropFirst(BenchEvents.hashBytes)))
    }
    return Frames([JSONWriter.object { _ in }])
  }
}

/// Follows the entries and keeps one row a customer, as wide as a customer's row of Scoring.
struct BenchRows: Fold {
  struct Item: Sendable {
    /// The key of the customer's row.
    let key: String
    let value: Int64
  }
  typealias Row = BenchRow
  typealias Registers = EmptyRow
  typealias Definitions = EmptyRow

  var journal: JournalName { .crossings }
  var upstreams: [JournalName] { [.events] }
  var version: Int { 1 }

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func key(of item: Item) -> String? { item.key }

  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Item? {
    var (customer, value) = ("", Int64(0))
    var scanner = JSONScanner(entry)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "customer_id": customer = try scanner.string()
      case "value": value = try scanner.integer()
      default: try scanner.skip()
      }
    }
    return Item(key: "c:" + customer, value: value)
  }

  func apply(_ item: Item, _ work: inout Work<Self>) {
    work.update(item.key, initial: BenchRow()) { row, _ in
      row.count += 1
      row.sum += item.value
    }
  }

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    throw .unimplemented("a benchmark's rows take no commands")
  }
}

/// A customer's row of 640 bytes.
struct BenchRow: StateRow, Equatable {
  /// What fills the row up, bytes.
  private static let filler = [UInt8](repeating: 0x72, count: 620)

  var count: Int64 = 0
  var sum: Int64 = 0
  private var rest = Self.filler

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    count = try reader.signed()
    sum = try reader.signed()
    rest = Array(try reader.blob())
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(count)
    writer.signed(sum)
    writer.blob(rest)
  }
}
