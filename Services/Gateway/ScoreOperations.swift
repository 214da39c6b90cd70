import Contracts
import Wire

extension API {
  /// GET `/behavior-scores/{customer_id}/?as_of=`.
  @Sendable func scores(_ call: Call) async throws -> Answer {
    let customer = try call.customer()
    let asOf = try call.instant("as_of")
    return Answer(body: try await scores(of: customer, asOf: asOf, call).body)
  }

  func scores(of customer: String, asOf: Int64?, _ call: Call) async throws -> AnswerText {
    try await ask(.scoring, Method.scores, customer, call) { $0.member("as_of", optional: asOf) }
  }

  /// POST `/behavior-scores/{customer_id}/recalculate/`: folds the customer's events anew, says what differs.
  @Sendable func recalculate(_ call: Call) async throws -> Answer {
    Answer(body: try await ask(.scoring, Method.recalculate, call.customer(), call).body)
  }

  /// GET `/behavior-scores/{customer_id}/history/`: daily values of 90 days, the newest first.
  @Sendable func scoreHistory(_ call: Call) async throws -> Answer {
    try await list(ListQuestion(.scoring, Method.scoreHistory, isWhole: true), of: call.customer(), call)
  }

  /// POST `/behavior-scores/batch-calculate/` `{customer_ids}`: `{results, unknown}` in the order asked;
  /// `{segment_id}` or `{all: true}`: a job.
  @Sendable func batchScores(_ call: Call) async throws -> Answer {
    let body = try call.object(["customer_ids", "segment_id", "all"])
    let (segment, isAll) = (try body.string("segment_id"), try body.bool("all") ?? false)
    guard [body["customer_ids"] != nil, segment != nil, isAll].count(where: { $0 }) == 1 else {
      throw Problem.field("customer_ids", "required", "is required, or segment_id, or all: one of them")
    }
    if body["customer_ids"] == nil {
      return try await startPass(call) { writer in
        writer.member("kind", "batch_calculate")
        writer.member("segment", optional: segment)
      }
    }
    let asked = try CustomerList(body)
    let answers = try await inTurns(asked.parts(peers.partition)) { part in
      try await self.scores(of: part, call)
    }
    var known: [String: ArraySlice<UInt8>] = [:]
    for result in try answers.flatMap({ try $0.results() }) {
      if let customer = try ObjectText(result).string("customer_id") { known[customer] = result }
    }
    return Answer(
      body: JSONWriter.object { writer in
        writer.key("results")
        writer.array { writer in for customer in asked.all { known[customer].map { writer.raw($0) } } }
        writer.key("unknown")
        writer.array { writer in
          for customer in asked.all where known[customer] == nil { writer.string(customer) }
        }
      })
  }

  private func scores(of part: CustomerList.Part, _ call: Call) async throws -> AnswerText {
    let payload = JSONWriter.object { writer in
      writer.member("partition", part.partition)
      writer.key("customers")
      writer.array { writer in for customer in part.customers { writer.string(customer) } }
    }
    let reply = try await peers.read(
      .scoring, Method.batchScores, partition: part.partition, payload, for: call)
    return try AnswerText(reply)
  }

  /// Asks for all parts, some at the same time; the first failure is the whole's.
  func inTurns<Part: Sendable, Result: Sendable>(
    _ parts: [Part], _ ask: @escaping @Sendable (Part) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: Result.self) { group in
      var rest = parts[...]
      for part in rest.prefix(GatewayLimits.callsAtOnceMax) { group.addTask { try await ask(part) } }
      rest = rest.dropFirst(GatewayLimits.callsAtOnceMax)
      var results: [Result] = []
      while let result = try await group.next() {
        results.append(result)
        if let part = rest.popFirst() { group.addTask { try await ask(part) } }
      }
      return results
    }
  }
}
