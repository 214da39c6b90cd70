import Contracts
import Measures
import Support
import Testing
import Wire

@testable import Scoring

/// Features and scores do not depend on the order of events of any type, nor on when they come.
@Suite struct OrderTests {
  private let sheet = ScoreSheet(.initial)

  /// Folds events in an order, days going by in between as they like, rows being written and read.
  private func fold(_ events: [EventEntry], _ random: inout SeededGenerator) throws -> History {
    var history = History()
    var today = Story.today - 50
    for event in events {
      today = min(Story.today, today + Int.random(in: 0...3, using: &random))
      history.take(event, today: max(today, event.day - 1))
      if Int.random(in: 0..<8, using: &random) == 0 { history = try Lives.repacked(history) }
    }
    return history
  }

  private func same(_ left: History, _ right: History, _ asOf: Int, _ seed: UInt64) {
    let (one, other) = (
      Assessment(left, asOf: Story.today + asOf, sheet), Assessment(right, asOf: Story.today + asOf, sheet)
    )
    for feature in Feature.allCases {
      #expect(
        one.features.value(feature) == other.features.value(feature), "\(feature) as of \(asOf), seed \(seed)"
      )
    }
    #expect(one.features.attributes == other.features.attributes, "as of \(asOf), seed \(seed)")
    for score in ScoreName.allCases { #expect(one.score(score) == other.score(score), "seed \(seed)") }
  }

  /// What is taken back has never come; the rest is the same in any order.
  @Test func anyOrderAndReversals() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("anyOrderAndReversals: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<150 {
      let drafts = Lives.drafts(Int.random(in: 1...120, using: &random), &random)
      let taken = drafts.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
      var steps = try drafts.shuffled(using: &random).map(Lives.event)
      for draft in taken {
        let place = try #require(steps.firstIndex { $0.sourceID.elementsEqual(draft.id.utf8) })
        steps.insert(try Lives.reversal(draft), at: Int.random(in: (place + 1)...steps.count, using: &random))
      }
      let left = try fold(steps, &random)
      let kept = try drafts.filter { !taken.contains($0) }.shuffled(using: &random).map(Lives.event)
      let right = try fold(kept, &random)
      // Never thinned, in the order of time.
      var plain = History()
      for event in kept.sorted(by: { $0.at < $1.at }) { plain.take(event, today: Day(number: .min)) }
      for asOf in [0, -1, -29, -30, -60] {
        same(left, right, asOf, seed)
        same(left, plain, asOf, seed)
      }
      let since = Story.today - 300
      for habit in Habit.allCases {
        for period in BaselinePeriod.allCases {
          #expect(
            left.days.baseline(habit, period, left.money, today: Story.today, since: since)
              == plain.days.baseline(habit, period, plain.money, today: Story.today, since: since),
            "\(habit) \(period), seed \(seed)")
        }
      }
    }
  }

  /// As of a day is what was known of the events up to that day.
  @Test func asOfIsWhatWasThen() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("asOfIsWhatWasThen: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let events = try Lives.drafts(Int.random(in: 1...150, using: &random), &random).map(Lives.event)
      let whole = try fold(events, &random)
      for asOf in [-60, -31, -7, 0] {
        var then = History()
        for event in events where event.day <= Story.today + asOf {
          then.take(event, today: Story.today + asOf)
        }
        same(whole, then, asOf, seed)
      }
    }
  }

  /// After everything is taken back, nothing is known.
  @Test func nothingIsLeft() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("nothingIsLeft: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let drafts = Lives.drafts(60, &random)
      var steps = try drafts.map(Lives.event)
      steps += try drafts.shuffled(using: &random).map(Lives.reversal)
      same(try fold(steps, &random), History(), 0, seed)
    }
  }
}
