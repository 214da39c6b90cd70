import Contracts
import Support
import Testing
import Wire

@testable import Scoring

@Suite struct RowTests {
  private func packed(_ row: CustomerRow) -> [UInt8] {
    var writer = PackedWriter()
    row.pack(&writer)
    return writer.bytes
  }

  /// A row with something in every member.
  private func row() throws -> CustomerRow {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.badge("idle", Criteria.idle)
    try story.take(.init(type: .activation, day: -500))
    for day in stride(from: -480, through: 0, by: 7) { try story.call(day: day, count: 2) }
    return try story.row()
  }

  @Test func rowsComeBackWhole() throws {
    let row = try row()
    #expect(!row.holding.isEmpty && !row.live.isEmpty && row.last > 0)
    var reader = PackedReader(packed(row))
    #expect(try CustomerRow(&reader) == row)
    #expect(reader.isAtEnd)
  }

  /// A customer who calls every day for years stays small.
  @Test func rowsStaySmall() throws {
    let story = try Story()
    for day in -800...0 { try story.call(day: day, count: 3) }
    #expect(packed(try story.row()).count < 2_000)
  }

  @Test func damagedRowsAreRefusedOrRead() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("damagedRowsAreRefusedOrRead: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let whole = packed(try row())
    var refused = 0
    for _ in 0..<4_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      var reader = PackedReader(bytes)
      guard let row = try? CustomerRow(&reader) else {
        refused += 1
        continue
      }
      let features = Features(row.history, asOf: Story.today).all
      #expect(features.count == Feature.allCases.count)
    }
    #expect(refused > 0)
  }

  @Test func otherFormsAreRefused() throws {
    #expect(throws: PackedError.self) {
      var reader = PackedReader([9, 0, 0])
      _ = try CustomerRow(&reader)
    }
    #expect(throws: PackedError.self) {
      var reader = PackedReader([9])
      _ = try ScoringRegisters(&reader)
    }
  }

  @Test func definitionsComeBackCompiled() throws {
    let story = try Story()
    try story.badge("one", Criteria.calls(1))
    try story.badge("two", Criteria.engaged)
    try story.badge("one", nil)
    try story.define(4, calls: 12)
    var writer = PackedWriter()
    story.twin.definitions.pack(&writer)
    var reader = PackedReader(writer.bytes)
    let read = try ScoringDefinitions(&reader)
    #expect(read.score == story.twin.definitions.score)
    #expect(read.marks == story.twin.definitions.marks)
    #expect(read.watch.lastSerial == 2)
    #expect(read.watch.watched.map(\.rule) == story.twin.definitions.watch.watched.map(\.rule))
    #expect(read.watch.watched.map(\.serial) == [2])
  }

  @Test func registersComeBackWhole() throws {
    var registers = ScoringRegisters()
    (registers.customers, registers.crossings, registers.sweepAt) = (3, 9, 17)
    (registers.sweepCursor, registers.watchAt, registers.watchCursor) = ("c:a", 5, "c:b")
    var writer = PackedWriter()
    registers.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try ScoringRegisters(&reader) == registers)
  }
}
