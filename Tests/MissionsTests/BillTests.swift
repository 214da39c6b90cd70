import Contracts
import Testing
import Wire

@testable import Missions

/// Payments that name a bill: on time by the bill's due day, whenever the bill comes.
@Suite struct BillTests {
  private let template = MissionTemplate(
    slug: "on_time", templateName: "On time", description: "", category: .loyalty,
    metric: "payments_on_time", threshold: .init(value: Decimal6(1)), period: .monthly,
    rewardConfig: Reward(points: 1), priority: 1)
  private let bill = #"{"bill_id":"b","due_date":"2024-03-10"}"#
  private let payment = #"{"bill_id":"b"}"#

  private func field(before: (Field) throws -> Void = { _ in }) throws -> Field {
    let field = try Field(templates: [template])
    try before(field)
    try field.generate(Field.snapshot())
    return field
  }

  private func pay(_ field: Field, day: Int, _ metadata: String? = nil) throws -> [OutcomeEntry.Change] {
    try field.event("C-1", .billPaid, at: At.day(day), value: Decimal6(9), metadata: metadata ?? payment)
      .map(\.change)
  }

  private func issue(_ field: Field, day: Int, _ metadata: String? = nil, quiet: Bool = false) throws
    -> [OutcomeEntry.Change]
  {
    try field.event(
      "C-1", .billIssued, at: At.day(day), quiet: quiet, value: Decimal6(9), metadata: metadata ?? bill
    ).map(\.change)
  }

  @Test func aBillOfBeforeTheMissionIsKnown() throws {
    // The first event of the customer, months back, as a first load brings it.
    let field = try field { _ = try self.issue($0, day: -40, quiet: true) }
    #expect(try pay(field, day: 6) == [.completed])
    #expect(try field.audit() == [])
  }

  @Test func theDueDayItselfIsOnTimeTheNextIsNot() throws {
    let field = try field()
    _ = try issue(field, day: 0)
    #expect(try pay(field, day: 7) == [])
    #expect(try field.course(1)?.tally.value == .zero)
    #expect(try pay(field, day: 6) == [.completed])
    #expect(try field.audit() == [])
  }

  @Test func aBillAfterItsPaymentCompletesItAtThePayment() throws {
    let field = try field()
    #expect(try pay(field, day: 5) == [])
    let done = try field.event("C-1", .billIssued, at: At.day(-3), value: Decimal6(9), metadata: bill)
    #expect(done.map(\.change) == [.completed])
    #expect(done.map(\.at) == [At.day(5)])
    #expect(try field.audit() == [])
  }

  @Test func aReversedBillRevokesAndALaterDueDayCounts() throws {
    let field = try field { _ = try self.issue($0, day: -3) }
    #expect(try pay(field, day: 5) == [.completed])
    #expect(try field.reverse(1).map(\.change) == [.revoked])
    #expect(try issue(field, day: 0, #"{"bill_id":"b","due_date":"2024-03-08"}"#) == [])
    #expect(try issue(field, day: 0, #"{"bill_id":"b","due_date":"2024-03-09"}"#) == [.completed])
    #expect(try field.audit() == [])
  }

  @Test func aBillWithoutDueDayIsDueOnItsDayOfIssue() throws {
    let field = try field()
    _ = try issue(field, day: 4, #"{"bill_id":"b"}"#)
    #expect(try pay(field, day: 5) == [])
    #expect(try pay(field, day: 4) == [.completed])
    #expect(try field.audit() == [])
  }

  @Test func ofAnEndedMissionABillTakenBackRevokes() throws {
    let field = try field { _ = try self.issue($0, day: -3) }
    _ = try pay(field, day: 5)
    try field.advance(to: At.day(100))
    #expect(try field.reverse(1).map(\.change) == [.revoked])
    #expect(try field.customer()?.ended.map(\.status) == [.revoked])
    #expect(try field.audit() == [])
  }

  @Test func theRowForgetsBillsThatAreLongDue() throws {
    let field = try field { _ = try self.issue($0, day: -3) }
    #expect(try field.customer()?.bills.all.count == 1)
    field.now = At.day(30)
    _ = try issue(field, day: 30, #"{"bill_id":"c"}"#)
    #expect(try field.customer()?.bills.all.map(\.due) == [Zone.utc.day(ofMicros: At.day(30)).number])
    #expect(try field.audit() == [])
  }

  @Test(arguments: [
    #"{"bill_id":["b"]}"#, #"{"bill_id":null,"due_date":7}"#, #"{"bill_id":""}"#, #"{"due_date":"soon"}"#,
    "{}",
  ])
  func oddMetadataCountsForNothing(_ metadata: String) throws {
    let field = try field()
    _ = try issue(field, day: 0, metadata)
    #expect(try pay(field, day: 1, metadata) == [])
    #expect(try field.audit() == [])
  }
}
