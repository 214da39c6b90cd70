import Contracts
import Wire

extension API {
  /// GET `/missions/?customer_id=&status=&category=&template=&is_dynamic=`: newest first.
  @Sendable func missions(_ call: Call) async throws -> Answer {
    var question = ListQuestion(.missions, Method.missions, isWhole: true)
    try question.filter.word("category", MissionTemplate.Category.self, call)
    question.filter.text("template", member: "template_slug", call)
    try question.filter.bool("is_dynamic", call)
    return try await list(question, of: call.customer(), call) {
      $0.member("status", optional: call.query["status"])
    }
  }

  /// GET `/missions/{id}/`: the id says in which partition it is.
  @Sendable func mission(_ call: Call) async throws -> Answer {
    let id = call.path["id"] ?? ""
    let unknown = WireError.notFound("there is no mission \(id)")
    guard let partition = EntryID(id)?.partition, partition < peers.partitions else { throw unknown }
    let payload = JSONWriter.object { $0.member("id", id) }
    let reply = try await peers.read(.missions, Method.missions, partition: partition, payload, for: call)
    guard let mission = try AnswerText(reply).results().first else { throw unknown }
    // To a customer another one's mission is none at all.
    guard call.sees(try ObjectText(mission).string("customer_id") ?? "") else { throw unknown }
    return Answer(body: Array(mission))
  }

  /// POST `/missions/generate-for-customer/`.
  @Sendable func generate(_ call: Call) async throws -> Answer {
    let body = try call.object(["customer_id", "max_missions", "force_regenerate", "dry_run"])
    let answer = try await command(.missions, Method.generate, customerOf: body, call)
    guard let result = try Self.single(answer) else { return Answer(answer) }
    return Answer(body: Array(result), positions: answer.positions)
  }

  /// POST `/mission-templates/{slug}/generate-for-customer/` `{customer_id, dry_run?}`: the mission, or why
  /// not.
  @Sendable func generateTemplate(_ call: Call) async throws -> Answer {
    let body = try call.object(["customer_id", "dry_run"])
    let slug = call.path["slug"] ?? ""
    let isDry = try body.bool("dry_run") ?? false
    let answer = try await command(.missions, Method.generate, customerOf: body, call) { writer, customer in
      writer.member("customer_id", customer)
      writer.member("template", slug)
      writer.member("dry_run", isDry)
    }
    guard let result = try Self.single(answer) else { return Answer(answer) }
    return Answer(body: try Self.outcome(ObjectText(result), slug), positions: answer.positions)
  }

  /// The service answers for many customers at a time; here it is one.
  private static func single(_ answer: AnswerText) throws -> ArraySlice<UInt8>? {
    let results = try answer.results()
    return results.count == 1 ? results.first : nil
  }

  /// `{customer_id, template, mission, verdict}` of one template; what there is none of is null.
  private static func outcome(_ result: ObjectText, _ slug: String) throws -> [UInt8] {
    let mission = try result.elements("missions").last { try Filter("template_slug", is: slug).keeps($0) }
    let verdict = try result.elements("verdicts").first { try Filter("template", is: slug).keeps($0) }
    let none = Array("null".utf8)[...]
    return JSONWriter.object { writer in
      writer.member("customer_id", raw: result["customer_id"] ?? none)
      writer.member("template", slug)
      writer.member("mission", raw: mission ?? none)
      writer.member("verdict", raw: verdict ?? none)
    }
  }

  /// POST `/missions/generate-for-segment/` `{customer_ids or segment_id, max_missions_per_customer}`: a job.
  @Sendable func generateList(_ call: Call) async throws -> Answer {
    let body = try call.object(["customer_ids", "segment_id", "max_missions_per_customer"])
    let segment = try body.string("segment_id")
    let customers = try body["customer_ids"].map { _ in try CustomerList(body).all }
    guard (segment == nil) != (customers == nil) else {
      throw Problem.field("customer_ids", "required", "is required, or segment_id, one of them")
    }
    let most = try body.integer("max_missions_per_customer")
    let payload = JSONWriter.object { writer in
      writer.member("segment_id", optional: segment)
      if let customers {
        writer.key("customers")
        writer.array { writer in for customer in customers { writer.string(customer) } }
      }
      writer.member("max_missions", optional: most)
    }
    return try .job(
      of: .missions, try await send(.missions, Method.generateList, peers.definitions, payload, call))
  }
}
