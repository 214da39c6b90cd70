import Contracts
import Testing
import Wire

@testable import Gateway

@Suite struct AnswerTextTests {
  private func rewritten(_ text: String) throws -> String {
    String(decoding: try AnswerText(Array(text.utf8)[...]).body, as: UTF8.self)
  }

  @Test func instantsBecomeText() throws {
    #expect(
      try rewritten(#"{"at":1767225600000000,"x":{"as_of":1767225600500000},"l":[{"now":0}]}"#)
        == #"{"at":"2026-01-01T00:00:00Z","x":{"as_of":"2026-01-01T00:00:00.5Z"},"#
        + #""l":[{"now":"1970-01-01T00:00:00Z"}]}"#
    )
  }

  @Test(arguments: TimeMember.names.sorted()) func everyNamedMemberIsOne(_ name: String) throws {
    #expect(try rewritten("{\"\(name)\":1000000}") == "{\"\(name)\":\"1970-01-01T00:00:01Z\"}")
  }

  @Test(arguments: [
    "0.1", "12.500000", "-0.000001", "1e3", "123456789012345678901234567890.1", "-0", "0.10", "1E-7",
  ]) func numbersStayByteForByte(_ number: String) throws {
    let text = "{\"points\":\(number),\"l\":[\(number)]}"
    #expect(try rewritten(text) == text)
  }

  @Test(arguments: [
    #"{"at":null,"day":1,"number":1767225600000000}"#, #"{"at":"2026"}"#, #"{"at":1.5}"#,
    #"{"at":99999999999999999999}"#, #"{"at":9000000000000000000}"#, #"{"now":[1,2]}"#, "[1,[],{}]", "7",
    "null",
    #"{"s":"\u00e9\n\"ü\\"}"#,
  ]) func allElseStays(_ text: String) throws { #expect(try rewritten(text) == text) }

  @Test func otherPeoplesNamesAreNotOurs() throws {
    let text =
      #"{"metadata":{"timestamp":5,"n":{"at":6}},"features":{"at":7},"criteria":{"at":8},"position":9}"#
    let inner = "{\"a\":\(text)}"
    #expect(try rewritten(inner) == inner)
  }

  @Test func positionsAreTakenOut() throws {
    let text = """
      {"a":1,"position":{"partition":3,"journal":"events","number":9},"b":2,\
      "positions":[{"partition":4,"journal":"outcomes","number":1},\
      {"partition":5,"journal":"awards","number":2}]}
      """
    let answer = try AnswerText(Array(text.utf8)[...])
    #expect(String(decoding: answer.body, as: UTF8.self) == #"{"a":1,"b":2}"#)
    #expect(
      answer.positions == [
        Position(partition: 3, journal: .events, number: 9),
        Position(partition: 4, journal: .outcomes, number: 1),
        Position(partition: 5, journal: .awards, number: 2),
      ])
    #expect(try rewritten(#"{"position":null,"x":{"position":3}}"#) == #"{"x":{"position":3}}"#)
  }

  @Test(arguments: [
    "", "{", "{\"a\":}", "[1,]", "{} {}", "\u{1}", "{\"position\":4}",
    String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
  ]) func whatIsNoJSONIsOurMistake(_ text: String) {
    let error = #expect(throws: WireError.self) { try rewritten(text) }
    #expect(error?.status == .internal)
  }
}

@Suite struct EventBatchTests {
  private func records(_ text: String, _ form: EventBatch.Form) throws -> [String] {
    try EventBatch(Array(text.utf8), form: form).records.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func anArraysElementsAreTheRecords() throws {
    #expect(try records(#" [ {"a":1.50} , 7,"x"] "#, .array) == [#"{"a":1.50}"#, "7", "\"x\""])
    #expect(try records("[]", .array).isEmpty)
  }

  @Test(arguments: ["", "{}", "[1", "[1,]", "x", "[1] 2"]) func aBrokenArrayIsRefused(_ text: String) {
    let error = #expect(throws: WireError.self) { try records(text, .array) }
    #expect(error?.status == .invalidArgument)
  }

  @Test func linesAreTheRecordsAndABrokenOneTravels() throws {
    #expect(
      try records("{\"a\":1}\r\n\n  \n{broken\n{\"b\":2}", .lines) == ["{\"a\":1}", "{broken", "{\"b\":2}"])
    #expect(try records("", .lines).isEmpty)
    #expect(throws: WireError.self) { try records("not json\nat all", .lines) }
  }

  @Test func manyAreCutIntoParts() throws {
    let count = GatewayLimits.pushEventsMax * 2 + 3
    let text = "[" + String(repeating: "1,", count: count - 1) + "1]"
    let parts = try EventBatch(Array(text.utf8), form: .array).parts
    #expect(parts.map(\.first) == [0, GatewayLimits.pushEventsMax, GatewayLimits.pushEventsMax * 2])
    #expect(parts.map(\.records.count) == [GatewayLimits.pushEventsMax, GatewayLimits.pushEventsMax, 3])
  }

  @Test func reportsAddUp() throws {
    var report = BatchReport()
    let first = #"{"accepted":2,"duplicate":1,"rejected":1,"errors":[{"index":3,"code":"c","message":"m"}]}"#
    try report.add(ObjectText(Array(first.utf8)[...]), first: 0)
    try report.add(ObjectText(Array(first.utf8)[...]), first: 10)
    let expected =
      #"{"accepted":4,"duplicate":2,"rejected":2,"errors":"#
      + #"[{"index":3,"code":"c","message":"m"},{"index":13,"code":"c","message":"m"}]}"#
    #expect(String(decoding: report.body, as: UTF8.self) == expected)
  }
}

@Suite struct ListPageTests {
  private func body(_ query: [String: String], _ answer: String) throws -> String {
    let target =
      "/x/?" + query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    let object = try ObjectText(Array(answer.utf8)[...])
    let question = ListQuestion(.badging, "x")
    return String(decoding: try ListPage(query).body(object, question, target: target), as: UTF8.self)
  }

  @Test func aShortListIsOnePage() throws {
    #expect(
      try body([:], #"{"results":[1,2.50]}"#)
        == #"{"count":2,"next":null,"previous":null,"results":[1,2.50]}"#)
  }

  @Test func pagesFollowEachOther() throws {
    let cursor = Base64URL.text("2".utf8)
    #expect(
      try body(["limit": "2"], #"{"count":3,"results":[1,2]}"#)
        == "{\"count\":3,\"next\":\"/x/?limit=2&cursor=\(cursor)\",\"previous\":null,\"results\":[1,2]}")
    #expect(
      try body(["limit": "2", "cursor": cursor], #"{"count":3,"results":[1,2,3]}"#)
        == "{\"count\":3,\"next\":null,\"previous\":"
        + "\"/x/?limit=2&cursor=\(Base64URL.text("0".utf8))\",\"results\":[3]}"
    )
  }

  @Test func anUnknownCountIsSaidToBeOne() throws {
    let text = try body(["limit": "2"], #"{"results":[1,2]}"#)
    #expect(text.hasPrefix(#"{"count":null,"count_at_least":2,"next":"/x/?limit=2&cursor="#))
  }

  @Test(arguments: ["0", "1001", "x", "-1", "1.5"]) func aWrongLimitIsNamed(_ limit: String) {
    let problem = #expect(throws: Problem.self) { try ListPage(["limit": limit]) }
    #expect(problem?.errors.first?.field == "limit")
  }

  @Test(arguments: ["x", "!", "LTE"]) func aWrongCursorIsNamed(_ cursor: String) {
    let problem = #expect(throws: Problem.self) { try ListPage(["cursor": cursor]) }
    #expect(problem?.errors.first?.field == "cursor")
  }
}

@Suite struct EventTextTests {
  private func shown(_ text: String) throws -> String {
    String(decoding: try EventText.shown(Array(text.utf8)[...]), as: UTF8.self)
  }

  @Test func anEntryIsACustomerEvent() throws {
    let entry =
      #"{"v":1,"kind":"event","id":"e-1-2","prev":1,"at":"T","type":"CALL_OUTGOING","value":12.50,"#
      + #""day":20454,"metadata":{"at":1,"v":2,"type":3}}"#
    #expect(
      try shown(entry)
        == #"{"kind":"event","id":"e-1-2","timestamp":"T","event_type":"CALL_OUTGOING","value":12.50,"#
        + #""day":"2026-01-01","metadata":{"at":1,"v":2,"type":3}}"#)
  }

  @Test func aReversalShowsWhatItTakesBack() throws {
    let entry =
      #"{"v":1,"kind":"reversal","prev":3,"original_number":2,"original":{"v":1,"type":"CUSTOM","day":0}}"#
    #expect(
      try shown(entry) == #"{"kind":"reversal","original":{"event_type":"CUSTOM","day":"1970-01-01"}}"#)
  }
}

@Suite struct PercentTextTests {
  @Test(arguments: [
    ("a", "a"), ("m%C3%BCller", "müller"), ("a%2Fb", "a/b"), ("%25", "%"), ("+", "+"), ("", ""),
    ("%2f", "/"),
  ]) func escapesAreRead(_ text: String, _ decoded: String) {
    #expect(PercentText.decoded(text[...]) == decoded)
  }

  @Test(arguments: ["%", "%4", "%FF", "%zz", "a%C3"]) func brokenOnesAreNot(_ text: String) {
    #expect(PercentText.decoded(text[...]) == nil)
  }
}
