import Contracts
import Wire

extension API {
  /// POST `/customer-events/batch/`: accepted means durable; one bad record never sinks the batch.
  @Sendable func pushBatch(_ call: Call) async throws -> Answer {
    let batch = try EventBatch(call.body, form: call.contentType == Self.linesType ? .lines : .array)
    var random = SystemRandomNumberGenerator()
    // A key of its own even where the client gave none: then a call that must be repeated is recognised.
    let key = call.key ?? RequestIdentity.uuid(&random)
    let parts = batch.parts
    var report = BatchReport()
    var positions: [Position] = []
    for (place, part) in parts.enumerated() {
      let answer = try await push(part.records, key: parts.count == 1 ? key : "\(key)/\(place)", call)
      try report.add(ObjectText(answer.body[...]), first: part.first)
      positions += answer.positions
    }
    return Answer(status: .accepted, body: report.body, positions: positions)
  }

  static let linesType = "application/x-ndjson"

  private func push(
    _ records: ArraySlice<ArraySlice<UInt8>>, key: String, _ call: Call
  ) async throws -> AnswerText {
    var payloads = Frames([JSONWriter.object { $0.member("key", key) }])
    for record in records { payloads.append(record) }
    let reply = try await peers.write(.ingestion, Method.push, partition: nil, payloads, key: key, for: call)
    return try AnswerText(reply)
  }

  /// GET `/customer-events/?customer_id=`: newest first.
  @Sendable func events(_ call: Call) async throws -> Answer {
    let question = ListQuestion(.ingestion, Method.events, member: "events", shown: EventText.shown)
    return try await list(question, of: call.customer(), call)
  }

  /// GET `/rejected-events/?source=`.
  @Sendable func rejectedEvents(_ call: Call) async throws -> Answer {
    guard let source = call.query["source"] else { throw Problem.field("source", "required", "is required") }
    let list = ListQuestion(
      .ingestion, Method.rejected, partition: peers.partition(of: source), member: "rejected")
    return try await self.list(list, call) { $0.member("source", source) }
  }
}
