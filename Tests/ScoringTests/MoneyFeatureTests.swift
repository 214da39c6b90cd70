import Contracts
import Measures
import Testing
import Wire

@testable import Scoring

@Suite struct MoneyFeatureTests {
  private func money(_ text: String) throws -> FeatureValue { .number(try #require(Decimal6(text))) }

  @Test func revenueIsOfFiveTypes() throws {
    let story = try Story()
    try story.say(.recharge, "10")
    try story.say(.topUp, "5.5", day: -29)
    try story.say(.bundlePurchase, "3", day: -30)
    try story.say(.payment, "20.000001", day: -59)
    try story.say(.billPaid, "7", day: -60)
    try story.say(.billIssued, "100")
    try story.say(.planChange, "50")
    #expect(try story.feature(.rechargeAmount30d) == money("15.5"))
    #expect(try story.feature(.revenue30d) == money("15.5"))
    #expect(try story.feature(.revenuePrev30d) == money("23.000001"))
    #expect(try story.feature(.totalRevenue) == money("45.500001"))
    #expect(try story.feature(.transactionCount) == .count(5))
    #expect(try story.feature(.lifetimeValue) == money("45.500001"))
    #expect(try story.feature(.totalRevenue, day: -1) == money("35.500001"))
    #expect(try story.feature(.transactionCount, day: -60) == .count(1))
    #expect(try story.feature(.revenuePrev30d, day: -30) == money("7"))
    #expect(try story.feature(.daysSinceLastTransaction, day: -1) == .count(28))
    try story.reverse(.init(type: .payment, day: -59, value: "20.000001"))
    #expect(try story.feature(.totalRevenue) == money("25.5"))
    #expect(try story.audit() == [])
  }

  /// 90 days of revenue by months of age, one to three.
  @Test(arguments: [
    (0, "90"), (30, "90"), (45, "60"), (60, "45"), (90, "30"), (365, "30"),
  ]) func arpuIsByMonthsOfAge(age: Int, arpu: String) throws {
    let story = try Story()
    try story.say(.activation, day: -age)
    try story.say(.payment, "50", day: 0)
    try story.say(.payment, "40", day: -89)
    try story.say(.payment, "1000", day: -90)
    #expect(try story.feature(.arpu) == money(arpu))
  }

  @Test func arpuOfUnknownAgeIsOfThreeMonths() throws {
    let story = try Story()
    try story.say(.payment, "90")
    #expect(try story.feature(.arpu) == money("30"))
  }

  @Test(arguments: [0, 91, 92, 93, 181, 182, 183, 400]) func oldTransactionsStayKnown(days: Int) throws {
    let story = try Story()
    try story.say(.recharge, "10", day: -days)
    try story.say(.recharge, "10", day: -days, seconds: 5)
    try story.say(.planChange)
    #expect(try story.feature(.daysSinceLastTransaction) == .count(Int64(days)))
    #expect(try story.feature(.totalRevenue) == money("20"))
    #expect(try story.feature(.rechargesEver) == .count(2))
    try story.reverse(.init(type: .recharge, day: -days, value: "10"))
    #expect(try story.feature(.totalRevenue) == money("10"))
    try story.reverse(.init(type: .recharge, day: -days, value: "10", seconds: 5))
    #expect(try story.feature(.daysSinceLastTransaction) == .null)
    #expect(try story.feature(.totalRevenue) == money("0"))
  }

  @Test(arguments: [
    (-1, #"{"due_date":"2026-03-01"}"#, 1, 0), (0, #"{"due_date":"2026-03-01T23:00:00Z"}"#, 1, 0),
    (0, #"{"due_date":"2026-02-28"}"#, 0, 1), (0, #"{"due_date":"soon"}"#, 0, 0), (0, nil, 0, 0),
    (0, #"{"bill_id":"unknown"}"#, 0, 0), (-364, #"{"due_date":"2026-03-01"}"#, 1, 0),
    (-365, #"{"due_date":"2026-03-01"}"#, 0, 0),
  ]) func paymentsByTheirOwnDueDate(day: Int, metadata: String?, onTime: Int64, late: Int64) throws {
    for type in [EventType.payment, .billPaid] {
      let story = try Story()
      try story.say(type, "10", day: day, metadata)
      #expect(try story.feature(.onTimePayments365d) == .count(onTime))
      #expect(try story.feature(.latePayments365d) == .count(late))
      try story.reverse(.init(type: type, day: day, value: "10", metadata: metadata))
      #expect(try story.feature(.onTimePayments365d) == .count(0))
      #expect(try story.feature(.latePayments365d) == .count(0))
    }
  }

  /// The bill may arrive after its payment; its own due date comes first.
  @Test(arguments: [false, true]) func paymentsByTheirBill(isBillFirst: Bool) throws {
    let bill = Story.Draft(
      type: .billIssued, day: -20, value: "30", metadata: #"{"bill_id":"b1","due_date":"2026-02-20"}"#)
    let story = try Story()
    if isBillFirst { try story.take(bill) }
    // 2026-02-20 is 9 days before.
    try story.say(.payment, "10", day: -9, #"{"bill_id":"b1"}"#)
    try story.say(.payment, "10", day: -8, #"{"bill_id":"b1"}"#)
    try story.say(.payment, "10", day: -7, #"{"bill_id":"b1","due_date":"2026-02-28"}"#)
    if !isBillFirst { try story.take(bill) }
    #expect(try story.feature(.onTimePayments365d) == .count(2))
    #expect(try story.feature(.latePayments365d) == .count(1))
    #expect(try story.feature(.onTimePayments365d, day: -9) == .count(1))
    try story.reverse(bill)
    #expect(try story.feature(.onTimePayments365d) == .count(1))
    #expect(try story.feature(.latePayments365d) == .count(0))
    #expect(try story.audit() == [])
  }

  /// What names no bill is no bill's: such payments are neither on time nor late.
  @Test(arguments: ["null", #""""#, "true", #"["b1"]"#]) func billsWithoutAName(name: String) throws {
    let story = try Story()
    try story.say(.billIssued, "30", day: -20, #"{"bill_id":\#(name),"due_date":"2026-02-20"}"#)
    try story.say(.payment, "10", day: -9, #"{"bill_id":\#(name)}"#)
    try story.say(.payment, "10", day: -8, #"{"bill_id":\#(name)}"#)
    #expect(try story.feature(.onTimePayments365d) == .count(0))
    #expect(try story.feature(.latePayments365d) == .count(0))
  }

  /// A number names a bill like its digits as a text.
  @Test func billsWithANumber() throws {
    let story = try Story()
    try story.say(.billIssued, "30", day: -20, #"{"bill_id":4711,"due_date":"2026-02-20"}"#)
    try story.say(.payment, "10", day: -9, #"{"bill_id":"4711"}"#)
    try story.say(.payment, "10", day: -8, #"{"bill_id":4711}"#)
    #expect(try story.feature(.onTimePayments365d) == .count(1))
    #expect(try story.feature(.latePayments365d) == .count(1))
  }

  /// A bill without a due date is due on its day of issue, for who pays it as for who owes it.
  @Test func paymentsByABillWithoutADueDate() throws {
    let story = try Story()
    try story.say(.billIssued, "30", day: -20, #"{"bill_id":"b1"}"#)
    try story.say(.payment, "10", day: -20, #"{"bill_id":"b1"}"#)
    try story.say(.payment, "10", day: -19, #"{"bill_id":"b1"}"#)
    #expect(try story.feature(.onTimePayments365d) == .count(1))
    #expect(try story.feature(.latePayments365d) == .count(1))
  }

  /// Bills are owed from the day after they were due; what was paid counts whenever it was.
  @Test func arrearsAreWhatIsDueAndNotPaid() throws {
    let story = try Story()
    try story.say(.billIssued, "30", day: -20, #"{"due_date":"2026-03-01"}"#)
    #expect(try story.feature(.arrears) == money("0"))
    try story.say(.billIssued, "12", day: -1)
    #expect(try story.feature(.arrears) == money("12"))
    try story.say(.billIssued, "9", day: 0)
    try story.pass(days: 1)
    #expect(try story.feature(.arrears) == money("51"))
    try story.say(.payment, "20", day: 1)
    try story.say(.billPaid, "5.5", day: -300)
    try story.say(.recharge, "100")
    #expect(try story.feature(.arrears) == money("25.5"))
    #expect(try story.feature(.arrears, day: 0) == money("6.5"))
    try story.say(.payment, "1000", day: 1)
    #expect(try story.feature(.arrears) == money("0"))
    #expect(try story.audit() == [])
  }

  /// A bill that nobody paid for years is still owed.
  @Test func arrearsAreNotForgotten() throws {
    let story = try Story()
    try story.say(.billIssued, "30", day: -800, #"{"bill_id":"x"}"#)
    try story.say(.billIssued, "7", day: -10, #"{"bill_id":"y"}"#)
    #expect(try story.row().history.payments.bills.count == 1)
    #expect(try story.feature(.arrears) == money("37"))
    try story.reverse(.init(type: .billIssued, day: -800, value: "30", metadata: #"{"bill_id":"x"}"#))
    #expect(try story.feature(.arrears) == money("7"))
  }

  @Test func habitsOfMoney() throws {
    let story = try Story()
    try story.say(.activation, day: -40)
    for (day, value) in [(-1, "10"), (-1, "30"), (-8, "5"), (-29, "1")] {
      try story.say(.recharge, value, day: day)
    }
    try story.say(.bundlePurchase, "12", day: -9)
    try story.say(.payment, "500", day: -9)
    let habits = try snapshot(story).baselines
    #expect(habits["recharge_amount"]?["weekly"] == .init(average: Decimal6("11.25")!, periods: 4))
    #expect(habits["revenue"]?["weekly"] == .init(average: Decimal6("139.25")!, periods: 4))
    #expect(habits["largest_purchase"]?["monthly"] == .init(average: Decimal6(30), periods: 1))
    // 30, 12 and nothing in the other two weeks.
    #expect(habits["largest_purchase"]?["weekly"] == .init(average: Decimal6("10.5")!, periods: 4))
    try story.reverse(.init(type: .recharge, day: -1, value: "30"))
    #expect(
      try snapshot(story).baselines["largest_purchase"]?["monthly"]
        == .init(average: Decimal6(12), periods: 1))
  }

  private func snapshot(_ story: Story) throws -> Snapshot {
    Snapshot(
      "anna", try story.row(), story.twin.definitions, Zones(usual: .utc), now: story.now, afterEvents: 0)
  }
}
