import Contracts
import Wire

extension API {
  /// One question about a customer.
  func ask(
    _ service: ServiceName, _ method: String, _ customer: String, _ call: Call,
    _ more: (inout JSONWriter) -> Void = { _ in }
  ) async throws -> AnswerText {
    let payload = JSONWriter.object { writer in
      writer.member("customer_id", customer)
      more(&writer)
    }
    let partition = peers.partition(of: customer)
    return try AnswerText(await peers.read(service, method, partition: partition, payload, for: call))
  }

  /// GET `/customers/{customer_id}/`: everything on one page, asked for at the same time.
  @Sendable func customerPage(_ call: Call) async throws -> Answer {
    let customer = try call.customer()
    async let scores = knownScores(of: customer, call)
    async let missions = ask(.missions, Method.missions, customer, call)
    async let awards = ask(.badging, Method.awards, customer, call)
    async let points = ask(.badging, Method.points, customer, call)
    async let offers = ask(.badging, Method.grants, customer, call)
    async let events = ask(.ingestion, Method.events, customer, call) {
      $0.member("limit", GatewayLimits.pageEventsMax)
    }
    let page = CustomerPage(
      customer: customer, scores: try await scores, missions: try await missions.results(),
      awards: try await awards.results(), points: try await points.object(),
      offers: try await offers.results(),
      events: try await events.object().elements("events").map(EventText.shown))
    return Answer(body: try page.body())
  }

  /// nil when Scoring does not know the customer.
  private func knownScores(of customer: String, _ call: Call) async throws -> ObjectText? {
    do {
      return try await scores(of: customer, asOf: nil, call).object()
    } catch let error as WireError where error.status == .notFound {
      return nil
    }
  }

  /// GET `/points/{customer_id}/`: the balance.
  @Sendable func points(_ call: Call) async throws -> Answer {
    let answer = try await ask(.badging, Method.points, call.customer(), call).object()
    return Answer(body: JSONWriter.object { answer.write(&$0, without: ["entries", "count"]) })
  }

  /// GET `/points/{customer_id}/ledger/`: the entries, newest first.
  @Sendable func ledger(_ call: Call) async throws -> Answer {
    try await list(ListQuestion(.badging, Method.points, member: "entries"), of: call.customer(), call)
  }

  /// GET `/badge-awards/?customer_id=&badge_type=&level=`: newest first, revoked ones too.
  @Sendable func awards(_ call: Call) async throws -> Answer {
    var question = ListQuestion(.badging, Method.awards)
    question.filter.text("badge_type", call)
    try question.filter.word("level", BadgeDefinition.Level.self, call)
    return try await list(question, of: call.customer(), call)
  }

  /// GET `/offer-grants/?customer_id=`: newest first.
  @Sendable func grants(_ call: Call) async throws -> Answer {
    try await list(ListQuestion(.badging, Method.grants), of: call.customer(), call)
  }

  /// POST `/offer-grants/{id}/redeem/`: the id says in which partition it is.
  @Sendable func redeem(_ call: Call) async throws -> Answer {
    let id = call.path["id"] ?? ""
    guard let partition = EntryID(id)?.partition, partition < peers.partitions else {
      throw WireError.notFound("there is no grant \(id)")
    }
    let payload = JSONWriter.object { $0.member("id", id) }
    return Answer(try await send(.badging, Method.redeem, partition, payload, call))
  }
}

/// An id that Laurel has given: `<letter>-<partition>-<number>`, with `-<k>` behind for the k-th of several
/// that one entry has made (domain.md 1).
struct EntryID: Sendable, Equatable {
  let partition: Int
  let number: Int64

  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (3...4).contains(parts.count), parts[0].utf8.count == 1,
      let partition = Int(parts[1]), partition >= 0, let number = Int64(parts[2]), number > 0,
      let place = parts.count == 4 ? Int(parts[3]) : 1, place > 0
    else { return nil }
    let plain = "\(parts[0])-\(partition)-\(number)"
    guard text == (parts.count == 4 ? "\(plain)-\(place)" : plain) else { return nil }
    self.partition = partition
    self.number = number
  }
}

extension AnswerText {
  func object() throws(WireError) -> ObjectText { try ObjectText(body[...]) }
  /// The elements of a list's answer.
  func results() throws(WireError) -> [ArraySlice<UInt8>] { try object().elements("results") }
}

extension ObjectText {
  /// Writes the members but some.
  func write(_ writer: inout JSONWriter, without names: Set<String>) {
    for member in members where !names.contains(member.name) {
      writer.key(text: member.name)
      writer.raw(member.value)
    }
  }
}

/// Everything about one customer, put together from the answers of all services.
struct CustomerPage: Sendable {
  let customer: String
  /// Nil when Scoring does not know the customer.
  let scores: ObjectText?
  let missions: [ArraySlice<UInt8>]
  let awards: [ArraySlice<UInt8>]
  let points: ObjectText
  /// Grants, newest first.
  let offers: [ArraySlice<UInt8>]
  /// As they are shown.
  let events: [[UInt8]]

  /// `{customer_id, features, scores, missions, badge_awards, points, offers, events}`.
  ///
  /// Throws `not_found` for somebody of whom no service knows anything.
  func body() throws(WireError) -> [UInt8] {
    let isUnknown = scores == nil && missions.isEmpty && awards.isEmpty && events.isEmpty
    if isUnknown { throw .notFound("nothing is known of the customer \(customer)") }
    return JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("features", raw: scores?["features"].map(Array.init) ?? Array("{}".utf8))
      writer.key("scores")
      if let scores {
        writer.object { scores.write(&$0, without: ["customer_id", "features", "events"]) }
      } else {
        writer.null()
      }
      writer.key("missions")
      list(missions, &writer)
      writer.key("badge_awards")
      list(awards, &writer)
      writer.key("points")
      writer.object { points.write(&$0, without: ["customer_id", "count"]) }
      writer.key("offers")
      list(offers, &writer)
      writer.key("events")
      list(events, &writer)
    }
  }

  private func list(_ elements: [some Collection<UInt8>], _ writer: inout JSONWriter) {
    writer.array { writer in for element in elements { writer.raw(element) } }
  }
}
