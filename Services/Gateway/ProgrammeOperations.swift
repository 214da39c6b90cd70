import Contracts
import Wire

extension API {
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
  func command(
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

  /// A command to the owner of a partition.
  func send(
    _ service: ServiceName, _ method: String, _ partition: Int, _ payload: [UInt8], _ call: Call
  ) async throws -> AnswerText {
    let reply = try await peers.write(
      service, method, partition: partition, Frames([payload]), key: call.key, for: call)
    return try AnswerText(reply)
  }

  private static let templateList = ListQuestion(.missions, Method.templates, isWhole: true)
  private static let badgeList = ListQuestion(.badging, Method.badges, isWhole: true)

  /// GET `/mission-templates/?category=&metric=&is_active=`.
  @Sendable func templates(_ call: Call) async throws -> Answer {
    var question = Self.templateList
    try question.filter.word("category", MissionTemplate.Category.self, call)
    question.filter.text("metric", call)
    try question.filter.bool("is_active", call)
    return try await list(question, call)
  }

  /// GET `/mission-templates/{slug}/`.
  @Sendable func template(_ call: Call) async throws -> Answer {
    try await one(Self.templateList, "template", call)
  }

  /// PATCH `/mission-templates/{slug}/`: the body has the members to change.
  @Sendable func patchTemplate(_ call: Call) async throws -> Answer {
    try await patch(.missions, Method.patchTemplate, call)
  }

  /// GET `/badges/?badge_type=&level=&is_active=`.
  @Sendable func badges(_ call: Call) async throws -> Answer {
    var question = Self.badgeList
    question.filter.text("badge_type", call)
    try question.filter.word("level", BadgeDefinition.Level.self, call)
    try question.filter.bool("is_active", call)
    return try await list(question, call)
  }

  /// GET `/badges/{slug}/`.
  @Sendable func badge(_ call: Call) async throws -> Answer { try await one(Self.badgeList, "badge", call) }

  /// PATCH `/badges/{slug}/`: the body has the members to change.
  @Sendable func patchBadge(_ call: Call) async throws -> Answer {
    try await patch(.badging, Method.patchBadge, call)
  }

  /// GET `/offers/`: the catalogue.
  @Sendable func offers(_ call: Call) async throws -> Answer {
    try await list(ListQuestion(.badging, Method.offers, isWhole: true), call)
  }

  private func one(_ question: ListQuestion, _ what: String, _ call: Call) async throws -> Answer {
    let slug = call.path["slug"] ?? ""
    guard let found = try await first(question, "slug", slug, call) else {
      throw WireError.notFound("there is no \(what) \(slug)")
    }
    return Answer(body: Array(found))
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
