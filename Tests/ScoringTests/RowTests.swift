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
    for (day, value) in [(-700, "5"), (-120, "7.123456"), (-3, "10")] {
      try story.say(.recharge, value, day: day)
    }
    try story.say(.dataUsage, "12.5", day: -100, #"{"roaming":true,"channel":"tv"}"#)
    try story.say(.dataUsage, "12.5", day: -1, #"{"roaming":true,"channel":"tv"}"#)
    try story.say(.selfCareAction)
    try story.say(.billIssued, "9.99", day: -40, #"{"bill_id":"b","due_date":"2026-02-01"}"#)
    try story.say(.billIssued, "9.99", day: -900, #"{"bill_id":"b","due_date":"2026-02-01"}"#)
    try story.say(.payment, "9", day: -20, #"{"bill_id":"b"}"#)
    try story.say(.billPaid, "9", day: -20, #"{"due_date":"2026-02-01"}"#)
    try story.say(.planChange, #"{"tier":"premium"}"#)
    try story.say(.autoRenewEnabled)
    try story.say(.featureUpdate, #"{"features":{"total_revenue":70,"tenure":3,"note":"x"}}"#)
    return try story.row()
  }

  @Test func rowsComeBackWhole() throws {
    let row = try row()
    #expect(!row.holding.isEmpty && !row.live.isEmpty && row.last > 0)
    var reader = PackedReader(packed(row))
    #expect(try CustomerRow(&reader) == row)
    #expect(reader.isAtEnd)
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
      let read = Assessment(row.history, asOf: Story.today, ScoreSheet(.initial))
      #expect(read.features.all.count == Feature.allCases.count)
      #expect(ScoreName.allCases.allSatisfy { read.value($0) <= Decimal6(100) })
      var again = row.history
      again.take(try Lives.event(.init(type: .payment, value: "3")), today: Story.today + 200)
      again.take(try Lives.event(.init(type: .featureUpdate)), today: Story.today + 200)
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
