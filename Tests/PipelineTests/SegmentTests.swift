import Contracts
import Storage
import Testing
import Wire

/// A job as it is answered.
private struct ShownJob: Decodable, Sendable {
  var status: String
  var done: Int
  var total: Int
  var customers: Int?
  var changed: Int?
  var generated: Int?
  var error: String?
}

private struct Named: Decodable, Sendable {
  var id: String
}

private struct Selected: Decodable, Sendable {
  struct Customer: Decodable, Sendable {
    var customerId: String
  }
  var results: [Customer]
  var matched: Int
  var next: String?
}

/// Segments, dry runs and batches through all services.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct SegmentTests {
  private static let days = 6
  private static let rule = #"{">=":[{"var":"engagement"},12]}"#

  private func job(_ town: Town, _ service: ServiceName, _ method: String, _ text: String) async throws
    -> ShownJob
  {
    let id = try Cold.decode(Named.self, await town.ask(service, method, [text], key: text)).id
    while true {
      let job = try Cold.decode(
        ShownJob.self, await town.ask(service, Method.job, [#"{"id":"\#(id)"}"#], partition: Town.partitions))
      if job.status != "running" { return job }
      try await Task.sleep(for: .milliseconds(Town.tickMilliseconds))
    }
  }

  /// All members, in pages of three.
  private func members(_ town: Town) async throws -> Set<String> {
    var members: Set<String> = []
    for partition in 0..<Town.partitions {
      var after: String? = ""
      while let place = after {
        let text =
          #"{"partition":\#(partition),"rule":\#(Self.rule),"after":"\#(place)","limit":3}"#
        let page = try Cold.decode(
          Selected.self, await town.ask(.scoring, Method.select, [text], partition: partition))
        #expect(page.results.count == page.matched && page.matched <= 3)
        for customer in page.results { #expect(members.insert(customer.customerId).inserted) }
        after = page.next
      }
    }
    return members
  }

  @Test(arguments: Engine.tested)
  func aSegmentIsCountedTriedAndGivenMissions(_ engine: Engine) async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max))
    print("aSegmentIsCountedTriedAndGivenMissions: \(engine), seed \(story.seed)")
    let town = try Town(engine)
    try await town.open()
    let life = TownLife(town: town, story: story)
    try await life.live(0..<Self.days)
    var known: Set<String> = []
    var expected: Set<String> = []
    for customer in story.customers {
      guard let scores = try await town.scores(customer) else { continue }
      known.insert(customer)
      if scores.engagementScore >= Decimal6(12) { expected.insert(customer) }
    }
    #expect(try await members(town) == expected, "\(life.told)")

    let draft = #"{"changes":{"full_marks":{"engagement":{"calls_30d":3}}}}"#
    _ = try await town.ask(.scoring, Method.draftScores, [draft], key: "draft")
    let tried = try await job(town, .scoring, Method.startScoreJob, #"{"kind":"dry_run","version":3}"#)
    #expect(tried.status == "done" && tried.done == Town.partitions && tried.customers == known.count)
    #expect(tried.changed ?? 0 > 0)
    let all = try await job(town, .scoring, Method.startScoreJob, #"{"kind":"batch_calculate"}"#)
    #expect(all.customers == known.count)
    let some = try await job(
      town, .scoring, Method.startScoreJob, #"{"kind":"batch_calculate","segment":"busy"}"#)
    #expect(some.customers == expected.count, "\(life.told)")

    let order = #"{"segment_id":"busy","max_missions":5}"#
    let generation = try await job(town, .missions, Method.generateList, order)
    #expect(generation.status == "done", "\(generation)")
    #expect(generation.done == expected.count && generation.total == expected.count, "\(life.told)")
    let list = #"{"id":"few","customers":\#(known.sorted().prefix(3).map { $0 })}"#
    _ = try await town.ask(.scoring, Method.putSegment, [list], key: "list")
    let few = try await job(town, .missions, Method.generateList, #"{"segment_id":"few"}"#)
    #expect(few.status == "done" && few.total == min(3, known.count))
    for customer in known {
      let active = try await town.missions(customer).filter { $0.status == "active" }
      #expect(active.count <= 5 && Set(active.map(\.templateSlug)).count == active.count)
    }
    try await town.advance(to: Story.midnight(Self.days))
    try await town.check(life.told)
    await town.end()
  }
}
