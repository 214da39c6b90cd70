import Contracts
import Testing
import Wire

@testable import Missions

/// The auditor finds what is planted.
@Suite struct AuditorTests {
  private struct Played {
    var outcomes: [[UInt8]]
    var events: [[UInt8]]
    var rows: [(String, MissionsRow)]
  }

  private func played() throws -> Played {
    let field = try Field(templates: [ProgressTests.template(2)])
    try field.generate(Field.snapshot())
    for day in 1...2 { try field.event(at: At.day(day)) }
    try field.reverse(1)
    try field.event(at: At.day(3))
    let keys = [RowKey.customer("C-1"), RowKey.mission(Field.partition, 1)]
    let rows = try keys.map { ($0, try #require(try field.twin.reader.row($0))) }
    return Played(outcomes: field.twin.outputs, events: field.events, rows: rows)
  }

  /// Findings, with rows shown before or after the journals.
  private func findings(_ played: Played, rowsFirst: Bool = false) throws -> [String] {
    var auditor = MissionsAuditor(partition: Field.partition)
    if rowsFirst { for (key, row) in played.rows { auditor.row(key, row) } }
    for (place, entry) in played.outcomes.enumerated() { try auditor.own(Int64(place + 1), entry[...]) }
    for (place, entry) in played.events.enumerated() {
      try auditor.upstream(.events, Int64(place + 1), entry[...])
    }
    if !rowsFirst { for (key, row) in played.rows { auditor.row(key, row) } }
    return auditor.finish()
  }

  @Test func aFairPlayIsClean() throws {
    let played = try played()
    #expect(played.outcomes.count == 4)
    #expect(try findings(played) == [])
    #expect(try findings(played, rowsFirst: true) == [])
  }

  @Test func aMissingOutcomeIsFound() throws {
    for place in 0..<4 {
      var played = try played()
      played.outcomes.remove(at: place)
      #expect(try findings(played) != [], "without outcome \(place + 1)")
    }
  }

  @Test func anOutcomeTwiceIsFound() throws {
    var played = try played()
    played.outcomes.append(played.outcomes[3])
    #expect(try findings(played) != [])
  }

  @Test func anEventThatWasNotCountedIsFound() throws {
    var played = try played()
    played.events.append(Field.event("C-1", at: At.day(4), ingested: At.day(4)))
    #expect(try findings(played).contains { $0.contains("2 counted, its events give 3") })
  }

  @Test func aLostRowIsFound() throws {
    for place in 0..<2 {
      var played = try played()
      played.rows.remove(at: place)
      #expect(try findings(played) != [])
    }
  }

  @Test func moreThanFiveActiveAreFound() throws {
    var played = Played(outcomes: [], events: [], rows: [])
    for number in 1...6 {
      let outcome = OutcomeEntry(
        customer: "C-1", mission: "m-7-\(number)", template: "t\(number)", category: "loyalty",
        change: .generated,
        occasion: 0, at: 0, reward: Reward(points: 1), name: "T")
      played.outcomes.append(
        JSONWriter.object { writer in
          writer.member("kind", "outcome")
          writer.member("prev", number - 1)
          outcome.write(&writer)
        })
    }
    #expect(try findings(played).contains("outcome 6: 6 missions are active"))
  }
}
