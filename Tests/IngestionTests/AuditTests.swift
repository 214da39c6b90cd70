import Journal
import Testing

@testable import Ingestion

/// The auditor finds what it is there for.
struct AuditTests {
  private static let event =
    #"{"v":1,"kind":"event","id":"e-0-1","prev":0,"customer_id":"a","source":"s","source_event_id":"r"}"#

  private func findings(_ entries: [String], _ rows: [(String, IngestionRow)]) throws -> [String] {
    var auditor = IngestionAuditor(partition: 0)
    for (place, entry) in entries.enumerated() { try auditor.own(Int64(place + 1), bytes(entry)) }
    for (key, row) in rows { auditor.row(key, row) }
    return auditor.finish()
  }

  private let part = ("!p:s/r/0-1", IngestionRow.part(PartRow(source: "s", fates: [.accepted(1)])))
  private let last = ("c:a", IngestionRow.customer(1))

  @Test func sound() throws { #expect(try findings([Self.event], [part, last]) == []) }

  @Test("each damage is found", arguments: 0..<8)
  func damage(kind: Int) throws {
    let reversal =
      #"{"v":1,"kind":"reversal","id":"e-0-2","prev":1,"customer_id":"a","source":"s","source_event_id":"x","#
      + #""original_number":1,"original":{"id":"e-0-1","source":"s","source_event_id":"r"}}"#
    let undone = ("!p:s/r/1-2", IngestionRow.part(PartRow(source: "s", fates: [.accepted(2)])))
    let found =
      switch kind {
      case 0: try findings([Self.event.replacing("e-0-1", with: "e-0-2")], [part, last])
      case 1: try findings([Self.event.replacing(#""prev":0"#, with: #""prev":5"#)], [part, last])
      case 2: try findings([Self.event], [last])
      case 3: try findings([Self.event], [part, ("c:a", .customer(2))])
      case 4:
        try findings(
          [Self.event],
          [part, last, ("w:0", .waiting(WaitingReversal(number: 1, source: "s", id: "x", shape: 1)))])
      case 5: try findings([Self.event], [part, last, ("!t:s", .totals(totals))])
      case 6:
        try findings(
          [Self.event, reversal.replacing(#""original_number":1"#, with: #""original_number":2"#)],
          [part, undone, ("c:a", .customer(2))])
      default:
        try findings(
          [
            Self.event, reversal,
            reversal.replacing("e-0-2", with: "e-0-3").replacing(#""prev":1"#, with: #""prev":2"#),
          ],
          [part, undone, ("c:a", .customer(3))])
      }
    #expect(found.count >= 1)
    #expect(try findings([Self.event, reversal], [part, undone, ("c:a", .customer(2))]) == [])
  }

  private var totals: TotalsRow {
    var totals = TotalsRow()
    totals.open = 1
    return totals
  }
}
