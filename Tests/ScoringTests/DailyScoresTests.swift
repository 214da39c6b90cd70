import Contracts
import Measures
import Support
import Testing
import Wire

@testable import Scoring

/// Daily values of 90 days, exact: what was shown at the end of each of them.
@Suite struct DailyScoresTests {
  private let sheet = ScoreSheet(.initial)

  @Test func theyBeginWithTheFirstDay() throws {
    let story = try Story()
    try story.call(day: -4)
    let days = DailyScores(try story.row().history, today: Story.today, sheet).days
    #expect(days.map { $0.features.day - Story.today } == [0, -1, -2, -3, -4])
    let text = String(
      decoding: DailyScores(try story.row().history, today: Story.today, sheet).encoded(of: "anna"),
      as: UTF8.self)
    #expect(text.hasPrefix(#"{"customer_id":"anna","results":[{"day":"2026-03-01","engagement_score":2.6,"#))
    try story.say(.activation, day: -800)
    #expect(DailyScores(try story.row().history, today: Story.today, sheet).days.count == 90)
  }

  @Test func theyAreWhatWasShownThen() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("theyAreWhatWasShownThen: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let drafts = Lives.drafts(Int.random(in: 1...150, using: &random), &random)
      let events = try drafts.map(Lives.event).sorted { $0.day < $1.day }
      var history = History()
      var shown: [Day: [Decimal6]] = [:]
      var rest = events[...]
      for back in (0...460).reversed() {
        let today = Story.today - back
        while let event = rest.first, event.day <= today {
          history.take(event, today: today)
          rest = rest.dropFirst()
        }
        let then = Assessment(history, asOf: today, sheet)
        shown[today] = ScoreName.allCases.map(then.value)
      }
      for day in DailyScores(history, today: Story.today, sheet).days {
        let values = ScoreName.allCases.map(day.value)
        #expect(values == shown[day.features.day], "\(day.features.day), seed \(seed)")
      }
    }
  }
}

/// As of an instant is what was shown then, in the zone in which the customer lived then.
@Suite struct AsOfTests {
  private static let zones = Zones(usual: .utc)
  private static let names = ["UTC", "Asia/Tokyo", "America/Santiago", "Europe/Berlin", "Pacific/Kiritimati"]

  @Test func asOfAnInstantIsWhatWasShownThen() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("asOfAnInstantIsWhatWasShownThen: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let sheet = ScoreSheet(.initial)
    for _ in 0..<60 {
      var (history, now) = (History(), Story.noon - 50 * Micros.day)
      var shown: [(at: Int64, day: Day, values: [Decimal6])] = []
      var moved: [Int64] = []
      while now < Story.noon {
        var draft = Lives.drafts(1, &random)[0]
        draft.id = "r-\(now)"
        if draft.type == .profileUpdate {
          draft.metadata = #"{"time_zone":"\#(Self.names.randomElement(using: &random) ?? "UTC")"}"#
          moved.append(now)
        }
        var event = try Lives.event(draft)
        event.at = now
        // As Ingestion stamps it: what a profile says counts for itself.
        let zone = draft.type == .profileUpdate ? try said(draft) : history.zone(at: now, Self.zones)
        event.day = zone.day(ofMicros: now)
        history.take(event, today: history.day(at: now, Self.zones))
        let day = history.day(at: now, Self.zones)
        let values = ScoreName.allCases.map(Assessment(history, asOf: day, sheet).value)
        if shown.last?.day == day { shown.removeLast() }
        shown.append((now, day, values))
        now += Int64.random(in: 1...40, using: &random) * Micros.hour
      }
      // Days on which the customer moved have no one end.
      for (at, day, values) in shown where !moved.contains(where: { abs($0 - at) < 3 * Micros.day }) {
        #expect(history.day(at: at, Self.zones) == day, "\(at), seed \(seed)")
        let then = Assessment(history, asOf: day, sheet)
        #expect(ScoreName.allCases.map(then.value) == values, "\(at), seed \(seed)")
      }
    }
  }

  private func said(_ draft: Story.Draft) throws -> Zone {
    let name = draft.metadata?.split(separator: "\"").dropFirst(3).first ?? "UTC"
    return try Zone(named: String(name))
  }
}
