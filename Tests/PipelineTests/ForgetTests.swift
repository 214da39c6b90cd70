import Contracts
import Storage
import Support
import Testing
import Wire

@testable import Journal

/// A customer who is forgotten leaves nothing behind, and nothing else moves.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ForgetTests {
  private static let days = 7

  private struct Forgotten: Decodable {
    var number: Int64
    var position: Position
  }

  private struct ShownJob: Decodable {
    var status: String
    var done: Int
    var total: Int
  }

  private struct Begun: Decodable {
    var id: String
  }

  /// Forgets and waits until everything is erased.
  private func forget(_ customer: String, _ town: Town) async throws {
    let partition = Town.partition(of: customer)
    let forgotten = try Cold.decode(
      Forgotten.self,
      await town.ask(
        .ingestion, Method.forget, [#"{"customer_id":"\#(customer)"}"#], partition: partition))
    let start = #"{"kind":"forget","partition":\#(partition),"number":\#(forgotten.number)}"#
    let id = try Cold.decode(
      Begun.self, await town.ask(.scoring, Method.startScoreJob, [start], key: "forget \(customer)")
    ).id
    while true {
      let job = try Cold.decode(
        ShownJob.self,
        await town.ask(.scoring, Method.job, [#"{"id":"\#(id)"}"#], partition: Town.partitions))
      if job.status != "running" {
        #expect(job.status == "done" && job.done == job.total)
        return
      }
      try await Task.sleep(for: .milliseconds(Town.tickMilliseconds))
    }
  }

  /// Where a store still has the id: as a text in texts, or anywhere in packed rows.
  private func traces(of customer: String, _ town: Town) throws -> [String] {
    let word = Array(#""\#(customer)""#.utf8)
    let nested = Array(#"\"\#(customer)\""#.utf8)
    let packed = Array(customer.utf8)
    var found: [String] = []
    for (name, database) in [
      ("ingestion", town.ingestion.database), ("scoring", town.scoring.database),
      ("missions", town.missions.database), ("badging", town.badging.database),
    ] {
      let session = try Session.open(database)
      defer { session.close() }
      for (table, columns) in [
        ("page", "bytes"), ("reply", "bytes"), ("snapshot", "bytes"), ("state", "key"), ("state", "value"),
        ("kept", "value"), ("timer", "id"),
      ] {
        try session.forEach("SELECT \(columns) FROM \(table) WHERE partition < ?1", [.integer(4)]) { row in
          let bytes = row.blob(0)
          let isKey = table == "state" && columns == "key" || table == "timer"
          let isPacked = ["state", "snapshot", "kept"].contains(table)
          let isText = isPacked ? bytes.holds(packed) : bytes.holds(word) || bytes.holds(nested)
          let isFound = isKey ? isAbout(bytes, customer) : isText
          if isFound { found.append("\(name) \(table).\(columns)") }
          return true
        }
      }
    }
    return found
  }

  /// Keys and timers name customers behind a kind: `c:anna`, `l:anna:1`, `anna/m-1-2`.
  private func isAbout(_ key: [UInt8], _ customer: String) -> Bool {
    String(decoding: key, as: UTF8.self).split { ":/".contains($0) }.contains { $0 == customer }
  }

  @Test(arguments: Engine.tested)
  func nothingIsLeftAndNobodyElseMoves(_ engine: Engine) async throws {
    let story = Story(seed: UInt64.random(in: 0...UInt64.max))
    print("nothingIsLeftAndNobodyElseMoves: \(engine), seed \(story.seed)")
    let town = try Town(engine)
    try await town.open()
    let life = TownLife(town: town, story: story)
    try await life.live(0..<Self.days)
    try await town.check("before, \(life.told)")
    let customer = try #require(story.customers.first)
    let others = story.customers.filter { $0 != customer }
    #expect(!others.contains { $0.contains(customer) })
    let before = try await town.portraits(others)
    #expect(try await town.scores(customer) != nil)
    #expect(try traces(of: customer, town) != [])
    let earned = try await town.rewards(customer)
    print("forgets \(customer) with \(earned)")

    try await forget(customer, town)
    #expect(try await town.scores(customer) == nil, "\(life.told)")
    #expect(try await town.missions(customer) == [])
    #expect(try await town.portraits(others) == before, "\(life.told)")
    #expect(try traces(of: customer, town) == [], "\(life.told)")
    try await town.check("after, \(life.told)")

    // Life goes on, for the forgotten one as for somebody new; state that is lost comes back.
    try await life.live(Self.days..<story.arrivals.count)
    try await town.check("later, \(life.told)")
    let portraits = try await town.portraits(others)
    await town.close()
    try town.forgetState()
    try await town.open()
    try await town.advance(to: Story.midnight(story.arrivals.count - 1))
    #expect(try await town.portraits(others) == portraits, "\(life.told)")
    try await town.check("in the end, \(life.told)")
    await town.end()
  }
}
