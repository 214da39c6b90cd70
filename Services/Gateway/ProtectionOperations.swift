import Contracts
import Wire

extension API {
  /// DELETE `/customers/{customer_id}/`: forgets the customer at once, and erases what is stored as a job.
  @Sendable func forgetCustomer(_ call: Call) async throws -> Answer {
    let customer = try call.customer()
    let partition = peers.partition(of: customer)
    let payload = JSONWriter.object { $0.member("customer_id", customer) }
    let forgotten = try await send(.ingestion, Method.forget, partition, payload, call)
    guard let number = try forgotten.object().integer("number") else {
      throw WireError.internal("ingestion does not say where it has forgotten the customer")
    }
    var answer = try await startPass(call) { writer in
      writer.member("kind", "forget")
      writer.member("partition", partition)
      writer.member("number", number)
    }
    answer.positions += forgotten.positions
    return answer
  }

  /// GET `/customers/{customer_id}/export/`: everything that is kept about the customer, in one document.
  @Sendable func exportCustomer(_ call: Call) async throws -> Answer {
    let customer = try call.customer()
    async let scores = kept(.scoring, Method.scores, customer, call)
    async let history = kept(.scoring, Method.scoreHistory, customer, call)
    async let missions = ask(.missions, Method.missions, customer, call)
    async let awards = ask(.badging, Method.awards, customer, call) {
      $0.member("limit", GatewayLimits.pageMax)
    }
    async let points = ask(.badging, Method.points, customer, call) {
      $0.member("limit", GatewayLimits.pageMax)
    }
    async let grants = ask(.badging, Method.grants, customer, call) {
      $0.member("limit", GatewayLimits.pageMax)
    }
    let events = try await allEvents(of: customer, call)
    let parts: [(StaticString, [UInt8])] = [
      ("scores", try await scores), ("score_history", try await history),
      ("missions", try await missions.body),
      ("badge_awards", try await awards.body), ("points", try await points.body),
      ("offers", try await grants.body),
    ]
    return Answer(
      body: JSONWriter.object { writer in
        writer.member("customer_id", customer)
        for (name, body) in parts { writer.member(name, raw: body) }
        writer.key("events")
        writer.array { writer in for event in events { writer.raw(event) } }
      })
  }

  /// Null where the service does not know the customer.
  private func kept(
    _ service: ServiceName, _ method: String, _ customer: String, _ call: Call
  ) async throws -> [UInt8] {
    do { return try await ask(service, method, customer, call).body } catch let error as WireError
      where error.status == .notFound
    {
      return Array("null".utf8)
    }
  }

  /// All events, the newest first.
  private func allEvents(of customer: String, _ call: Call) async throws -> [[UInt8]] {
    var (events, before) = ([[UInt8]](), Int64?.none)
    repeat {
      let page = try await ask(.ingestion, Method.events, customer, call) { writer in
        writer.member("before", optional: before)
        writer.member("limit", GatewayLimits.pageMax)
      }.object()
      for event in try page.elements("events") { events.append(try EventText.shown(event)) }
      before = try page.integer("next").flatMap { $0 > 0 ? $0 : nil }
    } while before != nil
    return events
  }
}
