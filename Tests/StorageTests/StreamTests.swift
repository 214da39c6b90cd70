import Storage
import Testing

@Suite struct StreamTests {
  struct Stop: Error {}

  private func filled(_ engine: Engine, _ count: Int) throws -> Session {
    let session = try FreshDatabase(engine).session()
    let numbers = (0..<count).map { SQLValue.integer(Int64($0)) }
    try session.upsert(
      table: "state", scalars: [("partition", .integer(1))], key: ["partition", "key"],
      columns: [("key", (0..<count).map { .blob(Array("\($0)".utf8)) }), ("number", numbers)])
    return session
  }

  private static let ordered = "SELECT number FROM state WHERE number >= ?1 ORDER BY number"

  @Test(arguments: engines, [0, 1, 32, 33, 10_000])
  func showsEveryRowOnce(_ engine: Engine, _ count: Int) throws {
    let session = try filled(engine, count)
    var seen: [Int64] = []
    try session.forEach(Self.ordered, [.integer(0)]) { row in
      seen.append(row.integer(0))
      return true
    }
    #expect(seen == (0..<count).map(Int64.init))
  }

  @Test(arguments: engines)
  func stopsEarlyAndStaysUsable(_ engine: Engine) throws {
    let session = try filled(engine, 5_000)
    var seen = 0
    try session.forEach(Self.ordered, [.integer(10)]) { row in
      seen += 1
      return row.integer(0) < 1_009
    }
    #expect(seen == 1_000)
    #expect(throws: Stop.self) { try session.forEach(Self.ordered, [.integer(0)]) { _ in throw Stop() } }
    #expect(try session.rows() == 5_000)
    #expect(!session.isInTransaction)
  }

  @Test(arguments: engines)
  func nestsTheSameStatement(_ engine: Engine) throws {
    let session = try filled(engine, 100)
    var pairs = 0
    try session.transaction { inside in
      try inside.forEach(Self.ordered, [.integer(0)]) { row in
        let outer = row.integer(0)
        try inside.forEach(Self.ordered, [.integer(98)]) { row in
          #expect(row.integer(0) >= 98)
          pairs += 1
          return true
        }
        try inside.execute("UPDATE state SET note='seen' WHERE number=?1", [.integer(outer)])
        return outer < 49
      }
    }
    #expect(pairs == 100)
    #expect(try session.query("SELECT count(*) FROM state WHERE note='seen'") { $0.integer(0) } == [50])
  }

  @Test(arguments: engines)
  func aWrongStreamLeavesTheSessionUsable(_ engine: Engine) throws {
    let session = try filled(engine, 1)
    #expect(code { try session.forEach("SELECT nothing FROM state") { _ in true } } == .syntax)
    #expect(try session.rows() == 1)
  }
}
