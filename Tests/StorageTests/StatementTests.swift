import Testing

@testable import Storage

@Suite struct StatementTests {
  @Test(arguments: engines)
  func manyStatementsShareTheCache(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    for round in 0..<2 {
      for number in 0..<300 {
        let sum = try session.query("SELECT \(number) + ?1", [.integer(Int64(round))]) { $0.integer(0) }
        #expect(sum == [Int64(number + round)])
      }
    }
  }

  @Test func theLeastRecentlyUsedLeaves() {
    var cache = StatementCache<Int>(statementsMax: 2)
    #expect(cache.put("a", 1) == nil)
    #expect(cache.put("b", 2) == nil)
    #expect(cache.take("a") == 1)
    #expect(cache.take("a") == nil)
    #expect(cache.put("a", 1) == nil)
    #expect(cache.put("c", 3) == 2)
    #expect(cache.put("c", 4) == 3)
    #expect(cache.count == 2)
  }

  @Test(arguments: engines)
  func changedRowsAreCounted(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    let insert = "INSERT INTO state(partition,key) VALUES(1,?1),(1,?2)"
    #expect(try session.execute(insert, [.blob([1]), .blob([2])]) == 2)
    #expect(try session.execute("UPDATE state SET number=1 WHERE partition=?1", [.integer(1)]) == 2)
    #expect(try session.execute("SELECT * FROM state") == 0)
    #expect(try session.execute("CREATE TABLE more (a BIGINT)") == 0)
    #expect(try session.execute("DELETE FROM state WHERE key=?1", [.blob([1])]) == 1)
    #expect(try session.execute("DELETE FROM state WHERE key=?1", [.blob([1])]) == 0)
  }

  @Test(arguments: engines)
  func mistakesHaveCodes(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    #expect(code { try session.execute("SELEC 1") } == .syntax)
    #expect(code { try session.execute("SELECT 1; SELECT 2") } == .syntax)
    #expect(code { try session.execute("SELECT * FROM nowhere") } == .syntax)
    let insert = "INSERT INTO state(partition,key) VALUES(?1,?2)"
    #expect(code { try session.execute(insert, [.integer(1)]) } == .misuse)
    #expect(code { try session.execute("INSERT INTO state(partition,key) VALUES(1,NULL)") } == .constraint)
    session.close()
    #expect(code { _ = try session.rows() } == .misuse)
    #expect(!session.isUsable)
  }

  @Test(.enabled(if: engines.contains(.postgres)))
  func anUnreadableTypeIsNamed() throws {
    let session = try FreshDatabase(.postgres).session()
    let error = #expect(throws: StorageError.self) { _ = try session.query("SELECT 1.5 AS price") { _ in } }
    #expect(error?.code == .syntax && error?.message.contains("price") == true)
    let row = try session.query("SELECT true, 2::int2, 3::int4, 0.5::float8, '{\"a\":1}'::jsonb, 1.5::text") {
      row in (0..<6).map { row.text($0) }
    }
    #expect(row == [["1", "2", "3", "0.5", "{\"a\": 1}", "1.5"]])
  }
}
