import Contracts
import Wire

extension API {
  private static let segmentList = ListQuestion(.scoring, Method.segments, isWhole: true)

  /// GET `/segments/`: by id.
  @Sendable func segments(_ call: Call) async throws -> Answer { try await list(Self.segmentList, call) }

  /// GET `/segments/{id}/`.
  @Sendable func segment(_ call: Call) async throws -> Answer {
    Answer(body: Array(try await segmentText(call, withCustomers: false)))
  }

  /// POST `/segments/`: 409 where there is one of this id; without an id it is given one.
  @Sendable func makeSegment(_ call: Call) async throws -> Answer {
    let body = try call.object(["id", "name", "rule", "customer_ids"])
    var answer = try await putSegment(body, id: try body.string("id"), isNew: true, call)
    answer.status = .created
    let id = try ObjectText(answer.body[...]).string("id") ?? ""
    answer.location = "\(API.base)/segments/\(id)/"
    return answer
  }

  /// PUT `/segments/{id}/`: creates or replaces.
  @Sendable func replaceSegment(_ call: Call) async throws -> Answer {
    let body = try call.object(["id", "name", "rule", "customer_ids"])
    return try await putSegment(body, id: call.path["id"], isNew: false, call)
  }

  private func putSegment(_ body: ObjectText, id: String?, isNew: Bool, _ call: Call) async throws -> Answer {
    let name = try body.string("name")
    let payload = JSONWriter.object { writer in
      writer.member("id", optional: id)
      writer.member("name", optional: name)
      if let rule = body["rule"] { writer.member("rule", raw: rule) }
      if let customers = body["customer_ids"] { writer.member("customers", raw: customers) }
      if isNew { writer.member("new", true) }
    }
    return Answer(try await send(.scoring, Method.putSegment, peers.definitions, payload, call))
  }

  /// DELETE `/segments/{id}/`.
  @Sendable func deleteSegment(_ call: Call) async throws -> Answer {
    let payload = JSONWriter.object { $0.member("id", call.path["id"] ?? "") }
    let answer = try await send(.scoring, Method.deleteSegment, peers.definitions, payload, call)
    return Answer(status: .noContent, body: [], positions: answer.positions)
  }

  private func segmentText(_ call: Call, withCustomers: Bool) async throws -> ArraySlice<UInt8> {
    let id = call.path["id"] ?? ""
    let payload = JSONWriter.object { writer in
      writer.member("id", id)
      if withCustomers { writer.member("customers", true) }
    }
    let reply = try await peers.read(
      .scoring, Method.segments, partition: peers.definitions, payload, for: call)
    guard let segment = try AnswerText(reply).results().first else {
      throw WireError.notFound("there is no segment \(id)")
    }
    return segment
  }

  /// GET `/segments/{id}/members/`: a page by partition and id, with the scores of a rule's members.
  @Sendable func segmentMembers(_ call: Call) async throws -> Answer {
    let page = try MemberPage(call.query)
    let segment = try ObjectText(try await segmentText(call, withCustomers: true))
    guard let rule = segment["rule"] else {
      let customers = try segment.elements("customer_ids")
      return Answer(body: try page.body(ofList: customers, target: call.target))
    }
    var (results, place) = ([ArraySlice<UInt8>](), page.place)
    while results.count < page.limit, place.partition < peers.partitions {
      let part = try await select(rule, place, limit: page.limit - results.count, call)
      results += try part.elements("results")
      place = try place.behind(part.string("next"))
    }
    let next = place.partition < peers.partitions ? place : nil
    let count = try await count(rule, call)
    return Answer(body: page.body(results, count: count, next: next, target: call.target))
  }

  /// POST `/segments/preview/` `{rule, sample?}`: how many there are, and some of them.
  @Sendable func previewSegment(_ call: Call) async throws -> Answer {
    let body = try call.object(["rule", "sample"])
    guard let rule = body["rule"] else { throw Problem.field("rule", "required", "is required") }
    let size = Int(clamping: try body.integer("sample") ?? Int64(MemberPage.sampleDefault))
    guard (0...MemberPage.sampleMax).contains(size) else {
      throw Problem.field("sample", "invalid", "is a whole number from 0 to \(MemberPage.sampleMax)")
    }
    let count = try await count(rule, call)
    var sample: [ArraySlice<UInt8>] = []
    for partition in 0..<peers.partitions where sample.count < min(size, count.found) {
      let part = try await select(
        rule, MemberPlace(partition: partition), limit: size - sample.count, call)
      sample += try part.elements("results")
    }
    return Answer(
      body: JSONWriter.object { writer in
        count.write(&writer)
        writer.key("sample")
        writer.array { writer in for customer in sample { writer.raw(customer) } }
      })
  }

  private func select(
    _ rule: ArraySlice<UInt8>, _ place: MemberPlace, limit: Int, _ call: Call
  ) async throws -> ObjectText {
    let payload = JSONWriter.object { writer in
      writer.member("partition", place.partition)
      writer.member("rule", raw: rule)
      writer.member("after", place.after)
      writer.member("limit", limit)
      if limit == 0 { writer.member("most", MemberCount.exactMax + 1) }
    }
    let reply = try await peers.read(
      .scoring, Method.select, partition: place.partition, payload, for: call)
    return try AnswerText(reply).object()
  }

  /// Counts in all partitions, some at the same time, until there are more than are counted.
  private func count(_ rule: ArraySlice<UInt8>, _ call: Call) async throws -> MemberCount {
    var count = MemberCount()
    for start in stride(from: 0, to: peers.partitions, by: GatewayLimits.callsAtOnceMax)
    where !count.isCapped {
      let parts = Array(start..<min(start + GatewayLimits.callsAtOnceMax, peers.partitions))
      let found = try await inTurns(parts) { partition in
        try await self.select(rule, MemberPlace(partition: partition), limit: 0, call)
          .integer("matched") ?? 0
      }
      count.found += found.reduce(0) { $0 + Int(clamping: $1) }
    }
    return count
  }
}
