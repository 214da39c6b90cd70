import Testing

@testable import Ingestion

struct MappingDecoderTests {
  static let event = #"{"customer_id": "a", "event_type": {"const": "CUSTOM"}, "timestamp": "t"}"#

  static func mapping(_ events: String = "[\(event)]", more: String = "") -> String {
    #"{"name": "n", "type": "cdr", "format": {"kind": "csv"}, "events": \#(events)\#(more)}"#
  }

  static func field(_ spec: String) -> String {
    mapping(
      #"[{"customer_id": "a", "event_type": {"const": "CUSTOM"}, "timestamp": "t", "value": \#(spec)}]"#)
  }

  @Test("the smallest mapping") func smallest() throws {
    let mapping = try Mapping(json: Self.mapping().utf8)
    #expect(mapping.paths.map(\.description) == ["a", "t"])
    #expect(mapping.zone == .utc)
    #expect(mapping.announceFrom == nil)
  }

  @Test(
    "what is wrong is named",
    arguments: [
      ("{", "mapping"), ("[]", "mapping"), (mapping() + "x", "mapping"),
      (#"{"type": "cdr"}"#, "name"), (mapping(more: #", "name": "twice""#), "name"),
      (mapping(more: #", "nmae": 1"#), "nmae"), (mapping(more: #", "zone": "Mars/Olympus""#), "zone"),
      (mapping(more: #", "announce_from": "soon""#), "announce_from"),
      (mapping(more: #", "skip": {"=": [1, 1]}"#), "skip"),
      (mapping(more: #", "skip": {"var": "a..b"}"#), "skip"),
      (mapping("[]"), "events"), (mapping("[{}]"), "events[0].customer_id"),
      (mapping(#"[{"customer_id": "a"}]"#), "events[0].event_type"),
      (mapping(#"[{"customer_id": "a", "event_type": {"const": "CUSTOM"}}]"#), "events[0].timestamp"),
      (mapping("[\(event), \(event), {\"custmer_id\": \"a\"}]"), "events[2].custmer_id"),
      (
        mapping(#"[{"customer_id": "a", "event_type": {"const": "CALL"}, "timestamp": "t"}]"#),
        "events[0].event_type"
      ),
      (
        mapping(
          #"[{"customer_id": "a", "event_type": {"path": "k", "map": {"x": "WALK"}}, "timestamp": "t"}]"#),
        "events[0].event_type"
      ),
      (mapping(#"[{"customer_id": "a", "event_type": {"const": "REVERSAL"}}]"#), "events[0].reverses_id"),
      (field(#""a[b]""#), "events[0].value"), (field(#""a[1]""#), "a[1]"), (field("7"), "events[0].value"),
      (field(#"{"paht": "a"}"#), "events[0].value.paht"), (field("{}"), "events[0].value"),
      (field(#"{"path": "a", "const": 1}"#), "events[0].value"),
      (field(#"{"path": "a", "scale": "much"}"#), "events[0].value.scale"),
      (field(#"{"path": "a", "scale": 0}"#), "events[0].value.scale"),
      (field(#"{"path": "a", "format": "%Q"}"#), "events[0].value.format"),
      (field(#"{"path": "a", "map": {"x": [1]}}"#), "events[0].value.map.x"),
      (field(#"{"path": "a", "default": null}"#), "events[0].value.default"),
    ])
  func refused(json: String, field: String) {
    let error = #expect(throws: MappingError.self) { try Mapping(json: json.utf8) }
    #expect(error?.field == field, "\(error?.description ?? "")")
  }

  @Test(
    "formats",
    arguments: [
      #"{"kind": "xml"}"#, #"{"delimiter": ","}"#, #"{"kind": "csv", "delimiter": ";;"}"#,
      #"{"kind": "csv", "delimiter": "\n"}"#, #"{"kind": "csv", "quote": ","}"#,
      #"{"kind": "csv", "color": 1}"#,
      #"{"kind": "json_lines", "delimiter": ","}"#, #"{"kind": "csv", "columns": ["a"]}"#,
      #"{"kind": "csv", "header": false}"#, #"{"kind": "csv", "header": false, "columns": ["a", "a"]}"#,
    ])
  func formats(format: String) {
    let json = #"{"name": "n", "type": "cdr", "format": \#(format), "events": [\#(Self.event)]}"#
    #expect(throws: MappingError.self) { try Mapping(json: json.utf8) }
  }

  @Test("CSV without header, by given names and by number; a trailer line can be skipped")
  func withoutHeader() throws {
    let format =
      #"{"kind": "csv", "delimiter": "tab", "quote": null, "header": false, "columns": ["a", "t", "v"]}"#
    let mapping = try Mapping(
      json: #"""
        {"name": "n", "type": "cdr", "format": \#(format), "skip": {"==": [{"var": "a"}, "TOTAL"]},
         "events": [{"customer_id": "a", "event_type": {"const": "RECHARGE"}, "timestamp": {"path": "t",
          "format": "epoch_s"}, "value": "[2]"}]}
        """#.utf8)
    let reader = mapping.reader()
    guard case .event(let event) = mapping.map(reader.read(bytes("007\t1284488264\t12.5")))[0] else {
      Issue.record("no event")
      return
    }
    #expect(event.customerID == "007")
    #expect(event.value?.description == "12.5")
    #expect(mapping.map(reader.read(bytes("TOTAL\t1"))) == [.skipped])
    guard case .rejected(let rejection) = mapping.map(reader.read(bytes("007\t1284488264")))[0] else {
      Issue.record("no rejection")
      return
    }
    #expect(rejection.code == .badRecord)
    #expect(rejection.stage == .read)
  }

  @Test("columns that a file lacks are told") func absent() throws {
    let mapping = try Mapping(json: Self.mapping().utf8)
    #expect(mapping.reader(header: bytes("x,t,y")).absent == ["a"])
    #expect(mapping.reader(header: bytes("\"t\",a")).absent.isEmpty)
  }

  @Test(
    "paths",
    arguments: [
      ("a", 1), ("a.b", 2), ("a[0].b[12]", 4), ("[3]", 1), (#"a\.b.c\[1\]"#, 2), ("a b", 1), ("ü.1", 2),
      ("", nil), (".", nil), ("a.", nil), (".a", nil), ("a..b", nil), ("a[", nil), ("a[]", nil),
      ("a[-1]", nil),
      ("a[+1]", nil), ("a[0]b", nil), (#"a\"#, nil), ("a[10000]", nil),
    ] as [(String, Int?)])
  func paths(text: String, steps: Int?) { #expect(FieldPath(text)?.steps.count == steps) }
}
