import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct DefinitionChangeTests {
  @Test func aNewComparisonIsJudgedForEveryCustomer() throws {
    let story = try Story()
    for (customer, calls) in [("anna", 3), ("ben", 1), ("carl", 5)] { try story.call(customer, count: calls) }
    let crossings = try story.badge("caller", Criteria.calls(3))
    #expect(crossings.map(\.customer) == ["anna", "carl"])
    #expect(crossings.map(\.told) == ["up", "up"])
    #expect(crossings.map(\.cause) == ["definition", "definition"])
    #expect(crossings.map(\.events) == [9, 9])
    #expect(try story.row("ben").judgedSerial == 1)
    #expect(try story.audit() == [])
  }

  @Test func aPassGoesInSlices() throws {
    let story = try Story()
    _ = try story.feed(.events, (0..<2_100).map { Story.event(.init(customer: "c\($0)")) })
    let crossings = try story.badge("caller", Criteria.calls(1))
    #expect(Set(crossings.map(\.customer)).count == 2_100)
    #expect(crossings.count == 2_100)
    #expect(story.twin.registers.watchAt == 0)
  }

  /// An event that comes before the pass does the pass's work for its customer first.
  @Test func anEventIsJudgedByDefinitionsThatCameBefore() throws {
    let story = try Story()
    try story.call(count: 3)
    let badge = try Story.entry("badge") {
      try DefinitionEntry(
        kind: "badge",
        definition: BadgeDefinition(
          badgeType: "caller", level: .bronze, name: "", description: "", criteria: Criteria.calls(3))
      ).write(&$0)
    }
    try story.twin.feed(.badgingDefinitions, [badge], now: story.now)
    let outputs = try story.twin.feed(.events, [Story.event(.init())], now: story.now)
    #expect(try story.crossings(outputs).map(\.cause) == ["definition"])
    #expect(try story.twin.advance(to: story.now) == [])
  }

  @Test func aRemovedComparisonSaysNothingAndIsForgotten() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(1))
    try story.call()
    #expect(try story.badge("caller", nil) == [])
    #expect(story.twin.definitions.watch.watched.isEmpty)
    try story.call()
    #expect(try story.row().holding == [])
    #expect(try story.row().live == [])
    #expect(try story.reverse() == [])
    #expect(try story.audit() == [])
  }

  /// What comes back is new, also for a customer whose row still remembers it.
  @Test func aComparisonThatComesBackIsNew() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.call(count: 2)
    try story.badge("caller", nil)
    #expect(try story.badge("caller", Criteria.calls(2)).map(\.told) == ["up"])
    #expect(try story.row().live.map(\.number) == [2])
    #expect(try story.audit() == [])
  }

  @Test func anEditKeepsTheStateOfWhatStays() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.call(count: 2)
    let both = #"{"or":[\#(Criteria.calls(2)),{"var":"missions_completed.x"},\#(Criteria.engaged)]}"#
    #expect(try story.badge("caller", both) == [])
    #expect(story.twin.definitions.watch.watched.count == 2)
    #expect(try story.row().holding.count == 1)
  }

  @Test func badgesShareComparisons() throws {
    let story = try Story()
    try story.badge("one", Criteria.calls(1))
    try story.badge("two", #"{ ">=" : [ {"var": ["calls_made_ever"]}, 1.0 ] }"#)
    #expect(story.twin.definitions.watch.watched.map(\.references) == [["one.bronze", "two.bronze"]])
    try story.badge("one", nil)
    #expect(story.twin.definitions.watch.watched.map(\.references) == [["two.bronze"]])
    #expect(try story.call().count == 1)
  }

  @Test func whatBadgingCountsIsNotWatched() throws {
    let story = try Story()
    let rule = #"{"or":[{">=":[{"var":"missions_completed.correction"},1]},\#(Criteria.idle)]}"#
    try story.badge("hero", rule)
    #expect(story.twin.definitions.watch.watched.map(\.rule.canonical) == [Criteria.idle])
  }

  @Test func aCriterionThatCannotBeSplitIsParked() throws {
    let story = try Story()
    let rule = #"{">":[{"var":"missions_completed.correction"},{"var":"engagement"}]}"#
    #expect(try story.badge("mixed", rule) == [])
    #expect(story.twin.progress.parked.count == 1)
  }

  @Test func aNewScoreDefinitionJudgesEverybodyAgain() throws {
    let story = try Story()
    try story.badge("engaged", Criteria.engaged)
    try story.call("anna", count: 20)
    try story.call("ben", count: 5)
    let lifted = try story.define(2, calls: 15)
    #expect(lifted.map(\.customer) == ["ben"])
    #expect(lifted.map(\.cause) == ["definition"])
    let lowered = try story.define(3, calls: 1_000)
    #expect(lowered.map(\.told) == ["down", "down"])
    #expect(try story.row("ben").judgedVersion == 3)
    #expect(try story.audit() == [])
  }

  @Test func aDefinitionThatCannotBeUsedIsParked() throws {
    let story = try Story()
    let marks = #"{"risk":{"days_since_last_transaction":0}}"#
    let text =
      #"{"kind":"score_definition","definition":{"version":2,"origin":"operator","full_marks":\#(marks)}}"#
    #expect(try story.feed(.scoringDefinitions, [Array(text.utf8)]) == [])
    #expect(story.twin.progress.parked.count == 1)
    #expect(story.twin.definitions.score == .initial)
  }
}
