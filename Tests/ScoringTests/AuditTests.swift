import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct AuditTests {
  private func story() throws -> Story {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    try story.call("anna", count: 2)
    try story.call("ben")
    return story
  }

  @Test func whatIsRightHasNoFindings() throws { #expect(try story().audit() == []) }

  @Test func anEventThatWasNotFoldedIsFound() throws {
    let story = try story()
    let more = story.events + [Story.event(.init(customer: "ben", day: -1))]
    let findings = try story.twin.audit([.events: more, .badgingDefinitions: story.badges])
    #expect(findings == ["customer ben has scores that are not a fold of the events"])
  }

  @Test func anEventThatWasFoldedTwiceIsFound() throws {
    let story = try story()
    let findings = try story.twin.audit([
      .events: Array(story.events.dropFirst()), .badgingDefinitions: story.badges,
    ])
    #expect(findings == ["customer anna has scores that are not a fold of the events"])
  }

  @Test func customersWithoutARowAreFound() throws {
    let story = try story()
    let more = story.events + [Story.event(.init(customer: "carl"))]
    #expect(
      try story.twin.audit([.events: more, .badgingDefinitions: story.badges]) == [
        "customer carl has events and no row"
      ])
    #expect(
      try story.twin.audit([.badgingDefinitions: story.badges]) == [
        "customer anna has a row and no events", "customer ben has a row and no events",
      ])
  }

  private func crossing(_ change: CrossingEntry.Change, _ customer: String) throws -> [UInt8] {
    let rule = try WatchList.comparisons(of: Criteria.calls(2))[0].rule
    let entry = CrossingEntry(
      customer: customer, comparison: rule.identity, change: change, asOf: 1, events: 1, cause: "event")
    return Story.entry("crossing") { entry.write(&$0) }
  }

  /// The findings when the journal has one more crossing than the fold put out.
  private func findings(_ entry: [UInt8]) throws -> [String] {
    let story = try story()
    var auditor = ScoringAuditor(partition: 7)
    for (place, output) in (story.twin.outputs + [entry]).enumerated() {
      try auditor.own(Int64(place + 1), output[...])
    }
    for (place, event) in story.events.enumerated() {
      try auditor.upstream(.events, Int64(place + 1), event[...])
    }
    try auditor.upstream(.badgingDefinitions, 1, story.badges[0][...])
    for customer in ["anna", "ben"] { auditor.row(CustomerRow.key(customer), try story.row(customer)) }
    return auditor.finish()
  }

  @Test func crossingsThatRowsDoNotKnowAreFound() throws {
    #expect(
      try findings(crossing(.down, "anna")) == [
        "customer anna holds other comparisons than its crossings say",
        "customer anna is linked to another crossing than its last",
      ])
    #expect(
      try findings(crossing(.up, "ben")) == [
        "customer ben holds other comparisons than its crossings say",
        "customer ben is linked to another crossing than its last",
      ])
  }

  @Test func goingUpTwiceIsFound() throws {
    #expect(
      try findings(crossing(.up, "anna")) == [
        "crossing 2 goes up though it was up", "customer anna is linked to another crossing than its last",
      ])
  }

  @Test func aCrossingThatCannotBeReadIsFound() throws {
    #expect(try findings(Array(#"{"kind":"other"}"#.utf8)) == ["crossing 2 cannot be read"])
  }

  @Test func manyFindingsOfAKindAreCounted() throws {
    let story = try story()
    let strangers = (0..<9).map { Story.event(.init(customer: "c\($0)")) }
    let findings = try story.twin.audit([
      .events: story.events + strangers, .badgingDefinitions: story.badges,
    ])
    #expect(findings.count == 6)
    #expect(findings.last == "4 more customers: has events and no row")
  }
}
