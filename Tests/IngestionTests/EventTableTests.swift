import Contracts
import Testing
import Wire

@testable import Ingestion

/// Every event type by the default mappings: what is accepted with which value, and what is rejected why.
struct EventTableTests {
  private static let now = RFC3339.micros("2024-06-01T12:00:00Z".utf8) ?? 0

  /// What becomes of a record with these members beside customer and time: `TYPE value unit`, or a reason.
  private static func outcome(_ type: String, _ members: String) throws -> String {
    let form = try RecordForm(defaultOf: type, name: "s", zone: .utc)
    let record = bytes(#"{"customer_id":"C-1","timestamp":"2024-05-31T10:00:00Z",\#(members)}"#)
    return form.map(form.reader(header: nil).read(record), now: now).map(describe).joined(separator: "; ")
  }

  private static func describe(_ outcome: MappedOutcome) -> String {
    switch outcome {
    case .skipped: "skipped"
    case .rejected(let rejection): rejection.code.rawValue
    case .event(let event):
      [event.type.rawValue, event.value?.description, event.unit].compactMap { $0 }.joined(separator: " ")
    }
  }

  private static func own(_ type: EventType, _ rest: String = "") -> String {
    #""event_type":"\#(type.rawValue)"\#(rest)"#
  }

  private static let needed: [EventType] = [
    .recharge, .topUp, .bundlePurchase, .payment, .billPaid, .billIssued,
  ]
  private static let counted: [EventType] = [
    .referral, .contentShare, .appInstall, .appLogin, .webLogin, .ussdSession, .appFeatureUse, .contentView,
    .selfCareAction,
  ]
  private static let plain: [EventType] = [
    .autoRenewEnabled, .autoRenewDisabled, .activation, .statusChange, .networkEvent,
  ]

  @Test("money needs a value of 0 or more, and keeps its unit")
  func money() throws {
    for type in Self.needed {
      let name = type.rawValue
      #expect(
        try Self.outcome("custom", Self.own(type, #","value":12.5,"unit":"EUR""#)) == "\(name) 12.5 EUR")
      #expect(try Self.outcome("custom", Self.own(type, #","value":"0""#)) == "\(name) 0")
      #expect(try Self.outcome("custom", Self.own(type)) == "invalid_value")
      #expect(try Self.outcome("custom", Self.own(type, #","value":-0.01"#)) == "invalid_value")
      #expect(try Self.outcome("custom", Self.own(type, #","value":"ten""#)) == "invalid_value")
      #expect(try Self.outcome("custom", Self.own(type, #","value":true"#)) == "invalid_value")
    }
  }

  @Test("what is counted is 1 unless it says otherwise; what has no value passes over one")
  func counted() throws {
    for type in Self.counted {
      let name = type.rawValue
      #expect(try Self.outcome("custom", Self.own(type)) == "\(name) 1")
      #expect(try Self.outcome("custom", Self.own(type, #","value":3"#)) == "\(name) 3")
      #expect(try Self.outcome("custom", Self.own(type, #","value":-1"#)) == "invalid_value")
    }
    for type in Self.plain {
      #expect(try Self.outcome("custom", Self.own(type, #","value":-7,"unit":"x""#)) == type.rawValue)
    }
    let all = Set(Self.needed + Self.counted + Self.plain)
    let others: Set<EventType> = [
      .callOutgoing, .callIncoming, .smsSent, .smsReceived, .dataUsage, .planChange, .profileUpdate,
      .qoeIssue,
      .featureUpdate, .reversal, .custom,
    ]
    #expect(all.union(others) == Set(EventType.allCases))
  }

  @Test(
    "units, ranges and what else a type demands",
    arguments: [
      (#""event_type":"CALL_OUTGOING","value":62"#, "CALL_OUTGOING 62 s"),
      (#""event_type":"CALL_OUTGOING","value":0"#, "CALL_OUTGOING 0 s"),
      (#""event_type":"CALL_OUTGOING""#, "invalid_value"),
      (#""event_type":"CALL_OUTGOING","value":-1"#, "invalid_value"),
      (#""event_type":"CALL_INCOMING","value":"1.5","unit":"Minutes""#, "CALL_INCOMING 90 s"),
      (#""event_type":"CALL_INCOMING","value":1500,"unit":"ms""#, "CALL_INCOMING 1.5 s"),
      (#""event_type":"CALL_INCOMING","value":1,"unit":"GB""#, "invalid_value"),
      (#""event_type":"DATA_USAGE","value":0.0000005,"unit":"MB""#, "DATA_USAGE 0.000001 MB"),
      (#""event_type":"DATA_USAGE","value":1234567,"unit":"B""#, "DATA_USAGE 1.234567 MB"),
      (#""event_type":"DATA_USAGE","value":2,"unit":"GiB""#, "DATA_USAGE 2147.483648 MB"),
      (#""event_type":"DATA_USAGE","value":2,"unit":"parsec""#, "invalid_value"),
      (#""event_type":"DATA_USAGE","value":9e18,"unit":"GB""#, "invalid_value"),
      (#""event_type":"RECHARGE","value":10000000000"#, "RECHARGE 10000000000"),
      (#""event_type":"RECHARGE","value":10000000000.000001"#, "invalid_value"),
      (#""event_type":"CUSTOM","value":-10000000000.000001"#, "invalid_value"),
      (#""event_type":"CUSTOM","value":-9223372036854.775808"#, "invalid_value"),
      (#""event_type":"ACTIVATION","value":9000000000000"#, "ACTIVATION"),
      (#""event_type":"SMS_SENT""#, "SMS_SENT 1 messages"),
      (#""event_type":"SMS_RECEIVED","value":3"#, "SMS_RECEIVED 3 messages"),
      (#""event_type":"SMS_SENT","value":-1"#, "invalid_value"),
      (#""event_type":"PLAN_CHANGE""#, "PLAN_CHANGE"),
      (#""event_type":"PLAN_CHANGE","value":20"#, "PLAN_CHANGE 20"),
      (#""event_type":"PLAN_CHANGE","value":-20"#, "invalid_value"),
      (#""event_type":"PROFILE_UPDATE","value":100"#, "PROFILE_UPDATE 100"),
      (#""event_type":"PROFILE_UPDATE","value":0"#, "PROFILE_UPDATE 0"),
      (#""event_type":"PROFILE_UPDATE""#, "PROFILE_UPDATE"),
      (#""event_type":"PROFILE_UPDATE","value":100.000001"#, "invalid_value"),
      (#""event_type":"QOE_ISSUE","value":0.75"#, "QOE_ISSUE 0.75"),
      (#""event_type":"QOE_ISSUE","value":1.1"#, "invalid_value"),
      (#""event_type":"CUSTOM","value":-12.25,"unit":"x""#, "CUSTOM -12.25 x"),
      (#""event_type":"FEATURE_UPDATE","metadata":{"features":{"tenure":12}}"#, "FEATURE_UPDATE"),
      (#""event_type":"FEATURE_UPDATE","metadata":{"features":{}}"#, "missing_features"),
      (#""event_type":"FEATURE_UPDATE","metadata":{"features":[1]}"#, "missing_features"),
      (#""event_type":"FEATURE_UPDATE""#, "missing_features"),
      (#""event_type":"REVERSAL","reverses":{"source_event_id":"r-1"}"#, "REVERSAL"),
      (#""event_type":"REVERSAL","reverses":{"source":"x"}"#, "missing_reversed_id"),
      (#""event_type":"WALK","value":1"#, "unknown_event_type"), (#""value":1"#, "unknown_event_type"),
    ])
  func ownForm(record: String, expected: String) throws {
    #expect(try Self.outcome("custom", record) == expected)
    // The own form is known in every source.
    if record.contains("event_type") { #expect(try Self.outcome("billing", record) == expected) }
  }

  @Test(
    "the words of each type of source",
    arguments: [
      ("cdr", #""call_type":"outgoing","duration":62"#, "CALL_OUTGOING 62 s"),
      ("cdr", #""call_type":"INCOMING","usage":"7""#, "CALL_INCOMING 7 s"),
      ("cdr", #""call_type":"missed","duration":0"#, "unknown_event_type"),
      ("cdr", #""data_usage":12.5"#, "DATA_USAGE 12.5 MB"),
      ("cdr", #""sms_type":"Sent""#, "SMS_SENT 1 messages"),
      ("cdr", #""sms_type":"received","count":2"#, "SMS_RECEIVED 2 messages"),
      (
        "cdr", #""call_type":"outgoing","duration":62,"data_usage":3"#,
        "CALL_OUTGOING 62 s; DATA_USAGE 3 MB"
      ),
      ("cdr", #""duration":62"#, "unknown_event_type"),
      ("billing", #""transaction_type":"recharge","amount":"10.00""#, "RECHARGE 10"),
      ("billing", #""transaction_type":"top_up","value":5"#, "TOP_UP 5"),
      ("billing", #""transaction_type":"payment","amount":19.9,"unit":"EUR""#, "PAYMENT 19.9 EUR"),
      ("billing", #""transaction_type":"payment""#, "invalid_value"),
      ("billing", #""bundle_purchase":"DATA_5","amount":9.99"#, "BUNDLE_PURCHASE 9.99"),
      ("billing", #""bundle_purchase":9.99"#, "BUNDLE_PURCHASE 9.99"),
      ("billing", #""payment":20"#, "PAYMENT 20"), ("app", #""action":"login""#, "APP_LOGIN 1"),
      ("app", #""action":"feature_use","feature":"x""#, "APP_FEATURE_USE 1"),
      ("app", #""action":"content_view","content":"x""#, "CONTENT_VIEW 1"),
      ("app", #""action":"sleep""#, "unknown_event_type"), ("crm", #""event":"activation""#, "ACTIVATION"),
      ("crm", #""event":"status_change","status":"x""#, "STATUS_CHANGE"),
      ("crm", #""event":"profile_update","completeness":80"#, "PROFILE_UPDATE 80"),
      ("network", #""qoe_issue":"drop","severity":0.5"#, "QOE_ISSUE 0.5"),
      ("network", #""qoe_issue":"drop","severity":5"#, "invalid_value"),
      ("network", #""network_event":"handover""#, "NETWORK_EVENT"),
      ("dwh", #""features":{"churn_probability":0.3}"#, "FEATURE_UPDATE"),
      ("dwh", #""features":"none""#, "missing_features"),
      ("xiva", #""features":{"tenure":3}"#, "FEATURE_UPDATE"),
      ("xiva", #""transaction_type":"recharge","amount":1"#, "RECHARGE 1"),
      ("xiva", #""event":"plan_change","tier":"premium""#, "PLAN_CHANGE"),
    ])
  func words(type: String, record: String, expected: String) throws {
    #expect(try Self.outcome(type, record) == expected)
  }

  @Test("customer and time are found by their usual names")
  func names() throws {
    let form = try RecordForm(defaultOf: "app", name: "s", zone: try Zone(named: "Europe/Berlin"))
    func at(_ record: String) -> String {
      let outcome = form.map(form.reader(header: nil).read(bytes(record)), now: Self.now)[0]
      guard case .event(let event) = outcome else { return Self.describe(outcome) }
      return "\(event.customerID) \(RFC3339.text(micros: event.at)) \(event.sourceEventID.prefix(3))"
    }
    #expect(
      at(#"{"user_id":"u","action":"login","event_time":"2024-05-31T10:00:00Z","event_id":"e-1"}"#)
        == "u 2024-05-31T10:00:00Z e-1")
    #expect(
      at(#"{"customer_id":"","msisdn":"0049","action":"login","date":"2024-05-31","record_id":"9"}"#)
        == "0049 2024-05-30T22:00:00Z 9")
    let counts = [
      ("created_at", "1717149600"), ("time", "1717149600000"), ("timestamp", #""1717149600000000""#),
    ]
    for (name, count) in counts {
      #expect(
        at(#"{"msisdn":7,"action":"login","\#(name)":\#(count),"transaction_id":"t-1"}"#)
          == "7 2024-05-31T10:00:00Z t-1")
    }
    #expect(at(#"{"msisdn":"7","action":"login"}"#) == "missing_timestamp")
    #expect(at(#"{"action":"login","time":1717149600}"#) == "missing_customer")
    #expect(at(#"{"msisdn":"7","action":"login","time":"soon"}"#) == "bad_timestamp")
    #expect(at(#"{"msisdn":"7","action":"login","time":"1999-12-31"}"#) == "implausible_timestamp")
    #expect(at(#"{"msisdn":"7","action":"login","time":"2024-06-02T12:00:01Z"}"#) == "future_timestamp")
    #expect(at(#"{"msisdn":"a\u0007","action":"login","time":1717149600}"#) == "bad_customer")
    // One text, spelled in two ways: only one of them is an id.
    #expect(at(#"{"msisdn":"e\u0301","action":"login","time":1717149600}"#) == "bad_customer")
    #expect(
      at(#"{"msisdn":"\u00e9","action":"login","time":1717149600,"transaction_id":"t-1"}"#)
        == "\u{E9} 2024-05-31T10:00:00Z t-1")
    #expect(
      at(
        #"{"msisdn":"7","event_type":"CUSTOM","time":1717149600,"metadata":{"a":""#
          + String(repeating: "x", count: 8_200) + #""}}"#) == "metadata_too_large")
  }
}
