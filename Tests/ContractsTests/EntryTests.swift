import Contracts
import Testing
import Wire

/// One full example of each entry that travels, as a reader in any language meets it.
@Suite struct EntryTests {
  static let event = #"""
    {"v":1,"kind":"event","id":"e-12-2120","prev":2119,"ingested_at":1296518399000000,\#
    "customer_id":"7086312446","at":1296460315000000,"type":"CALL_OUTGOING","value":2.5,"unit":"s",\#
    "day":15005,"source":"nodobo","source_type":"cdr","source_event_id":"a82f",\#
    "metadata":{"destination":"1808779834"}}
    """#
  static let reversal = #"""
    {"v":1,"kind":"reversal","id":"e-12-2121","prev":2120,"ingested_at":1296518400000000,\#
    "customer_id":"7086312446","source":"nodobo","source_event_id":"r1","original_number":2120,\#
    "original":
    """# + event + "}"
  static let crossing = #"""
    {"v":1,"kind":"crossing","id":"x-62-270","prev":269,"customer_id":"7456622368",\#
    "at":1296518400000000,"comparison":"2096e21b5df0090e","change":"down","events":1603,\#
    "cause":"sweep","snapshot":{"scores":{"engagement":38}}}
    """#
  static let outcome = #"""
    {"v":1,"kind":"outcome","id":"o-23-48","prev":45,"customer_id":"7784425582","at":1296864000000000,\#
    "mission":"m-23-48","template":"call_frequency","category":"engagement","name":"Stay in touch",\#
    "change":"completed","occasion":1,"reward":{"points":120,"badge_type":"activated",\#
    "badge_level":"bronze"}}
    """#

  private static func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

  @Test func anEventIsRead() throws {
    let entry = try #require(try EventEntry(Self.bytes(Self.event), number: 2_120))
    #expect(entry.kind == .event && entry.customer == "7086312446" && entry.type == .callOutgoing)
    #expect(entry.value == Decimal6("2.5") && entry.day == Day("2011-01-31") && entry.number == 2_120)
    #expect(String(decoding: entry.metadata, as: UTF8.self) == #"{"destination":"1808779834"}"#)
  }

  @Test func aReversalShowsItsOriginal() throws {
    let entry = try #require(try EventEntry(Self.bytes(Self.reversal), number: 2_121))
    #expect(entry.kind == .reversal && entry.type == .callOutgoing && entry.number == 2_120)
    #expect(entry.at == 1_296_460_315_000_000)
  }

  @Test func crossingsAndOutcomesRoundTrip() throws {
    let crossing = try #require(try CrossingEntry(Self.bytes(Self.crossing)))
    let again = JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", "crossing")
      writer.member("id", "x-62-270")
      writer.member("prev", 269)
      crossing.write(&writer)
    }
    #expect(String(decoding: again, as: UTF8.self) == Self.crossing)
    let outcome = try #require(try OutcomeEntry(Self.bytes(Self.outcome)))
    let written = JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", "outcome")
      writer.member("id", "o-23-48")
      writer.member("prev", 45)
      outcome.write(&writer)
    }
    #expect(String(decoding: written, as: UTF8.self) == Self.outcome)
  }

  @Test func unknownKindsAndDamageDoNotTrap() throws {
    #expect(try EventEntry(Self.bytes(#"{"v":2,"kind":"tombstone","customer_id":"a"}"#), number: 1) == nil)
    #expect(try CrossingEntry(Self.bytes(Self.outcome)) == nil)
    #expect(try OutcomeEntry(Self.bytes(Self.crossing)) == nil)
    for text in [Self.event, Self.reversal, Self.crossing, Self.outcome] {
      let bytes = Array(text.utf8)
      for length in stride(from: 0, to: bytes.count, by: 3) {
        let cut = bytes[..<length]
        #expect(throws: (any Error).self) { try EventEntry(cut, number: 1) }
        #expect(throws: (any Error).self) { try CrossingEntry(cut) }
        #expect(throws: (any Error).self) { try OutcomeEntry(cut) }
      }
    }
  }

  @Test func definitionsRoundTrip() throws {
    let template = MissionTemplate(
      slug: "t", templateName: "T", description: "d", category: .loyalty, metric: "calls_made",
      threshold: .init(value: Decimal6("0.1") ?? .zero, personalize: true, max: Decimal6(3)), period: .custom,
      periodDays: 35, rewardConfig: Reward(points: 5, offerId: "o"),
      generationRules: ["min_risk_score": Decimal6(50)],
      eligibilityRules: #"{"var":"a"}"#, priority: 3)
    let text = try Cold.encode(template)
    #expect(try Cold.decode(MissionTemplate.self, text) == template)
    #expect(template.days == 35)
    let error = #expect(throws: WireError.self) { try Cold.decode(MissionTemplate.self, Array("{}".utf8)) }
    #expect(error?.status == .invalidArgument)
  }

  @Test func snapshotsRoundTrip() throws {
    let snapshot = Snapshot(
      customer: "ü", events: 4, asOf: 5, scores: ["engagement": .number(Decimal6("12.34") ?? .zero)],
      features: ["plan_tier": .null, "auto_renew": .bool(true)], attributes: ["city": .text("x\"y")],
      baselines: ["calls_made": ["weekly": .init(average: Decimal6("2.333333") ?? .zero, periods: 3)]])
    var writer = JSONWriter()
    snapshot.write(&writer)
    var scanner = JSONScanner(writer.bytes)
    #expect(try Snapshot(&scanner) == snapshot)
    #expect(snapshot.value("known.plan_tier") == .bool(false))
    #expect(snapshot.value("nothing") == .null)
    #expect(snapshot.value("engagement_score") == snapshot.value("engagement"))
    #expect(snapshot.value("known.engagement_score") == .bool(true))
    #expect(snapshot.value("credit_score") == .null && Snapshot.score("credit_score") == nil)
  }

  @Test(arguments: [
    ("", true), ("C-1", true), ("\u{E9}", true), ("\u{301}a", true), ("\u{FF9F}", true), ("😀", true),
    ("e\u{301}", false), ("\u{212B}", false), ("\u{1100}\u{1161}", false), ("a\u{301}\u{323}", false),
  ]) func oneSpellingOfATextIsComposed(_ text: String, _ isComposed: Bool) {
    #expect(text.isComposed == isComposed)
  }

  @Test func eventTypesHaveTheirNames() {
    for type in EventType.allCases {
      #expect(EventType(name: Array(type.rawValue.utf8)[...]) == type)
    }
    #expect(EventType.allCases.count == 31)
    #expect(EventType(name: Array("CALL".utf8)[...]) == nil)
    #expect(!EventType.reversal.isActivity && EventType.activation.isActivity)
  }
}
