import Contracts
import Hosting
import Hummingbird
import Wire

/// The HTTP API: each path once, with who may call it and what answers it.
struct API: Sendable {
  static let base = "/api/loyalty/v1"

  let peers: Peers
  let keys: KeyBook
  let metrics: Metrics
  let readiness: @Sendable () -> Readiness
  let version: String

  /// All operations.
  var operations: [Operation] {
    let inside = [
      sourceOperations, eventOperations, scoreOperations, segmentOperations, missionOperations,
      badgeOperations, keyOperations,
    ]
    return outside + inside.joined().map { $0.under(Self.base) }
  }

  private var outside: [Operation] {
    [
      Operation(.get, "/health/live", for: nil, live),
      Operation(.get, "/health/ready", for: nil, ready),
      Operation(.get, "/version", for: nil, versionText),
      Operation(.get, "/metrics", for: .readers, figures),
    ]
  }

  private var sourceOperations: [Operation] {
    [
      Operation(.get, "/data-sources", for: .readers, query: list(["source_type", "is_active"]), sources),
      Operation(.post, "/data-sources", for: .admins, body: .json, makeSource),
      Operation(.get, "/data-sources/{id}", for: .readers, source),
      Operation(.put, "/data-sources/{id}", for: .admins, body: .json, replaceSource),
      Operation(.patch, "/data-sources/{id}", for: .admins, body: .json, patchSource),
      Operation(.delete, "/data-sources/{id}", for: .admins, deleteSource),
      Operation(.post, "/data-sources/{id}/sync", for: .operators, syncSource),
      Operation(.get, "/jobs", for: .readers, query: list(["kind", "status", "source"]), jobs),
      Operation(.get, "/jobs/{id}", for: .readers, job),
      Operation(.post, "/jobs/{id}/cancel", for: .operators, cancelJob),
    ]
  }

  private var eventOperations: [Operation] {
    let filters = ["customer_id", "event_type", "source", "since", "until"]
    return [
      Operation(.get, "/customer-events", for: .readers, query: list(filters), events),
      Operation(.post, "/customer-events/normalize", for: .senders, body: .json, normalize),
      Operation(.post, "/customer-events/batch", for: .senders, body: .events, pushBatch),
      Operation(.post, "/webhooks/customer-events", for: .senders, body: .json, webhook),
      Operation(.get, "/rejected-events", for: .readers, query: list(["source"]), rejectedEvents),
    ]
  }

  private var scoreOperations: [Operation] {
    [
      Operation(.get, "/behavior-scores/{customer_id}", for: .readers, query: ["as_of"], scores),
      Operation(.post, "/behavior-scores/{customer_id}/recalculate", for: .operators, recalculate),
      Operation(
        .get, "/behavior-scores/{customer_id}/history", for: .readers, query: list([]), scoreHistory),
      Operation(.post, "/behavior-scores/batch-calculate", for: .readers, body: .json, batchScores),
      Operation(.get, "/customers/{customer_id}", for: .owners, customerPage),
      Operation(.delete, "/customers/{customer_id}", for: .admins, forgetCustomer),
      Operation(.get, "/customers/{customer_id}/export", for: .owners, exportCustomer),
    ]
  }

  private var segmentOperations: [Operation] {
    let (definitions, thresholds) = ("/score-definitions", "/score-thresholds")
    return [
      Operation(.get, "/segments", for: .readers, query: list([]), segments),
      Operation(.post, "/segments", for: .operators, body: .json, makeSegment),
      Operation(.post, "/segments/preview", for: .readers, body: .json, previewSegment),
      Operation(.get, "/segments/{id}", for: .readers, segment),
      Operation(.put, "/segments/{id}", for: .operators, body: .json, replaceSegment),
      Operation(.delete, "/segments/{id}", for: .operators, deleteSegment),
      Operation(.get, "/segments/{id}/members", for: .readers, query: list([]), segmentMembers),
      Operation(.get, definitions, for: .readers, query: list([]), scoreVersions),
      Operation(.post, definitions, for: .admins, body: .json, draftScores),
      Operation(.post, definitions + "/{version}/dry-run", for: .operators, tryScores),
      Operation(.post, definitions + "/{version}/activate", for: .admins, activateScores),
      Operation(.get, thresholds, for: .readers, query: list([]), self.thresholds),
      Operation(.get, thresholds + "/{id}", for: .readers, threshold),
      Operation(.put, thresholds + "/{id}", for: .operators, body: .json, putThreshold),
      Operation(.delete, thresholds + "/{id}", for: .operators, deleteThreshold),
    ]
  }

  private var missionOperations: [Operation] {
    let templates = "/mission-templates"
    let filters = ["customer_id", "status", "category", "template", "is_dynamic"]
    return [
      Operation(
        .get, templates, for: .readers, query: list(["category", "metric", "is_active"]), self.templates),
      Operation(.get, templates + "/{slug}", for: .readers, template),
      Operation(.patch, templates + "/{slug}", for: .operators, body: .json, patchTemplate),
      Operation(
        .post, templates + "/{slug}/generate-for-customer", for: .operators, body: .json, generateTemplate),
      Operation(.get, "/missions", for: .owners, query: list(filters), missions),
      Operation(.get, "/missions/{id}", for: .owners, mission),
      Operation(.post, "/missions/generate-for-customer", for: .operators, body: .json, generate),
      Operation(.post, "/missions/generate-for-segment", for: .operators, body: .json, generateList),
    ]
  }

  private var badgeOperations: [Operation] {
    let filters = ["customer_id", "badge_type", "level"]
    return [
      Operation(.get, "/badges", for: .readers, query: list(["badge_type", "level", "is_active"]), badges),
      Operation(.get, "/badges/{slug}", for: .readers, badge),
      Operation(.patch, "/badges/{slug}", for: .operators, body: .json, patchBadge),
      Operation(.post, "/badges/check-and-award", for: .operators, body: .json, checkAndAward),
      Operation(.get, "/badge-awards", for: .owners, query: list(filters), awards),
      Operation(.get, "/points/{customer_id}", for: .owners, points),
      Operation(.get, "/points/{customer_id}/ledger", for: .owners, query: list([]), ledger),
      Operation(.get, "/offers", for: .readers, query: list([]), offers),
      Operation(.get, "/offer-grants", for: .owners, query: list(["customer_id"]), grants),
      Operation(.post, "/offer-grants/{id}/redeem", for: .operators, redeem),
    ]
  }

  /// The parameters of a list with these filters.
  private func list(_ filters: [String]) -> Set<String> { ListPage.parameters.union(filters) }
}

extension API {
  @Sendable private func live(_ call: Call) -> Answer {
    Answer(body: JSONWriter.object { $0.member("status", "ok") })
  }

  /// 200 when all is there, else 503 with what is missing.
  @Sendable private func ready(_ call: Call) -> Answer {
    let readiness = readiness()
    return Answer(status: readiness.isReady ? .ok : .serviceUnavailable, body: readiness.body)
  }

  @Sendable private func versionText(_ call: Call) -> Answer {
    Answer(body: JSONWriter.object { $0.member("version", version) })
  }

  @Sendable private func figures(_ call: Call) -> Answer {
    Answer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(metrics.prometheus.utf8))
  }
}

extension Readiness {
  /// `{"status": "ok" or "starting", "missing": [...]}`.
  var body: [UInt8] { JSONWriter.object(write) }

  func write(_ writer: inout JSONWriter) {
    writer.member("status", isReady ? "ok" : "starting")
    writer.key("missing")
    writer.array { writer in for text in missing { writer.string(text) } }
  }
}

extension Operation {
  fileprivate func under(_ base: String) -> Operation {
    Operation(method, base + path, for: roles, query: query, body: body, handle)
  }
}
