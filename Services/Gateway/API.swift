import Contracts
import Hosting
import Hummingbird
import Wire

/// The HTTP API: each path once, with what answers it.
struct API: Sendable {
  static let base = "/api/loyalty/v1"

  let peers: Peers
  let metrics: Metrics
  let readiness: @Sendable () -> Readiness
  let version: String

  /// All operations.
  var operations: [Operation] {
    let list = ListPage.parameters
    return outside
      + [
        Operation(.post, "/customer-events/batch", body: .events, pushBatch),
        Operation(.get, "/customer-events", query: list.union(["customer_id"]), events),
        Operation(.get, "/rejected-events", query: list.union(["source"]), rejectedEvents),
        Operation(.get, "/behavior-scores/{customer_id}", query: ["as_of"], scores),
        Operation(.get, "/customers/{customer_id}", customerPage),
        Operation(.get, "/missions", query: list.union(["customer_id", "status"]), missions),
        Operation(.get, "/missions/{id}", mission),
        Operation(.post, "/missions/generate-for-customer", body: .json, generate),
        Operation(.get, "/mission-templates", query: list, templates),
        Operation(.patch, "/mission-templates/{slug}", body: .json, patchTemplate),
        Operation(.get, "/badges", query: list, badges),
        Operation(.patch, "/badges/{slug}", body: .json, patchBadge),
        Operation(.post, "/badges/check-and-award", body: .json, checkAndAward),
        Operation(.get, "/badge-awards", query: list.union(["customer_id"]), awards),
        Operation(.get, "/points/{customer_id}", points),
        Operation(.get, "/points/{customer_id}/ledger", query: list, ledger),
      ].map { $0.under(Self.base) }
  }

  private var outside: [Operation] {
    [
      Operation(.get, "/health/live", isOpen: true, live),
      Operation(.get, "/health/ready", isOpen: true, ready),
      Operation(.get, "/version", isOpen: true, versionText), Operation(.get, "/metrics", figures),
    ]
  }
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
    Operation(method, base + path, query: query, body: body, isOpen: isOpen, handle)
  }
}
