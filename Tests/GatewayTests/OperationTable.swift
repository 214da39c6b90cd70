import Contracts
import HTTPTypes
import Messaging
import Wire

@testable import Gateway

/// One request that an operation answers well, what it asks of which service, and its answer.
struct OperationCase: Sendable, CustomStringConvertible {
  let method: String
  /// The operation's path under the base.
  let template: String
  /// What is asked for.
  let path: String
  var body: String?
  var status = 200
  /// `service method payload` of the questions, in order.
  var asks: [String] = []
  /// The answer's text; nil where a test of its own looks at it.
  var answer: String?

  init(
    _ method: String, _ template: String, _ path: String? = nil, body: String? = nil, status: Int = 200,
    asks: [String] = [], answer: String? = nil
  ) {
    self.method = method
    self.template = template
    self.path = path ?? template
    self.body = body
    self.status = status
    self.asks = asks
    self.answer = answer
  }

  var description: String { "\(method) \(path)" }
  var isOutside: Bool { ["/health/live", "/health/ready", "/version", "/metrics"].contains(template) }
  /// The path with a slash at its end, as it is asked for.
  func target(slash: Bool = false, query: String = "") -> String {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    let more = (parts.dropFirst() + [query]).filter { !$0.isEmpty }.joined(separator: "&")
    return (isOutside ? "" : TestGateway.base) + parts[0] + (slash ? "/" : "")
      + (more.isEmpty ? "" : "?" + more)
  }
}

/// Every operation once, with services that answer as the real ones do.
enum OperationTable {
  /// C-1 is in partition 1 of 4.
  static let all: [OperationCase] =
    [
      OperationCase("GET", "/health/live", answer: #"{"status":"ok"}"#),
      OperationCase("GET", "/health/ready", answer: #"{"status":"ok","missing":[]}"#),
      OperationCase("GET", "/version", answer: "{\"version\":\"\(Config.version)\"}"),
      OperationCase("GET", "/metrics"),
    ] + sources + events + scores + segments + missions + badges + keys

  static let source =
    #"{"id":"cdr","source_name":"cdr","source_type":"cdr","version":2,"mapping":{"name":"cdr","#
    + #""type":"cdr","format":{"kind":"csv"},"announce_from":"2026-01-01","events":[{"at":1}]},"#
    + #""connection_config":{"directory":"/d","at":7},"is_active":true,"last_sync_at":0}"#
  static let shownSource =
    #"{"id":"cdr","source_name":"cdr","source_type":"cdr","version":2,"#
    + #""connection_config":{"directory":"/d","at":7},"is_active":true,"#
    + #""last_sync_at":"1970-01-01T00:00:00Z","announce_from":"2026-01-01","#
    + #""event_mapping":{"format":{"kind":"csv"},"events":[{"at":1}]}}"#

  private static let sourceList = "ingestion ingestion.v1/sources {}"
  private static let sources = [
    OperationCase(
      "GET", "/data-sources", "/data-sources?is_active=true", asks: [sourceList], answer: page(shownSource)),
    OperationCase(
      "POST", "/data-sources",
      body: #"{"source_name":"b","source_type":"billing","event_mapping":{"events":[1]},"is_active":false}"#,
      status: 201,
      asks: [
        sourceList,
        #"ingestion ingestion.v1/put-source {"definition":{"source_name":"b","source_type":"billing","#
          + #""event_mapping":{"events":[1]},"is_active":false}}"#, sourceList,
      ]),
    OperationCase(
      "GET", "/data-sources/{id}", "/data-sources/cdr", asks: [sourceList], answer: shownSource),
    OperationCase(
      "PUT", "/data-sources/{id}", "/data-sources/cdr", body: #"{"source_type":"cdr","is_active":false}"#,
      asks: [
        sourceList,
        #"ingestion ingestion.v1/put-source {"definition":{"source_name":"cdr","source_type":"cdr","#
          + #""is_active":false},"replaces":true}"#, sourceList,
      ], answer: shownSource),
    OperationCase(
      "PATCH", "/data-sources/{id}", "/data-sources/cdr",
      body: #"{"is_active":false,"connection_config":null,"event_mapping":{"zone":"UTC"}}"#,
      asks: [
        sourceList,
        #"ingestion ingestion.v1/put-source {"definition":{"source_name":"cdr","is_active":false,"#
          + #""connection_config":null,"event_mapping":{"zone":"UTC"}}}"#, sourceList,
      ], answer: shownSource),
    OperationCase(
      "DELETE", "/data-sources/{id}", "/data-sources/cdr", status: 204,
      asks: [sourceList, #"ingestion ingestion.v1/delete-source {"source":"cdr"}"#], answer: ""),
    OperationCase(
      "POST", "/data-sources/{id}/sync", "/data-sources/cdr/sync", status: 202,
      asks: [sourceList, #"ingestion ingestion.v1/sync {"source":"cdr"}"#],
      answer: #"{"id":"ingestion-j-1-9"}"#),
    OperationCase(
      "GET", "/jobs", "/jobs?status=done",
      asks: ["ingestion", "scoring", "missions"].map { $0 + #" jobs/list {"limit":1000}"# },
      answer: page(#"{"id":"missions-j-4-9","status":"done","created_at":"1970-01-01T00:00:00Z"}"#)),
    OperationCase(
      "GET", "/jobs/{id}", "/jobs/ingestion-j-1-9", asks: [#"ingestion jobs/get {"id":"j-1-9"}"#],
      answer: #"{"id":"ingestion-j-1-9","status":"running","read":7}"#),
    OperationCase(
      "POST", "/jobs/{id}/cancel", "/jobs/missions-j-4-9/cancel",
      asks: [#"missions jobs/cancel {"id":"j-4-9"}"#], answer: #"{"id":"missions-j-4-9"}"#),
  ]

  static let event =
    #"{"v":1,"kind":"event","id":"e-1-8","prev":0,"customer_id":"C-1","at":0,"type":"CUSTOM","day":0}"#
  private static let shownEvent =
    #"{"kind":"event","id":"e-1-8","customer_id":"C-1","timestamp":"1970-01-01T00:00:00Z","#
    + #""event_type":"CUSTOM","day":"1970-01-01"}"#
  private static let normalized =
    #"{"status":"accepted","event_id":"e-1-7","customer_id":"C-1","event_type":"CALL_OUTGOING"}"#
  private static let events = [
    OperationCase(
      "GET", "/customer-events",
      "/customer-events?customer_id=C-1&event_type=CUSTOM&source=s&since=1970-01-01T00:00:00Z&limit=7",
      asks: [
        #"ingestion ingestion.v1/events {"customer_id":"C-1","event_type":"CUSTOM","source":"s","since":0,"#
          + #""limit":7}"#
      ],
      answer: page(shownEvent)),
    OperationCase(
      "POST", "/customer-events/normalize",
      body: #"{"source_type":"cdr","source_name":"s","event":{"call_type":"outgoing"}}"#,
      asks: [
        #"ingestion ingestion.v1/normalize {"source_type":"cdr","source":"s","#
          + #""event":{"call_type":"outgoing"}}"#
      ],
      answer: normalized),
    OperationCase(
      "POST", "/customer-events/batch", body: "[]", status: 202,
      answer: #"{"accepted":0,"duplicate":0,"rejected":0,"errors":[]}"#),
    OperationCase(
      "POST", "/webhooks/customer-events", body: #"{"source":"app","event":{"action":"login"}}"#,
      asks: [#"ingestion ingestion.v1/normalize {"source_type":"app","event":{"action":"login"}}"#],
      answer: normalized),
    OperationCase(
      "GET", "/rejected-events", "/rejected-events?source=cdr",
      asks: [#"ingestion ingestion.v1/rejected {"source":"cdr","limit":50}"#],
      answer: page(#"{"id":"r-1","at":"1970-01-01T00:00:00Z"}"#)),
  ]

  private static let scores = [
    OperationCase(
      "GET", "/behavior-scores/{customer_id}", "/behavior-scores/C-1",
      asks: [#"scoring scoring.v1/get {"customer_id":"C-1"}"#],
      answer: #"{"customer_id":"C-1","engagement_score":1.5,"features":{}}"#),
    OperationCase(
      "POST", "/behavior-scores/{customer_id}/recalculate", "/behavior-scores/C-1/recalculate",
      asks: [#"scoring scoring.v1/recalculate {"customer_id":"C-1"}"#],
      answer: #"{"customer_id":"C-1","differs":false,"differences":[],"entries":3}"#),
    OperationCase(
      "POST", "/behavior-scores/batch-calculate", body: #"{"customer_ids":["C-1"]}"#,
      asks: [#"scoring scoring.v1/batch {"partition":1,"customers":["C-1"]}"#],
      answer: #"{"results":[{"customer_id":"C-1","engagement_score":2}],"unknown":[]}"#),
    OperationCase("GET", "/customers/{customer_id}", "/customers/C-1"),
    OperationCase("GET", "/customers/{customer_id}/export", "/customers/C-1/export"),
    OperationCase(
      "DELETE", "/customers/{customer_id}", "/customers/C-1", status: 202,
      asks: [
        #"ingestion ingestion.v1/forget {"customer_id":"C-1"}"#,
        #"scoring scoring.v1/start-job {"kind":"forget","partition":1,"number":9}"#,
      ], answer: #"{"id":"scoring-j-4-7"}"#),
    OperationCase(
      "GET", "/behavior-scores/{customer_id}/history", "/behavior-scores/C-1/history",
      asks: [#"scoring scoring.v1/history {"customer_id":"C-1"}"#],
      answer: page(#"{"day":"2026-01-01","engagement_score":2}"#)),
  ]

  static let mission = #"{"id":"m-1-2","customer_id":"C-1","template_slug":"first_call"}"#
  static let template = #"{"slug":"first_call","category":"onboarding","is_active":true}"#
  private static let missions = [
    OperationCase(
      "GET", "/mission-templates", "/mission-templates?category=onboarding&is_active=true",
      asks: ["missions missions.v1/templates {}"], answer: page(template)),
    OperationCase(
      "GET", "/mission-templates/{slug}", "/mission-templates/first_call",
      asks: ["missions missions.v1/templates {}"], answer: template),
    OperationCase(
      "PATCH", "/mission-templates/{slug}", "/mission-templates/first_call", body: #"{"priority":3}"#,
      asks: [#"missions missions.v1/patch-template {"slug":"first_call","changes":{"priority":3}}"#],
      answer: template),
    OperationCase(
      "POST", "/mission-templates/{slug}/generate-for-customer",
      "/mission-templates/first_call/generate-for-customer", body: #"{"customer_id":"C-1","dry_run":true}"#,
      asks: [
        #"missions missions.v1/generate {"customer_id":"C-1","template":"first_call","dry_run":true}"#
      ],
      answer: #"{"customer_id":"C-1","template":"first_call","mission":\#(mission),"#
        + #""verdict":{"template":"first_call","taken":true}}"#),
    OperationCase(
      "GET", "/missions", "/missions?customer_id=C-1&template=first_call",
      asks: [#"missions missions.v1/list {"customer_id":"C-1"}"#], answer: page(mission)),
    OperationCase(
      "GET", "/missions/{id}", "/missions/m-1-2", asks: [#"missions missions.v1/list {"id":"m-1-2"}"#],
      answer: mission),
    OperationCase(
      "POST", "/missions/generate-for-customer", body: #"{"customer_id":"C-1"}"#,
      asks: [#"missions missions.v1/generate {"customer_id":"C-1"}"#]),
    OperationCase(
      "POST", "/missions/generate-for-segment",
      body: #"{"customer_ids":["C-1","C-2","C-1"],"max_missions_per_customer":3}"#, status: 202,
      asks: [#"missions missions.v1/generate-list {"customers":["C-1","C-2"],"max_missions":3}"#],
      answer: #"{"id":"missions-j-4-1"}"#),
  ]

  static let badge = #"{"slug":"premium.gold","badge_type":"premium","level":"gold"}"#
  static let award = #"{"id":"a-1-1","badge_type":"premium","level":"gold"}"#
  private static let badges = [
    OperationCase(
      "GET", "/badges", "/badges?badge_type=premium&level=gold", asks: ["badging badging.v1/badges {}"],
      answer: page(badge)),
    OperationCase(
      "GET", "/badges/{slug}", "/badges/premium.gold", asks: ["badging badging.v1/badges {}"], answer: badge),
    OperationCase(
      "PATCH", "/badges/{slug}", "/badges/premium.gold", body: #"{"name":"Gold"}"#,
      asks: [#"badging badging.v1/patch-badge {"slug":"premium.gold","changes":{"name":"Gold"}}"#],
      answer: badge),
    OperationCase(
      "POST", "/badges/check-and-award", body: #"{"badge_id":"premium.gold","customer_id":"C-1"}"#,
      asks: [#"badging \#(Method.checkAndAward) {"badge":"premium.gold","customer_id":"C-1"}"#],
      answer: #"{"status":"awarded"}"#),
    OperationCase(
      "GET", "/badge-awards", "/badge-awards?customer_id=C-1&level=gold",
      asks: [#"badging badging.v1/awards {"customer_id":"C-1","limit":1000}"#], answer: page(award)),
    OperationCase(
      "GET", "/points/{customer_id}", "/points/C-1",
      asks: [#"badging badging.v1/points {"customer_id":"C-1"}"#],
      answer: #"{"customer_id":"C-1","balance":7}"#),
    OperationCase(
      "GET", "/points/{customer_id}/ledger", "/points/C-1/ledger",
      asks: [#"badging badging.v1/points {"customer_id":"C-1","limit":50}"#],
      answer: page(#"{"points":7,"expires_at":"1970-01-01T00:00:00Z"}"#)),
    OperationCase(
      "GET", "/offers", asks: ["badging badging.v1/offers {}"],
      answer: page(#"{"offer_id":"recovery_offer"}"#)),
    OperationCase(
      "GET", "/offer-grants", "/offer-grants?customer_id=C-1",
      asks: [#"badging badging.v1/grants {"customer_id":"C-1","limit":50}"#],
      answer: page(#"{"id":"o-1-3"}"#)),
    OperationCase(
      "POST", "/offer-grants/{id}/redeem", "/offer-grants/o-1-3/redeem",
      asks: [#"badging badging.v1/redeem {"id":"o-1-3"}"#], answer: #"{"result":"redeemed"}"#),
  ]

  private static let keys = [
    OperationCase("GET", "/api-keys"),
    OperationCase("POST", "/api-keys", body: #"{"name":"n","role":"viewer"}"#, status: 201),
    OperationCase("DELETE", "/api-keys/{id}", "/api-keys/k-1"),
  ]

  static func page(_ element: String) -> String {
    #"{"count":1,"next":null,"previous":null,"results":[\#(element)]}"#
  }
}
