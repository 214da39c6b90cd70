import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct AnswerTests {
  @Test func aScoreIsAnsweredWithItsBreakdown() throws {
    let story = try Story()
    try story.call(count: 5)
    let answer = ScoreAnswer(
      customer: "anna", assessment: try story.assessment(), definitionVersion: 1, asOf: story.now,
      updatedAt: story.now, events: 5)
    let text = String(decoding: answer.encoded(), as: UTF8.self)
    #expect(text.hasPrefix(#"{"customer_id":"anna","engagement_score":13,"revenue_score":0,"#))
    #expect(
      text.contains(
        #""loyalty_score":0.83,"risk_score":0,"digital_score":0,"score_breakdown":{"engagement":["#))
    #expect(text.contains(#"{"part":"calls_30d","input":5,"points":3,"of":30,"known":true}"#))
    #expect(
      text.contains(
        #""confidence":{"engagement":1,"revenue":1,"loyalty":0.7,"risk":0.2,"digital":1},"features":{"#))
    #expect(text.contains(#""features":{"calls_30d":5,"#))
    #expect(
      text.hasSuffix(#""definition_version":1,"as_of":\#(story.now),"updated_at":\#(story.now),"events":5}"#))
  }

  @Test func aSnapshotHoldsWhatGenerationNeeds() throws {
    let story = try Story()
    try story.take(.init(type: .activation, day: -10))
    for day in -8...0 { try story.call(day: day, count: 2) }
    let snapshot = Snapshot(
      "anna", try story.row(), story.twin.definitions, Zones(usual: .utc), now: story.now, afterEvents: 3)
    var scanner = JSONScanner(snapshot.encoded())
    #expect(try Snapshot(&scanner) == snapshot)
    #expect(snapshot.events == 19)
    #expect(snapshot.value("engagement") == .number(try #require(Decimal6("20.8"))))
    #expect(snapshot.value("calls_30d") == .count(18))
    #expect(snapshot.value("known.customer_age_days") == .bool(true))
    #expect(snapshot.baselines["calls_made"]?["weekly"] == .init(average: Decimal6(14), periods: 1))
    #expect(snapshot.baselines["calls_made"]?["monthly"]?.periods == 0)
  }

  @Test func anUnknownCustomerHasASnapshotToo() throws {
    let snapshot = Snapshot(
      "x", nil, ScoringDefinitions(), Zones(usual: .utc), now: Story.noon, afterEvents: 12)
    #expect(snapshot.events == 12)
    #expect(snapshot.scores.keys.sorted() == ["digital", "engagement", "loyalty", "revenue", "risk"])
    #expect(snapshot.scores.values.allSatisfy { $0 == .number(.zero) })
    #expect(snapshot.value("calls_30d") == .count(0))
    #expect(snapshot.value("customer_age_days") == .null)
    #expect(snapshot.baselines["calls_made"]?["weekly"]?.periods == 0)
  }

  @Test(arguments: [("0", 0), ("9.99", 0), ("10", 1), ("99.99", 9), ("100", 9)])
  func totalsHaveTenBins(score: String, bin: Int) throws {
    #expect(Distribution.bin(try #require(Decimal6(score))) == bin)
  }

  @Test func totalsGoOverAllRows() throws {
    let story = try Story()
    _ = try story.feed(.events, (0..<1_500).map { Story.event(.init(customer: "c\($0)")) })
    let first = try story.twin.reader.totals(after: "", now: Story.noon, Zones(usual: .utc))
    #expect(first.totals.scores.customers == 1_000)
    let second = try story.twin.reader.totals(
      after: try #require(first.last), now: Story.noon, Zones(usual: .utc))
    #expect(second.totals.scores.customers == 500 && second.last == nil)
    #expect(second.totals.scores.counts[0][1] == 500)
    var sum = first.totals
    sum.add(second.totals)
    let all = "[1500,0,0,0,0,0,0,0,0,0]"
    #expect(
      String(decoding: sum.encoded(), as: UTF8.self)
        == #"{"customers":1500,"crossings":0,"engagement":[0,1500,0,0,0,0,0,0,0,0],"revenue":\#(all),"#
        + #""loyalty":\#(all),"risk":\#(all),"digital":\#(all)}"#)
  }
}
