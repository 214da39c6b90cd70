import Contracts
import Testing
import Wire

@testable import Measures

@Suite struct TotalsTests {
  @Test(arguments: EventType.allCases) func everyTypeIsActiveOrPassiveOnce(type: EventType) {
    let totals = DayTotals(of: type)
    #expect(totals.events == 1)
    #expect(totals.isActive == type.isActivity)
  }

  @Test func callsCountByDirection() {
    #expect(DayTotals(of: .callOutgoing).callsMade == 1)
    #expect(DayTotals(of: .callOutgoing)[.callsTaken] == 0)
    #expect(DayTotals(of: .callIncoming)[.callsTaken] == 1)
    #expect(DayTotals(of: .callIncoming).calls == 1)
    #expect(DayTotals(of: .smsSent).calls == 0)
  }

  @Test func takingBackLeavesNothing() {
    var totals = DayTotals(of: .callOutgoing)
    totals += DayTotals(of: .planChange)
    totals -= DayTotals(of: .callOutgoing)
    totals -= DayTotals(of: .planChange)
    #expect(totals.isZero)
  }

  @Test func packsOnlyWhatIsNotZero() throws {
    var writer = PackedWriter()
    calls(3).pack(&writer)
    #expect(writer.bytes.count == 2)
    var reader = PackedReader(writer.bytes)
    let mask = try reader.unsigned()
    #expect(try DayTotals(&reader, mask: mask) == calls(3))
  }

  @Test func refusesCountersThatItDoesNotKnow() {
    #expect(throws: PackedError.self) {
      var reader = PackedReader([0, 0])
      _ = try DayTotals(&reader, mask: 1 << 40)
    }
  }

  @Test func metricsReadEventsAndDays() throws {
    let text = #"{"kind":"event","customer_id":"a","type":"CALL_OUTGOING","day":1,"at":1}"#
    var event = try #require(try EventEntry(Array(text.utf8)[...], number: 1))
    #expect(Metric.callsMade.value(of: event) == Decimal6(1))
    event.type = .callIncoming
    #expect(Metric.callsMade.value(of: event) == .zero)
    #expect(Metric.callsMade.value(of: calls(7)) == Decimal6(7))
    #expect(Metric.callsMade.kind == .count)
  }
}
