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

  /// POST `/behavior-scores/batch-calculate/` `{customer_ids}`: `{results, unknown}` in the order asked.
  @Sendable func batchScores(_ call: Call) async throws -> Answer {
    let asked = try CustomerList(call.object(["customer_ids"]))
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
  private func inTurns<Part: Sendable, Result: Sendable>(
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
