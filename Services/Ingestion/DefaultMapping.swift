import Wire

/// What records without a mapping of their own mean, by the type of their source (domain.md 2).
///
/// Laurel's own form of an event, `{"customer_id", "event_type", "value"?, "unit"?, "timestamp",
/// "source_event_id"?, "metadata"?, "reverses"?: {"source"?, "source_event_id"}}`, is known in every source;
/// beside it the words that such systems use for what they record.
enum DefaultMapping {
  /// The `events` of a mapping, as JSON text.
  static func events(of type: String) -> [UInt8] {
    let own = ownForm(isAlone: type == "custom")
    return Array("[\(([own] + shapes(of: type)).joined(separator: ","))]".utf8)
  }

  /// A whole mapping's text; without a zone it leaves that to who compiles it.
  static func text(name: String, type: String, format: String = "json_lines", zone: String? = nil) -> [UInt8]
  {
    JSONWriter.object { writer in
      writer.member("name", name)
      writer.member("type", type)
      writer.key("format")
      writer.object { $0.member("kind", format) }
      writer.member("zone", optional: zone)
      writer.member("events", raw: events(of: type))
    }
  }

  private static let customer = #""customer_id":["customer_id","user_id","msisdn"]"#
  private static let time =
    #""timestamp":{"path":["timestamp","event_time","created_at","date","time"],"format":"auto"}"#
  private static let id = #""source_event_id":["source_event_id","event_id","record_id","transaction_id"]"#

  private static func ownForm(isAlone: Bool) -> String {
    let when = isAlone ? "" : #""when":{"!!":[{"var":"event_type"}]},"#
    return "{\(when)\(customer),\(time),\(id),"
      + #""event_type":"event_type","value":"value","unit":"unit","metadata":"metadata","#
      + #""reverses_source":"reverses.source","reverses_id":"reverses.source_event_id"}"#
  }

  /// An event that one member of the record announces, in records that do not name an event type.
  private static func shape(
    by member: String, _ type: String, value: [String] = [], _ metadata: [String] = []
  ) -> String {
    var text = #"{"when":{"and":[{"!":[{"var":"event_type"}]},{"!!":[{"var":"\#(member)"}]}]},"#
    text += "\(customer),\(time),\(id),\"event_type\":\(type)"
    if !value.isEmpty { text += ",\"value\":\(list(value)),\"unit\":\"unit\"" }
    let members = metadata.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",")
    if !members.isEmpty { text += ",\"metadata\":{\(members)}" }
    return text + "}"
  }

  private static func list(_ paths: [String]) -> String {
    "[\(paths.map { "\"\($0)\"" }.joined(separator: ","))]"
  }

  private static func const(_ type: String) -> String { "{\"const\":\"\(type)\"}" }

  /// Words for types, in the three ways in which systems write them.
  private static func words(_ path: String, _ types: [(String, String)]) -> String {
    let entries = types.flatMap { word, type in
      let title = word.prefix(1).uppercased() + word.dropFirst()
      return [word, word.uppercased(), title].map { "\"\($0)\":\"\(type)\"" }
    }
    return "{\"path\":\"\(path)\",\"map\":{\(entries.joined(separator: ","))}}"
  }

  private static func shapes(of type: String) -> [String] {
    switch type {
    case "cdr": calls
    case "billing": billing
    case "crm": relations
    case "app": app
    case "network": network
    case "dwh": features
    case "xiva": relations + billing + features
    default: []
    }
  }

  private static let calls = [
    shape(
      by: "call_type",
      words("call_type", [("outgoing", "CALL_OUTGOING"), ("incoming", "CALL_INCOMING")]),
      value: ["duration", "value", "usage", "amount", "count"], ["destination", "roaming", "cell"]),
    shape(
      by: "data_usage", const("DATA_USAGE"), value: ["data_usage", "usage", "value", "amount"],
      ["roaming", "cell"]),
    shape(
      by: "sms_type", words("sms_type", [("sent", "SMS_SENT"), ("received", "SMS_RECEIVED")]),
      value: ["count", "value", "amount", "usage"], ["destination", "roaming"]),
  ]

  private static let billing = [
    shape(
      by: "transaction_type",
      words(
        "transaction_type",
        [
          ("recharge", "RECHARGE"), ("top_up", "TOP_UP"), ("topup", "TOP_UP"), ("payment", "PAYMENT"),
          ("bundle_purchase", "BUNDLE_PURCHASE"), ("bill_issued", "BILL_ISSUED"), ("bill_paid", "BILL_PAID"),
        ]),
      value: ["amount", "value"], ["channel", "product", "due_date", "bill_id"]),
    shape(
      by: "bundle_purchase", const("BUNDLE_PURCHASE"), value: ["amount", "value", "bundle_purchase"],
      ["channel", "product"]),
    shape(
      by: "payment", const("PAYMENT"), value: ["amount", "value", "payment"],
      ["channel", "due_date", "bill_id"]),
  ]

  private static let relations = [
    shape(
      by: "event",
      words(
        "event",
        [
          ("activation", "ACTIVATION"), ("status_change", "STATUS_CHANGE"),
          ("profile_update", "PROFILE_UPDATE"), ("plan_change", "PLAN_CHANGE"), ("referral", "REFERRAL"),
          ("auto_renew_enabled", "AUTO_RENEW_ENABLED"), ("auto_renew_disabled", "AUTO_RENEW_DISABLED"),
        ]),
      value: ["value", "completeness", "amount"],
      [
        "msisdn", "status", "time_zone", "language", "attributes", "plan", "tier", "direction", "channel",
      ])
  ]

  private static let app = [
    shape(
      by: "action",
      words(
        "action",
        [
          ("login", "APP_LOGIN"), ("feature_use", "APP_FEATURE_USE"), ("content_view", "CONTENT_VIEW"),
          ("install", "APP_INSTALL"), ("share", "CONTENT_SHARE"), ("referral", "REFERRAL"),
          ("self_care", "SELF_CARE_ACTION"), ("web_login", "WEB_LOGIN"),
        ]),
      value: ["count", "value"], ["channel", "feature", "content"])
  ]

  private static let network = [
    shape(
      by: "qoe_issue", const("QOE_ISSUE"), value: ["severity", "value"], ["qoe_issue", "kind", "cell"]),
    shape(by: "network_event", const("NETWORK_EVENT"), ["network_event", "kind", "cell"]),
  ]

  private static let features = [shape(by: "features", const("FEATURE_UPDATE"), ["features"])]
}
