import Contracts
import Wire

extension API {
  /// POST `/missions/generate-for-customer/`.
  @Sendable func generate(_ call: Call) async throws -> Answer {
    let body = try call.object(["customer_id", "max_missions", "force_regenerate", "dry_run"])
    let answer = try await command(.missions, Method.generate, customerOf: body, call)
    // The service answers for many customers at a time; here it is one.
    let results = try answer.results()
    guard results.count == 1, let result = results.first else { return Answer(answer) }
    return Answer(body: Array(result), positions: answer.positions)
  }

  /// POST `/badges/check-and-award/`.
  @Sendable func checkAndAward(_ call: Call) async throws -> Answer {
    let body = try call.object(["badge_id", "customer_id"])
    guard let badge = try body.string("badge_id") else {
      throw Problem.field("badge_id", "required", "is required")
    }
    return Answer(
      try await command(.badging, Method.checkAndAward, customerOf: body, call) { writer, customer in
        writer.member("badge", badge)
        writer.member("customer_id", customer)
      })
  }

  /// A command about the customer whom the body names, to the owner of its partition.
  private func command(
    _ service: ServiceName, _ method: String, customerOf body: ObjectText, _ call: Call,
    _ write: ((inout JSONWriter, String) -> Void)? = nil
  ) async throws -> AnswerText {
    guard let text = try body.string("customer_id") else {
      throw Problem.field("customer_id", "required", "is required")
    }
    let customer = try Call.customer(text)
    let payload = write.map { write in JSONWriter.object { write(&$0, customer) } } ?? call.body
    return try await send(service, method, peers.partition(of: customer), payload, call)
  }

  private func send(
    _ service: ServiceName, _ method: String, _ partition: Int, _ payload: [UInt8], _ call: Call
  ) async throws -> AnswerText {
    let reply = try await peers.write(
      service, method, partition: partition, Frames([payload]), key: call.key, for: call)
    return try AnswerText(reply)
  }

  /// GET `/mission-templates/`.
  @Sendable func templates(_ call: Call) async throws -> Answer {
    try await list(ListQuestion(.missions, Method.templates, isWhole: true), call)
  }

  /// PATCH `/mission-templates/{slug}/`: the body has the members to change.
  @Sendable func patchTemplate(_ call: Call) async throws -> Answer {
    try await patch(.missions, Method.patchTemplate, call)
  }

  /// GET `/badges/`.
  @Sendable func badges(_ call: Call) async throws -> Answer {
    try await list(ListQuestion(.badging, Method.badges, isWhole: true), call)
  }

  /// PATCH `/badges/{slug}/`: the body has the members to change.
  @Sendable func patchBadge(_ call: Call) async throws -> Answer {
    try await patch(.badging, Method.patchBadge, call)
  }

  private func patch(_ service: ServiceName, _ method: String, _ call: Call) async throws -> Answer {
    let changes = try ObjectText(call.body[...])
    if changes.members.isEmpty { throw Problem.malformed("the body names nothing to change") }
    let payload = JSONWriter.object { writer in
      writer.member("slug", call.path["slug"] ?? "")
      writer.member("changes", raw: call.body)
    }
    return Answer(try await send(service, method, peers.definitions, payload, call))
  }
}

extension Answer {
  /// A service's answer as it is.
  init(_ text: AnswerText) { self.init(body: text.body, positions: text.positions) }
}
