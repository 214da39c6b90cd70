import Contracts
import Storage
import Support
import Testing
import Wire

@testable import Journal

@Suite(.serialized) struct StoreCopyTests {
  private static let seed = UInt64.random(in: 0..<1_000_000)

  /// From each engine to each.
  private static let ways = Engine.tested.flatMap { from in Engine.tested.map { (from, $0) } }

  /// A store of scoring with rows of all kinds: empty and large blobs, ends of numbers, text beyond ASCII.
  private func fill(_ session: Session, partitions: Int) throws {
    var random = SeededGenerator(seed: Self.seed)
    _ = try StoreTables.open(session, of: .scoring, partitions: partitions, incarnation: "first life")
    for partition in 0...Int64(partitions) {
      var progress = Progress()
      progress.head = partition
      try session.execute(
        "INSERT INTO progress(partition, head, intake, row) VALUES(?1, ?2, 0, ?3)",
        [.integer(partition), .integer(partition), .blob(progress.packed)])
      let keys = (0..<500).map { [UInt8]("k\(partition)-\($0)é".utf8) }
      let values = keys.map { _ in
        (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      try session.upsert(
        table: "state", scalars: [("partition", .integer(partition))], key: ["partition", "key"],
        columns: [("key", keys.map(SQLValue.blob)), ("value", values.map(SQLValue.blob))])
      try session.execute(
        "INSERT INTO reply(partition, key, digest, at, bytes) VALUES(?1, ?2, ?3, ?4, ?5)",
        [
          .integer(partition), .text("ключ \(partition)"), .blob([]),
          .integer(partition == 0 ? .min : .max), .blob([UInt8](repeating: 7, count: 9 << 20)),
        ])
    }
  }

  @Test(arguments: ways) func everyRowArrives(_ from: Engine, _ to: Engine) throws {
    print("seed \(Self.seed)")
    let scratch = try ScratchFolder()
    let source = try Session.open(scratch.database(from, "source"))
    let target = try Session.open(scratch.database(to, "target"))
    try fill(source, partitions: 3)
    var heard: [String: Int64] = [:]
    let sums = try StoreCopy(from: source, to: target, service: .scoring).run { table, rows, _ in
      #expect(rows >= heard[table] ?? 0)
      heard[table] = rows
    }
    #expect(sums["state"]?.count == 2_000 && heard["state"] == 2_000)
    #expect(sums["lease"]?.count == 4)
    #expect(sums["installation"]?.count == 4)
    for table in try source.tables() {
      #expect(try StoreCopy.sum(target, table) == StoreCopy.sum(source, table))
      #expect(try rows(target, table) == rows(source, table), "\(table.name)")
    }
    let survey = try #require(try StoreSurvey.read(target))
    #expect(try survey == StoreSurvey.read(source))
    #expect(survey.heads[2] == 2 && survey.incarnation == "first life")
    // A service opens it as the same store.
    let opened = try Installation.open(target, service: "scoring", partitions: 3, incarnation: "second")
    #expect(opened.incarnation == "first life")
  }

  private func rows(_ session: Session, _ table: TableForm) throws -> Set<[SQLValue]> {
    Set(
      try session.query("SELECT \(table.columns.joined(separator: ", ")) FROM \(table.name)") { row in
        (0..<row.count).map { row.value($0) }
      })
  }

  @Test(arguments: Engine.tested) func keysOfTheGatewayArriveWithTheirGaps(_ to: Engine) throws {
    let scratch = try ScratchFolder()
    let source = try Session.open(scratch.database(.sqlite, "source"))
    let target = try Session.open(scratch.database(to, "target"))
    try StoreTables.create(source, of: .gateway)
    for number in 1...3 as ClosedRange<Int64> {
      try source.execute(
        """
        INSERT INTO api_key(number, name, role, customer, digest, created_at)
        VALUES(?1, 'n', 'r', ?2, ?3, 5)
        """,
        [.integer(number), number == 2 ? .text("C-1") : .null, .blob([1, 2])])
    }
    let sums = try StoreCopy(from: source, to: target, service: .gateway).run { _, _, _ in }
    #expect(sums["api_key"]?.count == 3)
    let found = try target.query("SELECT number FROM api_key WHERE customer IS NULL AND revoked_at IS NULL") {
      $0.integer(0)
    }
    #expect(found.sorted() == [1, 3])
    #expect(try StoreSurvey.read(target) == nil)
  }

  @Test(arguments: Engine.tested) func aCopyThatWasCutShortIsNoStore(_ to: Engine) throws {
    let scratch = try ScratchFolder()
    let source = try Session.open(scratch.database(.sqlite, "source"))
    let target = try Session.open(scratch.database(to, "target"))
    try fill(source, partitions: 1)
    // A table of a form that this release does not know is refused before anything is written.
    try source.execute("ALTER TABLE timer ADD COLUMN more BLOB")
    #expect(throws: WireError.self) {
      try StoreCopy(from: source, to: target, service: .scoring).run { _, _, _ in }
    }
    try Installation.markIncomplete(target)
    let refusal = #expect(throws: WireError.self) {
      try Installation.open(target, service: "scoring", partitions: 1, incarnation: "x")
    }
    #expect(refusal?.message.contains("db copy") == true)
    #expect(throws: WireError.self) { try StoreSurvey.read(target) }
    #expect(try StoreCopy.filled(target)?.table == "installation")
  }
}

@Suite struct StoreSurveyTests {
  private func survey(
    _ service: ServiceName, _ heads: [Int: Int64], _ places: [Int: [JournalName: Int64]] = [:],
    of lives: [ServiceName: String] = [:]
  ) -> StoreSurvey {
    var survey = StoreSurvey(service: service, partitions: 2, incarnation: "\(service)")
    survey.heads = heads
    survey.places = places.mapValues { places in
      Dictionary(
        uniqueKeysWithValues: places.map {
          ($0, .init(number: $1, incarnation: lives[$0.owner] ?? "\($0.owner)"))
        })
    }
    return survey
  }

  private var upstream: StoreSurvey { survey(.ingestion, [0: 10, 1: 20, 2: 3]) }

  @Test func agreeing() {
    let scoring = survey(.scoring, [0: 1], [0: [.events: 10], 1: [.events: 19, .ingestionDefinitions: 3]])
    #expect(StoreSurvey.disagreements([upstream, scoring]) == [])
    #expect(StoreSurvey.disagreements([]) == [])
  }

  @Test func aFollowerAheadOfItsUpstream() {
    let scoring = survey(.scoring, [:], [0: [.events: 11], 1: [.events: 20]])
    let found = StoreSurvey.disagreements([upstream, scoring])
    #expect(found.count == 1)
    #expect(found.first?.contains("up to 11 in partition 0, where ingestion ends at 10") == true)
  }

  @Test func definitionsAreInThePartitionBehindTheLast() {
    let scoring = survey(.scoring, [:], [0: [.ingestionDefinitions: 4]])
    #expect(StoreSurvey.disagreements([upstream, scoring]).first?.contains("ends at 3") == true)
  }

  @Test func anotherLifeAnotherNumberAndNobody() {
    let other = survey(.scoring, [:], [0: [.events: 5]], of: [.ingestion: "earlier"])
    #expect(StoreSurvey.disagreements([upstream, other]).first?.contains("another life") == true)
    var small = survey(.scoring, [:])
    small.partitions = 1
    #expect(StoreSurvey.disagreements([upstream, small]).first?.contains("partitions") == true)
    let alone = survey(.scoring, [:], [0: [.events: 5]])
    #expect(StoreSurvey.disagreements([alone]).first?.contains("no store of ingestion") == true)
  }
}
