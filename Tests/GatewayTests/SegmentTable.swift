import Contracts

extension OperationTable {
  static let segment =
    #"{"id":"vip","name":"VIP","version":1,"rule":{">":[{"var":"at"},7]},"customers":null}"#
  static let threshold = #"{"id":"t","variable":"risk","enter":70,"leave":60}"#
  static let draft = #"{"version":2,"full_marks":{"engagement":{"calls_30d":60}}}"#
  private static let one = #"scoring scoring.v1/segments {"id":"vip"}"#
  private static let whole = #"scoring scoring.v1/segments {"id":"vip","customers":true}"#
  private static let rule = #"{">":[{"var":"risk"},7]}"#

  static let segments = [
    OperationCase("GET", "/segments", asks: ["scoring scoring.v1/segments {}"], answer: page(segment)),
    OperationCase(
      "POST", "/segments", body: #"{"id":"vip","rule":{">":[{"var":"at"},7]}}"#, status: 201,
      asks: [
        #"scoring scoring.v1/put-segment {"id":"vip","rule":{">":[{"var":"at"},7]},"new":true}"#
      ], answer: segment),
    OperationCase("GET", "/segments/{id}", "/segments/vip", asks: [one], answer: segment),
    OperationCase(
      "PUT", "/segments/{id}", "/segments/vip", body: #"{"name":"VIP","customer_ids":["C-1"]}"#,
      asks: [#"scoring scoring.v1/put-segment {"id":"vip","name":"VIP","customers":["C-1"]}"#],
      answer: segment),
    OperationCase(
      "DELETE", "/segments/{id}", "/segments/vip", status: 204,
      asks: [#"scoring scoring.v1/delete-segment {"id":"vip"}"#], answer: ""),
    OperationCase("GET", "/segments/{id}/members", "/segments/vip/members?limit=4"),
    OperationCase("POST", "/segments/preview", body: #"{"rule":\#(rule),"sample":0}"#),
    OperationCase(
      "GET", "/score-definitions", asks: ["scoring scoring.v1/definition-versions {}"], answer: page(draft)),
    OperationCase(
      "POST", "/score-definitions", body: #"{"full_marks":{"engagement":{"calls_30d":60}}}"#, status: 201,
      asks: [
        #"scoring scoring.v1/draft-definition {"changes":{"full_marks":{"engagement":{"calls_30d":60}}}}"#
      ],
      answer: draft),
    OperationCase(
      "POST", "/score-definitions/{version}/dry-run", "/score-definitions/2/dry-run", status: 202,
      asks: [#"scoring scoring.v1/start-job {"kind":"dry_run","version":2}"#],
      answer: #"{"id":"scoring-j-4-7"}"#),
    OperationCase(
      "POST", "/score-definitions/{version}/activate", "/score-definitions/2/activate",
      asks: [#"scoring scoring.v1/activate-definition {"version":2}"#], answer: draft),
    OperationCase(
      "GET", "/score-thresholds", asks: ["scoring scoring.v1/thresholds {}"], answer: page(threshold)),
    OperationCase(
      "GET", "/score-thresholds/{id}", "/score-thresholds/t",
      asks: [#"scoring scoring.v1/thresholds {"id":"t"}"#], answer: threshold),
    OperationCase(
      "PUT", "/score-thresholds/{id}", "/score-thresholds/t",
      body: #"{"variable":"risk","enter":70,"leave":60}"#,
      asks: [#"scoring scoring.v1/put-threshold {"id":"t","variable":"risk","enter":70,"leave":60}"#],
      answer: threshold),
    OperationCase(
      "DELETE", "/score-thresholds/{id}", "/score-thresholds/t", status: 204,
      asks: [#"scoring scoring.v1/delete-threshold {"id":"t"}"#], answer: ""),
  ]

  /// What Scoring answers to them.
  static let segmentAnswers: [(String, [String])] = [
    (Method.segments, [#"{"results":[\#(segment)]}"#]), (Method.putSegment, [segment]),
    (Method.deleteSegment, [#"{"id":"vip"}"#]),
    (
      Method.select,
      [#"{"results":[{"customer_id":"C-1","risk_score":9}],"matched":1,"looked":3,"next":null}"#]
    ),
    (Method.scoreVersions, [#"{"results":[\#(draft)]}"#]), (Method.draftScores, [draft]),
    (Method.activateScores, [draft]), (Method.startScoreJob, [#"{"id":"j-4-7"}"#]),
    (Method.thresholds, [#"{"results":[\#(threshold)]}"#]), (Method.putThreshold, [threshold]),
    (Method.deleteThreshold, [#"{"id":"t"}"#]),
    (
      Method.scoreHistory,
      [#"{"customer_id":"C-1","results":[{"day":"2026-01-01","engagement_score":2}]}"#]
    ),
  ]
}
