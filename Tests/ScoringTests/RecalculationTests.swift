import Contracts
import Measures
import Support
import Testing
import Wire

@testable import Scoring

@Suite struct RecalculationTests {
  private let sheet = ScoreSheet(.initial)

  private func numbered(_ entries: [[UInt8]]) -> [(number: Int64, entry: ArraySlice<UInt8>)] {
    entries.enumerated().map { (number: Int64($0.offset + 1), entry: $0.element[...]) }
  }

  private func story() throws -> Story {
    let story = try Story()
    try story.say(.activation, day: -300)
    for day in stride(from: -288, through: 0, by: 9) { try story.call(day: day) }
    try story.say(.recharge, "10", day: -200)
    try story.say(.recharge, "10", day: -2)
    try story.say(.featureUpdate, #"{"features":{"total_revenue":50,"n":1}}"#)
    try story.reverse(.init(type: .recharge, day: -2, value: "10"))
    return story
  }

  @Test func whatIsRightDoesNotDiffer() throws {
    let story = try story()
    let fresh = try Recalculation(numbered(story.events))
    #expect(fresh.entries == story.events.count)
    #expect(fresh.differences(from: try story.row(), asOf: Story.today, sheet) == [])
  }

  @Test func aLostEventIsNamedByWhatItMoves() throws {
    let story = try story()
    let more =
      story.events + [Story.event(.init(type: .smsSent, day: -30)), Story.event(.init(type: .appLogin))]
    let names = try Recalculation(numbered(more)).differences(from: try story.row(), asOf: Story.today, sheet)
    // 30 days ago lies outside of the windows, and today was active already.
    #expect(
      names == [
        "app_events_30d", "app_logins_30d", "channels_30d", "app_logins_ever", "engagement_score",
        "digital_score",
      ])
  }

  /// What was folded event by event, days going by, is what all entries folded again give.
  @Test func tenThousandStreamsFoldedAgainAreTheSame() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("tenThousandStreamsFoldedAgainAreTheSame: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for number in 0..<10_000 {
      let drafts = Lives.drafts(Int.random(in: 1...24, using: &random), &random)
      var entries = drafts.map { Story.event($0) }
      for draft in drafts where Int.random(in: 0..<8, using: &random) == 0 {
        entries.append(Story.reversal(of: draft))
      }
      var row = CustomerRow(ScoringDefinitions())
      var today = Story.today - 40
      for (place, entry) in entries.enumerated() {
        today = min(Story.today, today + Int.random(in: 0...4, using: &random))
        let event = try #require(try EventEntry(entry[...], number: Int64(place + 1)))
        row.history.take(event, today: max(today, event.day - 1))
      }
      let fresh = try Recalculation(numbered(entries))
      for day in [Story.today, Story.today - 60] {
        let names = fresh.differences(from: row, asOf: day, sheet)
        #expect(names == [], "stream \(number), seed \(seed)")
        guard names.isEmpty else { return }
      }
    }
  }

  @Test func waitingReversalsAreNobodysAndUnreadableOnesAreTold() throws {
    let waiting = Story.entry("reversal_waiting") { Story.Draft().members(&$0) }
    #expect(try Recalculation(numbered([waiting])).entries == 0)
    #expect(throws: (any Error).self) { try Recalculation(numbered([Array("{".utf8)])) }
  }

  @Test func pagesAreReadNewestFirst() throws {
    let head = Array(#"{"last":3,"numbers":[9,5]}"#.utf8)
    let page = try EntriesPage(Frames([head, [1], [2]]))
    #expect(page.last == 3)
    #expect(page.entries.map(\.number) == [9, 5])
    #expect(page.entries.map { Array($0.entry) } == [[1], [2]])
    #expect(try EntriesPage(Frames([Array(#"{"last":0,"numbers":[]}"#.utf8)])).entries.isEmpty)
    let request = String(decoding: EntriesPage.request("a", before: 7), as: UTF8.self)
    #expect(request == #"{"customer_id":"a","before":7,"limit":1000}"#)
  }

  /// A peer that answers nonsense is an error, and no endless loop.
  @Test(arguments: [
    #"{"last":3,"numbers":[9]}"#, #"{"last":3,"numbers":[5,9]}"#, #"{"last":5,"numbers":[9,5]}"#, "[]", "{",
  ]) func oddPagesAreRefused(head: String) {
    #expect(throws: (any Error).self) { try EntriesPage(Frames([Array(head.utf8), [1], [2]])) }
    #expect(throws: (any Error).self) { try EntriesPage(Frames()) }
  }

  @Test func batchesNameWhomNobodyKnows() throws {
    let text = #"{"partition":45,"customers":["C-1","C-1"]}"#
    let request = try CustomersRequest(Frames([Array(text.utf8)]), partitions: 64)
    let (known, unknown) = request.split { $0 == "C-1" }
    #expect(known == ["C-1"] && unknown.isEmpty)
    #expect(request.split { _ in false }.no == ["C-1"])
    let scores = JSONWriter.object {
      Assessment(History(), asOf: Story.today, sheet).write(scoresOf: "C-1", &$0)
    }
    #expect(
      String(decoding: scores, as: UTF8.self)
        == #"{"customer_id":"C-1","engagement_score":0,"revenue_score":0,"loyalty_score":0,"risk_score":0,"#
        + #""digital_score":0}"#)
  }
}
