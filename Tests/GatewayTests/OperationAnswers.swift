import Contracts
import Wire

@testable import Gateway

extension OperationTable {
  /// What the services answer, by method; several payloads of one answer are several texts.
  private static let answers: [String: [(String, [String])]] = [
    "ingestion": [
      (Method.sources, [#"{"sources":[\#(source)]}"#]),
      (Method.putSource, [#"{"source_name":"b","version":1,"changed":true,\#(position)}"#]),
      (Method.deleteSource, ["{\(position)}"]), (Method.sync, [#"{"id":"j-1-9"}"#]),
      (Method.job, [#"{"id":"j-1-9","status":"running","read":7}"#]),
      (Method.jobs, [#"{"results":[{"id":"j-1-9","status":"running","created_at":5}]}"#]),
      (
        Method.normalize,
        [
          #"{"status":"accepted","event_id":"e-1-7","customer_id":"C-1","event_type":"CALL_OUTGOING","#
            + #""position":{"partition":1,"journal":"events","number":7}}"#
        ]
      ),
      (Method.forget, [#"{"number":9}"#]),
      (Method.rejected, [#"{"rejected":[{"id":"r-1","at":0}]}"#]),
      (Method.events, [#"{"customer_id":"C-1","events":[\#(event)],"next":0}"#]),
    ],
    "scoring": [
      (Method.jobs, [#"{"results":[]}"#]),
      (Method.scores, [#"{"customer_id":"C-1","engagement_score":1.5,"features":{}}"#]),
      (Method.recalculate, [#"{"customer_id":"C-1","differs":false,"differences":[],"entries":3}"#]),
      (Method.batchScores, [#"{"results":[{"customer_id":"C-1","engagement_score":2}],"unknown":[]}"#]),
    ] + segmentAnswers,
    "missions": [
      (Method.templates, [#"{"results":[\#(template),{"slug":"b","category":"revenue","is_active":true}]}"#]),
      (Method.patchTemplate, [template]),
      (
        Method.generate,
        [
          #"{"results":[{"customer_id":"C-1","missions":[{"template_slug":"x"},\#(mission)],"verdicts":["#
            + #"{"template":"x","taken":false},{"template":"first_call","taken":true}]}]}"#
        ]
      ),
      (Method.missions, [#"{"results":[\#(mission)]}"#]), (Method.generateList, [#"{"id":"j-4-1"}"#]),
      (Method.cancelJob, ["{}"]),
      (Method.jobs, [#"{"results":[{"id":"j-4-9","status":"done","created_at":0}]}"#]),
    ],
    "badging": [
      (Method.badges, [#"{"count":2,"results":[{"badge_type":"premium","level":"bronze"},\#(badge)]}"#]),
      (Method.patchBadge, [badge]), (Method.checkAndAward, [#"{"status":"awarded"}"#]),
      (Method.awards, [#"{"count":2,"results":[{"level":"bronze"},\#(award)]}"#]),
      (
        Method.points,
        [#"{"customer_id":"C-1","balance":7,"count":1,"entries":[{"points":7,"expires_at":0}]}"#]
      ),
      (Method.offers, [#"{"results":[{"offer_id":"recovery_offer"}]}"#]),
      (Method.grants, [#"{"count":1,"results":[{"id":"o-1-3"}]}"#]),
      (Method.redeem, [#"{"result":"redeemed"}"#]),
    ],
  ]

  private static let position = #""position":{"partition":4,"journal":"definitions.ingestion","number":3}"#

  /// Stands up all services with these answers.
  static func stand(_ gateway: TestGateway, _ heard: Heard) async throws {
    for (service, methods) in answers.sorted(by: { $0.key < $1.key }) {
      let routes = methods.map { method, payloads in heard.route(service, method, payloads: payloads) }
      try await gateway.stand(service, routes)
      _ = await gateway.connected(service)
    }
  }
}
