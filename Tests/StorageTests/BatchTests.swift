import Storage
import Testing

@Suite struct BatchTests {
  private static let partition: [(String, SQLValue)] = [("partition", .integer(5))]

  private func keys(_ range: Range<Int>) -> [SQLValue] { range.map { .blob(Array("k\($0)".utf8)) } }

  private func upsert(
    _ session: Session, _ keys: [SQLValue], _ values: [SQLValue], _ conflict: Conflict = .update
  ) throws -> Int {
    try session.upsert(
      table: "state", scalars: Self.partition, key: ["partition", "key"],
      columns: [("key", keys), ("number", values)], onConflict: conflict)
  }

  @Test(arguments: engines, [0, 1, 2, 5_000])
  func writesFindsAndDeletes(_ engine: Engine, _ count: Int) throws {
    let session = try FreshDatabase(engine).session()
    try session.execute("INSERT INTO state(partition,key,number) VALUES(6,?1,-1)", [keys(0..<1)[0]])
    let all = keys(0..<count)
    #expect(try upsert(session, all, (0..<count).map { .integer(Int64($0)) }) == count)
    #expect(try upsert(session, all, (0..<count).map { .integer(Int64($0) * 2) }) == count)
    #expect(try session.rows() == Int64(count + 1))
    let found = try session.lookup(
      table: "state", scalars: Self.partition, column: "key", values: all + keys(9_000..<9_010),
      select: ["key", "number"]
    ) { ($0.text(0), $0.integer(1)) }
    let expected = Dictionary(uniqueKeysWithValues: (0..<count).map { ("k\($0)", Int64($0) * 2) })
    #expect(Dictionary(uniqueKeysWithValues: found) == expected)
    #expect(
      try session.delete(table: "state", scalars: Self.partition, column: "key", values: all) == count)
    #expect(try session.query("SELECT partition FROM state") { $0.integer(0) } == [6])
  }

  @Test(arguments: engines)
  func conflictsAreIgnoredOrFail(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    #expect(try upsert(session, keys(0..<2), [.integer(1), .integer(2)], .fail) == 2)
    #expect(try upsert(session, keys(0..<3), [.integer(7), .integer(8), .integer(9)], .ignore) == 1)
    #expect(code { _ = try upsert(session, keys(2..<5), [.null, .null, .null], .fail) } == .constraint)
    let numbers = try session.query("SELECT number FROM state ORDER BY number") { $0.integer(0) }
    #expect(numbers == [1, 2, 9])
  }

  @Test(arguments: engines)
  func emptyAndMissingValuesDiffer(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    try session.upsert(
      table: "state", scalars: Self.partition, key: ["partition", "key"],
      columns: [
        ("key", [.blob([]), .blob([1]), .blob([2])]), ("value", [.blob([]), .null, .blob([0])]),
        ("note", [.null, .null, .null]), ("number", [.null, .integer(.min), .integer(.max)]),
      ])
    let rows = try session.query("SELECT key, value, note, number FROM state ORDER BY key") { row in
      (0..<4).map { row.value($0) }
    }
    #expect(
      rows == [
        [.blob([]), .blob([]), .null, .null], [.blob([1]), .null, .null, .integer(.min)],
        [.blob([2]), .blob([0]), .null, .integer(.max)],
      ])
  }

  @Test(arguments: engines)
  func unevenMixedAndRepeatedRowsAreRefused(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    #expect(code { _ = try upsert(session, keys(0..<2), [.null]) } == .misuse)
    #expect(code { _ = try upsert(session, keys(0..<2), [.integer(1), .text("1")]) } == .misuse)
    let repeated = keys(0..<2) + keys(1..<2)
    #expect(code { _ = try upsert(session, repeated, [.null, .null, .null]) } == .constraint)
    #expect(try session.rows() == 0)
  }

  @Test(arguments: engines)
  func aBatchIsAtomicByItself(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    try session.schema("CREATE TABLE small (key INTEGER PRIMARY KEY, n INTEGER CHECK (n < 4500))")
    let numbers = (0..<5_000).map { SQLValue.integer(Int64($0)) }
    let columns = [("key", numbers), ("n", numbers)]
    #expect(
      code { try session.upsert(table: "small", scalars: [], key: ["key"], columns: columns) } == .constraint)
    #expect(try session.rows("small") == 0)
  }

  @Test(arguments: engines)
  func largeValuesSpanSlices(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    let values = (0..<20).map { SQLValue.blob([UInt8](repeating: UInt8($0), count: 1 << 20)) }
    try session.upsert(
      table: "state", scalars: Self.partition, key: ["partition", "key"],
      columns: [("key", keys(0..<20)), ("value", values)])
    let sizes = try session.query("SELECT length(value) FROM state") { $0.integer(0) }
    #expect(sizes == Array(repeating: 1 << 20, count: 20))
  }
}
