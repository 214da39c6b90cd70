import Contracts
import Support
import Testing
import Wire

@testable import Journal

@Suite struct WorkTests {
  /// A store that counts what it is asked for.
  private final class CountingSource: RowSource {
    var stored: [String: [UInt8]] = [:]
    var asked: [String] = []
    var isBroken = false
    struct Broken: Error {}

    func row(_ key: String) throws -> [UInt8]? {
      if isBroken { throw Broken() }
      asked.append(key)
      return stored[key]
    }
    func rows(_ keys: [String], _ row: (String, [UInt8]) throws -> Void) throws {
      for key in keys { if let bytes = try self.row(key) { try row(key, bytes) } }
    }
    func keys(after key: String, prefix: String, limit: Int) throws -> [String] { [] }
    func identity(_ hash: UInt128) throws -> Int64? { nil }
    func identities(_ hashes: [UInt128]) throws -> [UInt128: Int64] { [:] }
  }

  private static func row(_ sum: Int64) -> ToyRow {
    var row = ToyRow()
    row.sum = sum
    return row
  }

  private static func work(_ source: CountingSource, _ cache: RowCache<ToyRow>) -> Work<ToySums> {
    Work(
      partition: 0, head: 0, taken: [Int64](repeating: 0, count: JournalName.allCases.count),
      registers: ToyRegister(), definitions: ToyRegister(), cache: cache, source: source)
  }

  private static func add(_ value: Int64, to key: String, _ work: inout Work<ToySums>) -> Int64 {
    work.update(key, initial: ToyRow()) { row, _ in
      row.sum += value
      return row.sum
    }
  }

  @Test func theStoreIsAskedOncePerKeyWhetherTheRowIsThereOrNot() throws {
    let (source, cache) = (CountingSource(), RowCache<ToyRow>(limit: 100))
    source.stored["a"] = Self.row(5).packed
    var work = Self.work(source, cache)
    try work.prefetch(["a", "b", "a", "b"])
    #expect(source.asked == ["a", "b"])
    #expect(work.row("b") == nil)
    #expect(Self.add(1, to: "a", &work) == 6 && Self.add(2, to: "b", &work) == 2)
    #expect(Self.add(1, to: "b", &work) == 3)
    #expect(work.row("c") == nil && work.row("c") == nil)
    cache.take(work.dirty)
    var next = Self.work(source, cache)
    #expect(Self.add(1, to: "a", &next) == 7 && next.row("b")?.sum == 3)
    #expect(source.asked == ["a", "b", "c"])
  }

  @Test func aStepThatComesToNothingLeavesTheCommittedRow() throws {
    let (source, cache) = (CountingSource(), RowCache<ToyRow>(limit: 100))
    source.stored["a"] = Self.row(5).packed
    var work = Self.work(source, cache)
    #expect(work.row("a")?.sum == 5)
    _ = Self.add(1, to: "a", &work)
    _ = Self.add(1, to: "new", &work)
    var again = Self.work(source, cache)
    #expect(again.row("a")?.sum == 5 && again.row("new") == nil)
    #expect(Self.add(1, to: "a", &again) == 6)
  }

  @Test func removedRowsStayRemoved() throws {
    let (source, cache) = (CountingSource(), RowCache<ToyRow>(limit: 100))
    source.stored["a"] = Self.row(5).packed
    var work = Self.work(source, cache)
    _ = Self.add(1, to: "a", &work)
    work.set("a", nil)
    #expect(work.row("a") == nil && Self.add(1, to: "a", &work) == 1)
    work.set("a", nil)
    cache.take(work.dirty)
    source.stored["a"] = nil
    var next = Self.work(source, cache)
    #expect(next.row("a") == nil && source.asked == ["a"])
  }

  @Test func aFullCacheAndABrokenStoreMakeNoRowVanish() throws {
    let (source, cache) = (CountingSource(), RowCache<ToyRow>(limit: 2))
    for number in 0..<9 { source.stored["k\(number)"] = Self.row(Int64(number)).packed }
    var work = Self.work(source, cache)
    try work.prefetch((0..<9).map { "k\($0)" })
    for number in 0..<9 { #expect(work.row("k\(number)")?.sum == Int64(number)) }
    source.isBroken = true
    let fresh = RowCache<ToyRow>(limit: 20)
    var failing = Self.work(source, fresh)
    #expect(throws: CountingSource.Broken.self) { try failing.prefetch(["k1", "k2"]) }
    #expect(failing.row("k1") == nil && failing.failure != nil)
    source.isBroken = false
    var healed = Self.work(source, fresh)
    #expect(healed.row("k1")?.sum == 1 && healed.row("k2")?.sum == 2)
  }
}
