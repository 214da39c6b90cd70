import Contracts
import Foundation
import Journal
import Wire

/// A row with a sum and a list.
struct ToyRow: StateRow, Equatable {
  var sum: Int64 = 0
  var numbers: [Int64] = []

  init() {}
  init(_ reader: inout PackedReader) throws(PackedError) {
    sum = try reader.signed()
    numbers = try reader.array { (reader) throws(PackedError) in try reader.signed() }
  }
  func pack(_ writer: inout PackedWriter) {
    writer.signed(sum)
    writer.array(numbers) { $0.signed($1) }
  }
}

/// Registers with one number.
struct ToyRegister: StateRow {
  var value: Int64 = 0
  init(_ value: Int64 = 0) { self.value = value }
  init(_ reader: inout PackedReader) throws(PackedError) { value = try reader.signed() }
  func pack(_ writer: inout PackedWriter) { writer.signed(value) }
}

/// The definitions of a toy service: `set` appends a factor.
struct ToyDefinitions: Fold {
  struct Item: Sendable {}
  let journal: JournalName
  var upstreams: [JournalName] { [] }
  var version: Int { 1 }
  func initialRegisters(partition: Int) -> ToyRegister { ToyRegister() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  typealias Row = ToyRow
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Item? { nil }
  func apply(_ item: Item, _ work: inout Work<Self>) {}
  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    if command.method == JournalMethod.seed, work.registers.value > 0 { return Frames([Array("{}".utf8)]) }
    guard let text = command.payloads.first,
      let factor = command.method == JournalMethod.seed
        ? 1 : Int64(String(decoding: text, as: UTF8.self))
    else { throw .invalid("a factor is a number") }
    work.registers.value += 1
    work.emit(kind: "factor") { $0.member("factor", factor) }
    return Frames([Array("{}".utf8)])
  }
}

/// The edge: commands append numbers of customers, each identity once. Its intake is not kept.
struct ToyEdge: Fold {
  struct Item: Sendable {}
  typealias Row = ToyRow
  typealias Registers = ToyRegister
  typealias Definitions = EmptyRow
  var journal: JournalName { .events }
  var upstreams: [JournalName] { [] }
  var keepsIntake: Bool { false }
  var version: Int { 1 }
  func initialRegisters(partition: Int) -> ToyRegister { ToyRegister() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Item? { nil }
  func apply(_ item: Item, _ work: inout Work<Self>) {}

  /// `customer value identity`, or `bad` for an entry that no follower can read.
  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    for payload in command.payloads {
      let words = String(decoding: payload, as: UTF8.self).split(separator: " ")
      if words == ["refuse"] { throw .failedPrecondition("refused") }
      if words == ["bad"] {
        work.emit(raw: Array(#"{"v":1,"kind":"number","customer_id":}"#.utf8))
        continue
      }
      guard words.count == 3, let value = Int64(words[1]), let id = UInt128(words[2]) else {
        throw .invalid("three words")
      }
      if work.identity(id) != nil { continue }
      let customer = String(words[0])
      let (prev, now) = (work.row("c:\(customer)")?.sum ?? 0, work.now)
      let number = work.emit(kind: "number", id: String(id), prev: prev) { writer in
        writer.member("customer_id", customer)
        writer.member("value", value)
        writer.member("ingested_at", now)
      }
      work.setIdentity(id, number)
      work.update("c:\(customer)", initial: ToyRow()) { row, _ in row.sum = number }
    }
    return Frames([JSONWriter.object { $0.member("head", work.nextNumber - 1) }])
  }

  func derive(_ number: Int64, _ entry: ArraySlice<UInt8>, _ work: inout Work<Self>) throws {
    guard let read = try? ToyNumber(entry), let id = read.id else { return }
    work.setIdentity(id, number)
    work.update("c:\(read.customer)", initial: ToyRow()) { row, _ in row.sum = number }
  }
}

/// An entry of the toy edge.
struct ToyNumber: Sendable {
  var customer = ""
  var value: Int64 = 0
  var id: UInt128?

  init(_ bytes: ArraySlice<UInt8>) throws {
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "customer_id": customer = try scanner.string()
      case "value": value = try scanner.integer()
      case "id": id = UInt128(try scanner.string())
      default: try scanner.skip()
      }
    }
  }
}

/// A follower: sums per customer times the factor then known, an output for each tenth, a timer later.
struct ToySums: Fold {
  enum Item: Sendable {
    case number(ToyNumber)
    case factor(Int64)
  }
  typealias Row = ToyRow
  typealias Registers = ToyRegister
  typealias Definitions = ToyRegister
  var journal: JournalName { .crossings }
  var upstreams: [JournalName] { [.scoringDefinitions, .events] }
  var gates: [JournalName] { [.scoringDefinitions] }
  var version: Int { 1 }
  func initialRegisters(partition: Int) -> ToyRegister { ToyRegister() }
  func initialDefinitions() -> ToyRegister { ToyRegister(0) }

  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Item? {
    if journal == .events { return .number(try ToyNumber(entry)) }
    var scanner = JSONScanner(entry)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if case "factor" = key { return .factor(try scanner.integer()) }
      try scanner.skip()
    }
    return nil
  }

  func key(of item: Item) -> String? {
    if case .number(let number) = item { return "c:\(number.customer)" }
    return nil
  }

  func apply(_ item: Item, _ work: inout Work<Self>) {
    switch item {
    case .factor(let factor): work.definitions = ToyRegister(factor)
    case .number(let number):
      let factor = work.definitions.value
      work.registers.value += 1
      let now = work.now
      work.update("c:\(number.customer)", initial: ToyRow()) { row, work in
        row.sum += number.value * factor
        row.numbers.append(work.taken(.events))
        if row.numbers.count % 10 == 0 {
          work.emit(kind: "tenth") { writer in
            writer.member("customer_id", number.customer)
            writer.member("sum", row.sum)
            writer.member("at", now)
          }
        }
        work.set(Due(at: now + Micros.second, kind: "later", id: number.customer))
      }
    }
  }

  func due(_ due: Due, _ work: inout Work<Self>) {
    let now = work.now
    work.emit(kind: "due") { writer in
      writer.member("customer_id", due.id)
      writer.member("at", now)
    }
  }

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    guard let customer = command.payloads.first.map({ String(decoding: $0, as: UTF8.self) }),
      !customer.isEmpty
    else {
      throw .invalid("a customer is missing")
    }
    let sum = work.update("c:\(customer)", initial: ToyRow()) { row, _ in
      row.sum += 1_000
      return row.sum
    }
    work.emit(kind: "bonus") { $0.member("customer_id", customer) }
    return Frames([JSONWriter.object { $0.member("sum", sum) }])
  }
}
