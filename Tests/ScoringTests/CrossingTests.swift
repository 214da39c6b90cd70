import Contracts
import Journal
import Testing
import Wire

@testable import Scoring

@Suite struct CrossingTests {
  @Test func eventsJournalWhatFlips() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(3))
    #expect(try story.call(count: 2) == [])
    let crossings = try story.call()
    #expect(crossings.map(\.told) == ["up"])
    let up = try #require(crossings.first)
    #expect(up.customer == "anna")
    #expect(up.cause == "event")
    #expect(up.events == 3)
    #expect(up.asOf == story.now)
    #expect(!up.quiet)
    #expect(up.comparison == (try WatchList.comparisons(of: Criteria.calls(3)))[0].rule.identity)
    #expect(try story.call(count: 5) == [])
    #expect(try story.audit() == [])
  }

  @Test func aScoreHasALongNameToo() throws {
    for name in ["engagement", "engagement_score"] {
      let story = try Story()
      try story.badge("busy", #"{">=":[{"var":"\#(name)"},10.6]}"#)
      #expect(try story.call().map(\.told) == ["up"], "\(name)")
      #expect(try story.audit() == [])
    }
  }

  /// A mark belongs to the character before it, which in a row's key is not the customer's.
  @Test(arguments: ["\u{301}a", "\u{FF9F}･", "\u{200D}", "ben"])
  func aCustomerMayBeginWithAMark(_ customer: String) throws {
    let story = try Story()
    try story.call(customer, count: 3)
    try story.badge("caller", Criteria.calls(3))
    let crossings = story.twin.outputs.map { String(decoding: $0, as: UTF8.self) }
    #expect(crossings.count == 1 && crossings[0].contains("\"customer_id\":\"\(customer)\""), "\(crossings)")
    try story.call(customer)
    #expect(try story.audit() == [])
  }

  @Test func aCrossingShowsScoresAndFeatures() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(1))
    let up = try #require(try story.call().first)
    let text = String(decoding: up.snapshot, as: UTF8.self)
    #expect(text.hasPrefix(#"{"scores":{"engagement":10.6,"revenue":0,"loyalty":0.83,"#))
    #expect(text.contains(#""churn_probability":null"#))
  }

  @Test func aCustomersCrossingsAreLinked() throws {
    let story = try Story()
    try story.badge("one", Criteria.calls(1))
    try story.badge("two", Criteria.calls(2))
    try story.call("anna")
    try story.call("ben")
    try story.call("anna")
    let texts = story.twin.outputs.map { String(decoding: $0, as: UTF8.self) }
    #expect(texts[0].hasPrefix(#"{"v":1,"kind":"crossing","id":"x-7-1","prev":0,"customer_id":"anna""#))
    #expect(texts[1].hasPrefix(#"{"v":1,"kind":"crossing","id":"x-7-2","prev":0,"customer_id":"ben""#))
    #expect(texts[2].hasPrefix(#"{"v":1,"kind":"crossing","id":"x-7-3","prev":1,"customer_id":"anna""#))
  }

  @Test func quietEventsCrossQuietly() throws {
    let story = try Story()
    try story.badge("caller", Criteria.calls(2))
    #expect(try story.call(count: 2, quiet: true).map(\.quiet) == [true])
    #expect(try story.call() == [])
    #expect(try story.feature(.callsMadeEver) == .count(3))
  }

  @Test func aWaitingReversalIsNobodysEvent() throws {
    let story = try Story()
    let entry = Story.entry("reversal_waiting") { Story.Draft().members(&$0) }
    #expect(try story.feed(.events, [entry]) == [])
    #expect(try story.twin.reader.row(CustomerRow.key("anna")) == nil)
  }

  @Test(arguments: ["{", "{}", #"{"kind":"event"}"#, #"{"kind":"event","customer_id":"a","type":"NO_SUCH"}"#])
  func unreadableEventsAreParked(text: String) throws {
    let story = try Story()
    #expect(try story.feed(.events, [Array(text.utf8)]) == [])
    #expect(story.twin.progress.parked.map(\.number) == [1])
  }

  @Test func otherKindsArePassedOver() throws {
    let story = try Story()
    #expect(try story.feed(.events, [Array(#"{"kind":"later","customer_id":"a"}"#.utf8)]) == [])
    #expect(try story.feed(.missionsDefinitions, [Array(#"{"kind":"template"}"#.utf8)]) == [])
    #expect(story.twin.progress.parked.isEmpty)
  }
}
