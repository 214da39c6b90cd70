import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Badging

@Suite struct RowTests {
  private static let award = AwardEntry(
    id: "a-7-1", customer: "müller", at: 5, badge: "activated.gold", badgeType: "activated", level: .gold,
    change: .awarded, reason: .mission, evidence: [.crossing(3), .occasion(mission: "m-7-2-1", 2)])
  private static let points = PointsEntry(
    id: "p-7-1", customer: "C-1", at: -1, booking: .reverse, points: -250, reason: "A \"name\"",
    reference: "m-7-2/1", balance: -130, expiresAt: nil)

  static let grant = OfferEntry(
    id: "o-7-8", customer: "müller", at: 4, change: .granted, offer: "retention_offer", name: "Thanks",
    offerKind: .discount, value: Decimal6(20), mission: "m-7-2", occasion: 3, expiresAt: 99)

  private static var customer: CustomerRow {
    var row = CustomerRow()
    (row.last, row.balance, row.ledgerCount, row.awardCount, row.isWaiting) = (812, -40, 3, 2, true)
    row.truths = [Truth(comparison: ComparisonName(hash: .max), crossing: 9, definitions: 8)]
    (row.grantCount, row.lastGrant) = (2, "o-7-3")
    row.completed = ["correction": 2, "loyalty": 300]
    let grounds = [Ground([.crossing(9), .completed(category: "loyalty", 1)]), Ground()]
    row.held = [Holding(badge: "activated.bronze", place: 2, grounds: grounds)]
    return row
  }

  static var rows: [BadgingRow] {
    var revoked = AwardRow(award)
    revoked.revokedAt = 99
    var earned = points
    earned.expiresAt = 7
    var occasion = OccasionRow(customer: "C", category: "revenue", points: 4, badge: "activated.gold")
    occasion.isRevoked = true
    occasion.grant = "o-7-8"
    var redeemed = GrantRow(grant, before: "o-7-1")
    (redeemed.status, redeemed.endedAt) = (.redeemed, 77)
    return [
      .customer(CustomerRow()), .customer(customer), .award(AwardRow(award)), .award(revoked),
      .ledger(LedgerRow(points)), .ledger(LedgerRow(earned)), .occasion(occasion),
      .grant(GrantRow(grant, before: nil)), .grant(redeemed),
    ]
  }

  @Test(arguments: rows.indices)
  func aRowComesBack(index: Int) throws {
    let row = Self.rows[index]
    #expect(try BadgingRow.unpack(row.packed) == row)
  }

  @Test func registersAndBadgesComeBack() throws {
    var registers = BadgingRegisters()
    registers.awards = ["activated.bronze": 3]
    (registers.earned, registers.reversed, registers.sweptTo) = (100, 40, "c:x")
    registers.notices = ["mission.completed": 2]
    registers.offers = ["offer_granted": 5]
    #expect(try BadgingRegisters.unpack(registers.packed) == registers)

    var programme = Programme()
    for badge in try DefaultBadges.all { programme.badges.put(try Badge(badge), number: 1) }
    for offer in try Defaults(Frames()).offers { programme.offers[offer.offerId] = offer }
    var changed = try DefaultBadges.badge("power_user.bronze")
    changed.criteria = engagement(41)
    programme.badges.put(try Badge(changed), number: 9)
    let read = try Programme.unpack(programme.packed)
    #expect(read.badges.all.map(\.definition) == programme.badges.all.map(\.definition))
    #expect(read.badges.all.count == 48)
    #expect(read.badges.left == [try name(of: engagement(40)): 9])
    #expect(read.badges.watched == programme.badges.watched)
    #expect(read.offers == programme.offers)
    #expect(read.packed == programme.packed)
    for definition in [BadgingDefinition.badge(changed)] + read.offers.values.map({ .offer($0) }) {
      let row = DefinitionRow(definition: definition, last: 9)
      #expect(try DefinitionRow.unpack(row.packed) == row)
    }
  }

  /// Whatever bytes there are: a row or an error, never a trap.
  @Test func damagedBytesAreRefusedOrRead() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("damaged rows: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for row in Self.rows {
      let whole = row.packed
      #expect(throws: PackedError.self) { try BadgingRow.unpack(Array(whole.dropLast())) }
      #expect(throws: PackedError.self) { try BadgingRow.unpack(whole + [0]) }
      for _ in 0..<300 {
        let bytes = Self.damaged(whole, &random)
        if let read = try? BadgingRow.unpack(bytes) { _ = try? BadgingRow.unpack(read.packed) }
      }
    }
  }

  @Test func damagedDefinitionsAndRegistersAreRefusedOrRead() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("damaged definitions: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var programme = Programme()
    for badge in try DefaultBadges.all.prefix(5) { programme.badges.put(try Badge(badge), number: 1) }
    programme.offers = Dictionary(
      uniqueKeysWithValues: try Defaults(Frames()).offers.map { ($0.offerId, $0) })
    var registers = BadgingRegisters()
    (registers.awards, registers.offers) = (["activated.bronze": 3], ["offer_granted": 2])
    let row = DefinitionRow(definition: .badge(try DefaultBadges.badge("premium.gold")), last: 4)
    for _ in 0..<400 {
      let bytes = Self.damaged(programme.packed, &random)
      if let read = try? Programme.unpack(bytes) { _ = try? Programme.unpack(read.packed) }
      let others = Self.damaged(registers.packed, &random)
      if let read = try? BadgingRegisters.unpack(others) { _ = try? BadgingRegisters.unpack(read.packed) }
      let text = Self.damaged(row.packed, &random)
      if let read = try? DefinitionRow.unpack(text) { _ = try? DefinitionRow.unpack(read.packed) }
    }
    #expect(throws: PackedError.self) { try DefinitionRow.unpack(Array(row.packed.dropLast())) }
    #expect(throws: PackedError.self) { try DefinitionRow.unpack(row.packed + [0]) }
    #expect(throws: PackedError.self) { try Programme.unpack(Array(programme.packed.dropLast())) }
  }

  private static func damaged(_ whole: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = whole
    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    return bytes
  }

  @Test func entriesComeBack() throws {
    let award = Entry.text(kind: "award") { writer in
      writer.member("id", Self.award.id)
      Self.award.write(&writer)
    }
    #expect(try AwardEntry(award[...]) == Self.award)
    #expect(try PointsEntry(award[...]) == nil)
    #expect(try NoticeEntry(award[...]) == nil)
    let points = Entry.text(kind: "points") { writer in
      writer.member("id", Self.points.id)
      Self.points.write(&writer)
    }
    #expect(try PointsEntry(points[...]) == Self.points)
    for change in OfferEntry.Change.allCases {
      var entry = Self.grant
      entry.change = change
      let text = Entry.text(kind: change.rawValue) { writer in
        writer.member("id", entry.id)
        entry.write(&writer)
      }
      #expect(try OfferEntry(text[...]) == entry)
      #expect(try AwardEntry(text[...]) == nil)
      #expect(try PointsEntry(text[...]) == nil)
      #expect(try NoticeEntry(text[...]) == nil)
    }
    #expect(try OfferEntry(points[...]) == nil)
    let outcome = OutcomeEntry(
      customer: "C-1", mission: "m-7-2", template: "first_call", category: "onboarding", change: .expired,
      occasion: 0, at: 3, reward: Reward(points: 1), name: "First call")
    let notice = NoticeEntry(outcome, number: 12, at: 4)
    #expect(notice.of == "mission.expired")
    #expect(try NoticeEntry(Entry.text(kind: "notice", notice.write)[...]) == notice)
  }

  /// The example of the wire's description.
  @Test func anAwardLooksLikeThis() throws {
    let stage = try Stage()
    try stage.up(engagement(40))
    let text = String(decoding: try #require(stage.twin.outputs.last), as: UTF8.self)
    #expect(
      text == #"{"v":1,"kind":"award","id":"a-7-1","prev":0,"customer_id":"C-1","at":\#(stage.now),"#
        + #""badge":"power_user.bronze","badge_type":"power_user","level":"bronze","change":"awarded","#
        + #""reason":"criteria","evidence":[{"crossing":1}]}"#)
  }

  @Test func entriesOfACustomerAreLinked() throws {
    let stage = try Stage()
    try stage.up(engagement(60))
    try stage.outcome(.generated, "m-7-9", customer: "C-2")
    try stage.outcome(.completed, "m-7-1")
    let links = try stage.twin.outputs.map { output in
      var scanner = JSONScanner(output)
      try scanner.beginObject()
      var prev: Int64 = -1
      while let key = try scanner.nextKey() {
        if "prev" ~= key { prev = try scanner.integer() } else { try scanner.skip() }
      }
      return prev
    }
    #expect(links == [0, 1, 0, 2, 4])
  }
}
