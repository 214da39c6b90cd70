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

  /// POST `/customer-events/normalize/` `{source_type, source_name?, event}`: a rejected one answers 422 with
  /// its reason, and is kept.
  @Sendable func normalize(_ call: Call) async throws -> Answer {
    try await normalize(call, type: "source_type")
  }

  /// POST `/webhooks/customer-events/` `{source, source_name?, event}`: the same, as senders call it.
  @Sendable func webhook(_ call: Call) async throws -> Answer { try await normalize(call, type: "source") }

  private func normalize(_ call: Call, type member: String) async throws -> Answer {
    let body = try call.object([member, "source_name", "event"])
    guard let type = try body.string(member) else { throw Problem.field(member, "required", "is required") }
    guard let event = body["event"] else { throw Problem.field("event", "required", "is required") }
    guard event.first == UInt8(ascii: "{") else {
      throw Problem.field("event", "invalid", "must be an object")
    }
    let source = try body.string("source_name")
    let payload = JSONWriter.object { writer in
      writer.member("source_type", type)
      writer.member("source", optional: source)
      writer.member("event", raw: event)
    }
    do throws(WireError) {
      let reply = try await peers.write(
        .ingestion, Method.normalize, partition: nil, Frames([payload]), key: call.key, for: call)
      return Answer(try AnswerText(reply))
    } catch {
      throw Self.rejection(error)
    }
  }

  /// The request was well formed: what is invalid is the record in it.
  private static func rejection(_ error: WireError) -> any Error {
    guard error.status == .invalidArgument else { return error }
    return Problem(
      status: .unprocessableContent, code: "event_rejected", detail: error.message,
      errors: Problem.fields(of: error))
  }

  /// GET `/customer-events/?customer_id=&event_type=&source=&since=&until=`: newest first.
  @Sendable func events(_ call: Call) async throws -> Answer {
    let search = try EventSearch(call)
    var page = try EventPage(call.query)
    let partition = peers.partition(of: search.customer)
    while let question = page.question(search.customer) {
      let reply = try await peers.readAll(
        .ingestion, Method.entries, partition: partition, question, for: call)
      try page.take(reply, search)
    }
    return Answer(body: try page.body(target: call.target))
  }

  /// GET `/rejected-events/?source=`.
  @Sendable func rejectedEvents(_ call: Call) async throws -> Answer {
    guard let source = call.query["source"] else { throw Problem.field("source", "required", "is required") }
    let list = ListQuestion(
      .ingestion, Method.rejected, partition: peers.partition(of: source), member: "rejected")
    return try await self.list(list, call) { $0.member("source", source) }
  }
}
