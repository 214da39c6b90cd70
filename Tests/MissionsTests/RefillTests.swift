import Contracts
import Journal
import Testing
import Wire

@testable import Missions

@Suite struct RefillTests {
  private func answer(_ field: Field, _ want: Want, engagement: Int = 40) throws -> String {
    guard case .want(let customers)? = try field.twin.reader.row(RowKey.want(want)) else {
      return "no customers"
    }
    let payloads =
      [GenerationOrder(answering: want).encoded()]
      + customers.map { Field.text(Field.snapshot($0, engagement: Decimal6(engagement))) }
    let reply = try field.twin.command(
      Method.generateCommand, payloads, key: want.key(partition: Field.partition), now: field.now)
    return String(decoding: reply.first ?? [], as: UTF8.self)
  }

  @Test func beginsAtTheOperatorsMidnight() throws {
    let zone = try Zone(named: "Europe/Berlin")
    let field = try Field(zone: zone)
    #expect(field.twin.registers.refillAt == 0)
    // 23:30 UTC on Sunday is half past midnight on Monday in Berlin.
    field.now = At.day(-1, 23.5)
    try field.event(at: field.now)
    #expect(field.twin.registers.refillAt == At.day(0, 23))
    try field.advance(to: At.day(0, 23) - 1)
    #expect(field.twin.registers.wants.isEmpty)
    try field.advance(to: At.day(0, 23))
    #expect(field.twin.registers.wants.map(\.customers) == [1])
    #expect(field.twin.registers.wants.map(\.day) == [zone.day(ofMicros: At.day(1)).number])
    #expect(field.twin.registers.refillAt == At.day(1, 23))
  }

  @Test func everyCustomerWithAFreeSlotIsWantedInSlices() throws {
    let field = try Field()
    let count = 2_345
    try field.feed(all: (0..<count).map { Field.event("C-\($0)", at: At.monday, ingested: At.monday) })
    try field.advance(to: At.day(1))
    let wants = field.twin.registers.wants
    #expect(wants.map(\.customers) == [1_000, 1_000, 345])
    #expect(wants.map(\.batch) == [1, 2, 3])
    var seen: [String] = []
    for want in wants {
      guard case .want(let customers)? = try field.twin.reader.row(RowKey.want(want)) else { continue }
      seen += customers
    }
    #expect(seen.count == count)
    #expect(Set(seen) == Set((0..<count).map { "C-\($0)" }))
    #expect(field.twin.fold.unanswered(field.twin.registers) == At.day(1))
    for want in wants { #expect(try answer(field, want).contains(#""generated":\#(want.customers)"#)) }
    #expect(field.twin.registers.wants.isEmpty)
    #expect(field.twin.fold.unanswered(field.twin.registers) == nil)
    #expect(field.twin.registers.counts["call_frequency"]?.active == count)
    #expect(try field.audit() == [])
  }

  @Test func anAnswerWorksOnce() throws {
    let field = try Field()
    try field.event(at: At.monday)
    try field.advance(to: At.day(1))
    let want = try #require(field.twin.registers.wants.first)
    let customers = [Field.text(Field.snapshot())]
    let payloads = [GenerationOrder(answering: want).encoded()] + customers
    #expect(try answer(field, want).contains(#""generated":1"#))
    // Asked again under another key, as if the first reply had been lost and its key forgotten.
    let again = try field.twin.command(Method.generateCommand, payloads, key: "other", now: field.now)
    #expect(String(decoding: again.first ?? [], as: UTF8.self).contains(#""customers":0,"generated":0"#))
    #expect(field.twin.outputs.count == 1)
    #expect(try answer(field, want) == "no customers")
  }

  @Test func fullCustomersAreNotWanted() throws {
    let templates = MissionTemplate.Category.allCases.map { category in
      MissionTemplate(
        slug: category.rawValue, templateName: category.rawValue, description: "", category: category,
        metric: "calls_made", threshold: .init(value: Decimal6(1)), period: .monthly,
        rewardConfig: Reward(points: 1), priority: 5)
    }
    let field = try Field(templates: templates)
    try field.generate(Field.snapshot())
    #expect(try field.customer()?.active(at: field.now) == 5)
    try field.advance(to: At.day(1))
    #expect(field.twin.registers.wants.isEmpty)
    // One call completes all five and frees their slots.
    try field.event(at: At.day(1, 5))
    try field.advance(to: At.day(2))
    #expect(field.twin.registers.wants.map(\.customers) == [1])
    #expect(try field.audit() == [])
  }

  @Test func expiryComesBeforeTheRefillOfItsInstant() throws {
    let field = try Field()
    field.now = At.monday
    try field.generate(Field.snapshot())
    try field.advance(to: At.day(7))
    let last = try #require(field.twin.registers.wants.last)
    #expect(last.at == At.day(7))
    #expect(try Field.outcomes(field.twin.outputs).map(\.change) == [.generated, .expired])
    for want in field.twin.registers.wants { _ = try answer(field, want) }
    #expect(field.twin.registers.counts["call_frequency"] == counts(generated: 2, active: 1, expired: 1))
    #expect(try field.audit() == [])
  }

  private func counts(generated: Int, active: Int, expired: Int) -> StatusCounts {
    var counts = StatusCounts()
    (counts.generated, counts.active, counts.expired) = (generated, active, expired)
    return counts
  }
}
