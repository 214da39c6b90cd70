import Contracts
import Journal
import Testing
import Wire

@testable import Missions

@Suite struct RowTests {
  /// One of each kind of row, as a played field leaves them.
  private func rows() throws -> [MissionsRow] {
    let field = try Field(templates: [ProgressTests.template(2), Field.calling[0]])
    try field.generate(Field.snapshot(engagement: Decimal6(10), calls: 0))
    for day in 1...2 { try field.event(at: At.day(day, 1.5)) }
    try field.advance(to: At.day(8))
    let customer = try #require(try field.customer())
    let mission = try #require(try field.twin.reader.row(RowKey.mission(Field.partition, 1)))
    return [
      .customer(customer), mission, .archived(try #require(customer.ended.first)), .want(["C-1", "müller"]),
    ]
  }

  private func packed(_ row: MissionsRow) -> [UInt8] {
    var writer = PackedWriter()
    row.pack(&writer)
    return writer.bytes
  }

  private func unpacked(_ bytes: [UInt8]) throws -> MissionsRow {
    var reader = PackedReader(bytes)
    return try MissionsRow(&reader)
  }

  @Test func rowsComeBackAsTheyWere() throws {
    for row in try rows() { #expect(try unpacked(packed(row)) == row) }
  }

  @Test func aRowIsSmall() throws {
    #expect(try rows().map { packed($0).count }.max() ?? 0 < 300)
  }

  @Test func registersComeBackAsTheyWere() throws {
    var registers = MissionsRegisters()
    registers.refillAt = At.day(1)
    registers.refillAfter = "c:C-9"
    registers.refillBatch = 3
    registers.wants = [Want(day: 19_000, batch: 2, at: At.day(1), customers: 7)]
    registers.count("t", from: nil, to: .active)
    registers.count("t", from: .active, to: .completed)
    var writer = PackedWriter()
    registers.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try MissionsRegisters(&reader) == registers)
  }

  @Test func damagedRowsNeverTrap() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("RowTests seed \(seed)")
    var random = Seeded(state: seed)
    var refused = 0
    let rows = try rows().map(packed)
    for _ in 0..<20_000 {
      var bytes = rows.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...min(3, bytes.count), using: &random))
      if let row = try? unpacked(bytes) { _ = packed(row) } else { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func damagedEntriesAreRefusedNotTrapped() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("RowTests entries seed \(seed)")
    var random = Seeded(state: seed)
    let fold = MissionsFold(zone: .utc)
    let entries: [(JournalName, [UInt8])] = [
      (.events, Field.event("C-1", at: At.monday, ingested: At.monday)),
      (.missionsDefinitions, try Field.entry(Field.calling[0])),
    ]
    var refused = 0
    for _ in 0..<5_000 {
      var (journal, bytes) = entries.randomElement(using: &random) ?? (.events, [])
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      do { _ = try fold.decode(journal, 1, bytes[...]) } catch { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func aTemplateThatCannotBeReadIsParked() throws {
    let field = try Field()
    var bad = Field.calling[0]
    bad.eligibilityRules = #"{"nonsense": 1}"#
    try field.put([bad])
    #expect(field.twin.progress.parked.map(\.journal) == [.missionsDefinitions])
    #expect(field.twin.definitions.templates["first_call"]?.conditions.count == 2)
  }

  @Test func expiriesNameTheirMissionWhateverTheCustomersName() {
    for customer in ["C-1", "a/b", "/", "m-7-1"] {
      let due = MissionsFold.expiry(customer, 12, partition: 7, at: 5)
      #expect(MissionsFold.mission(of: due).map { [$0.customer, "\($0.number)"] } == [customer, "12"])
    }
    #expect(MissionsFold.mission(of: Due(at: 0, kind: DueKind.expire, id: "C-1")) == nil)
  }

  @Test(arguments: ["", "m", "m-1", "m-1-2-3", "e-1-2", "m--1-2", "m-1-0", "m-x-1"])
  func whatIsNoMissionsIdIsNone(_ text: String) { #expect(MissionID.parts(text) == nil) }
}
