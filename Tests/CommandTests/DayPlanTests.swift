import Testing
import Wire

@testable import Command

@Suite struct DayPlanTests {
  private static let all: ClosedRange<Int64> = 0...Int64.max

  private func at(_ text: String) throws -> Int64 { try #require(RFC3339.micros(text.utf8)) }
  private func day(_ text: String) throws -> Day { try #require(Day(text)) }

  @Test func daysAreThoseOfTheZone() throws {
    let times: [Int64?] = [try at("2026-03-01T22:59:59Z"), try at("2026-03-01T23:00:00Z")]
    let utc = try #require(DayPlan(instants: times, plausible: Self.all, zone: .utc))
    #expect(utc.places == [try day("2026-03-01"): [0, 1]])
    let berlin = try #require(
      DayPlan(instants: times, plausible: Self.all, zone: try Zone(named: "Europe/Berlin")))
    #expect(berlin.places == [try day("2026-03-01"): [0], try day("2026-03-02"): [1]])
    #expect([berlin.first, berlin.last] == [try day("2026-03-01"), try day("2026-03-02")])
  }

  @Test func whoHasNoPlausibleTimeComesWithTheFirstDay() throws {
    let times: [Int64?] = [
      nil, try at("2026-03-03T10:00:00Z"), try at("1980-01-01T00:00:00Z"), try at("2026-03-02T10:00:00Z"),
      try at("2030-01-01T00:00:00Z"), try at("2026-03-03T01:00:00Z"),
    ]
    let plausible = try at("2000-01-01T00:00:00Z")...(try at("2026-04-01T00:00:00Z"))
    let plan = try #require(DayPlan(instants: times, plausible: plausible, zone: .utc))
    #expect(plan.places == [try day("2026-03-02"): [0, 2, 3, 4], try day("2026-03-03"): [1, 5]])
    #expect(DayPlan(instants: [nil, nil], plausible: plausible, zone: .utc) == nil)
    #expect(DayPlan(instants: [], plausible: plausible, zone: .utc) == nil)
  }

  @Test func aRunEndsEightDaysAfterTheLastRecordButNotAfterToday() throws {
    let plan = try #require(
      DayPlan(instants: [try at("2026-03-10T10:00:00Z")], plausible: Self.all, zone: .utc))
    #expect(plan.end(today: try day("2026-06-01")) == (try day("2026-03-19")))
    #expect(plan.end(today: try day("2026-03-11")) == (try day("2026-03-11")))
    #expect(plan.end(today: try day("2026-03-10")) == (try day("2026-03-11")))
  }

  @Test func everyRecordIsInExactlyOneDay() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SplitMix64(seed: seed)
    let times = (0..<2_000).map { _ -> Int64? in
      random.chance(0.05)
        ? nil : Int64(random.below(300)) * Day.micros + Int64(random.below(86_400)) * 1_000_000
    }
    let plan = try #require(DayPlan(instants: times, plausible: Self.all, zone: .utc), "seed \(seed)")
    #expect(plan.places.values.flatMap { $0 }.sorted() == Array(0..<2_000), "seed \(seed)")
    #expect(plan.places.values.allSatisfy { $0 == $0.sorted() }, "seed \(seed)")
    #expect(plan.places.keys.allSatisfy { $0 >= plan.first && $0 <= plan.last }, "seed \(seed)")
  }

  @Test func aPreviewHasOneOutcomeForEachRecord() throws {
    let text = """
      {"outcomes":[{"index":0,"fate":"event","customer_id":"a","at":5},{"index":1,"fate":"skipped"},
      {"index":2,"fate":"event","customer_id":"b","at":7,"metadata":{"x":[1]}},
      {"index":2,"fate":"event","at":9}]}
      """
    let outcomes = try PreviewOutcome.outcomes(Frames([Array(text.utf8)]), records: 4)
    #expect(outcomes.map(\.at) == [5, nil, 7, nil])
    #expect(outcomes.map(\.customer) == ["a", nil, "b", nil])
    #expect(throws: Fault.self) {
      try PreviewOutcome.outcomes(Frames([Array("{\"outcomes\":[".utf8)]), records: 1)
    }
  }
}
