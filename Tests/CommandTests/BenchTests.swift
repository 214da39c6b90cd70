import Contracts
import Foundation
import Testing
import Wire

@testable import Command

struct BenchTests {
  @Test func theNameInAStatLineMayHoldAnything() throws {
    let line = "4711 (a ) (b) S 12 1 1 0 -1 4 9 9 9 9 250 50 7 3 20 0 5 0"
    let stat = try #require(BenchStat(line))
    #expect(stat.process == 4711 && stat.parent == 12)
    #expect(stat.user == 250 && stat.system == 50 && stat.ended == 10)
  }

  @Test(arguments: ["", "12", "12 (a", "12 (a) S 1", "x (a) S 1 1 1 0 -1 4 9 9 9 9 1 2 3 4", ") ("])
  func aCutStatLineIsNone(line: String) { #expect(BenchStat(line) == nil) }

  @Test func theKernelsOwnLinesAreRead() {
    let usage = BenchUsage.of(getpid())
    #expect(usage.peakBytes > 1_048_576)
    #expect(BenchUsage.family(of: getpid()) >= usage.cpuMicros)
    #expect(BenchUsage.own.cpuMicros > 0)
    #expect(BenchUsage.peak("VmPeak:\t 9 kB\nVmHWM:\t    12 kB\n") == 12 * 1_024)
    #expect(BenchUsage.peak("VmPeak:\t 9 kB") == 0)
  }

  @Test func percentilesAreElements() {
    let numbers = (1...200).map(Double.init).reversed() as [Double]
    #expect(numbers.percentile(0.5) == 100)
    #expect(numbers.percentile(0.99) == 198)
    #expect(numbers.percentile(0) == 1 && numbers.percentile(1) == 200)
    #expect([Double]().percentile(0.5) == 0)
    #expect([7.0].percentile(0.99) == 7)
  }

  @Test func aLineOfALoopIsRead() throws {
    let text = #"{"operations": 10, "seconds": 0.500000, "cpu_user_us": 30, "cpu_system_us": 20}"#
    let rate = try BenchRate(try JSONTree(Array(text.utf8)[...]))
    #expect(rate.cpuEach == 5 && rate.perSecond == 20)
    #expect(rate.adding(rate).cpuEach == 10)
    #expect(throws: Fault.self) { try BenchRate(try JSONTree(Array(#"{"operations": 10}"#.utf8)[...])) }
  }

  @Test func theCaseOfTheTargetDecides() {
    func result(_ bytes: Int, _ width: Int, _ swift: Int64) -> BenchRPCResult {
      let runs = [swift, swift + 5].map { BenchRate(operations: 1, seconds: 1, cpuMicros: $0) }
      let c = [BenchRate(operations: 1, seconds: 1, cpuMicros: 10)]
      return BenchRPCResult(bytes: bytes, inFlight: width, swift: BenchBest(runs), c: BenchBest(c))
    }
    var report = BenchRPCReport(results: [result(64, 1, 30)])
    #expect(report.ratio == nil)
    report.results.append(result(1_024, 64, 12))
    #expect(report.ratio == 1.2)
    #expect(report.json.contains(#""target":1.25,"ratio":1.2}"#))
  }
}

struct BenchJournalTests {
  @Test func entriesHaveTheirSizeAndAreJSON() throws {
    for number in [0, 599, 99_999_999] {
      let entry = BenchEvents.entry(number, "C-000017")
      #expect(entry.count == BenchEvents.entryBytes)
      let tree = try JSONTree(entry[...])
      #expect(tree["customer_id"].text == "C-000017")
      #expect(tree["value"].integer == number % 600)
    }
  }

  @Test func chunksHoldEveryEventOnce() {
    let events = BenchEvents(count: 12_001, customers: 500)
    let chunks = events.commands()
    #expect(chunks.count == 3)
    var counts = [Int](repeating: 0, count: BenchEvents.partitions)
    var hashes = Set<[UInt8]>()
    for part in chunks.joined() {
      counts[part.partition] += part.command.payloads.count
      for payload in part.command.payloads { hashes.insert(Array(payload.prefix(BenchEvents.hashBytes))) }
    }
    #expect(counts == events.counts())
    #expect(hashes.count == 12_001)
  }

  @Test func aRowHasTheWidthOfACustomers() throws {
    var row = BenchRow()
    row.count = 3
    row.sum = 1_700
    #expect((620...660).contains(row.packed.count))
    #expect(try BenchRow.unpack(row.packed) == row)
    for count in 0..<row.packed.count {
      #expect(throws: (any Error).self) { try BenchRow.unpack(Array(row.packed.prefix(count))) }
    }
  }

  @Test func theCheapestRunOfEachSideCounts() {
    func run(_ micros: Int64, server: Int64 = 0) -> BenchJournalRun {
      let rate = BenchRate(operations: 10, seconds: 1, cpuMicros: micros)
      return BenchJournalRun(append: rate, serve: nil, follow: rate).with(server: server)
    }
    var result = BenchJournalResult(engine: .postgres)
    #expect(result.ratio == nil)
    result.add(c: run(20))
    result.add(c: run(30))
    #expect(result.ratio == nil)
    #expect(run(20, server: 60).cpuEach == 10)
    #expect(run(20, server: 60).serverEach == 6)
  }

  @Test(arguments: [
    ("postgres://u:p@h:5432/a", "postgres://u:p@h:5432/b"),
    ("postgres://u@%2Ftmp%2Fx/a?sslmode=disable", "postgres://u@%2Ftmp%2Fx/b?sslmode=disable"),
    ("postgres://h/a?options=x/y", "postgres://h/b?options=x/y"),
  ]) func anotherDatabaseOfTheServer(url: String, other: String) {
    #expect(BenchPostgres.url(url, database: "b") == other)
  }
}

struct BenchPipelineTests {
  @Test func theSameSeedGivesTheSameRecords() throws {
    var one = BenchCalls(seed: 5, customers: 10, start: 1_700_000_000_000_000, step: 1_000_000)
    var two = one
    let first = (0..<200).map { _ in one.next() }
    #expect(first == (0..<200).map { _ in two.next() })
    let lines = first.map { String(decoding: $0, as: UTF8.self) }
    #expect(Set(lines.map { $0.prefix { $0 != "," } }).count == 200)
    #expect(lines.count { $0.contains(",activation,") } == 10)
    #expect(lines[199].contains("2023-11-14T22:16:39Z"))
  }

  @Test func theFileIsCutIntoItsRecords() throws {
    let path = NSTemporaryDirectory() + "bench-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var calls = BenchCalls(seed: 1, customers: 50, start: 0, step: 1_000_000)
    try calls.write(12_345, to: path)
    let source = try SourceFile(yaml: ExampleSource.calls, origin: "calls.yaml")
    var file = try DataFile(path, source.format)
    #expect(file.header.map { String(decoding: $0, as: UTF8.self) } == BenchCalls.header)
    var records = 0
    while let chunk = try file.chunk(from: records) { records = chunk.to }
    #expect(records == 12_345)
  }

  @Test func theCustomersAreThereBefore() throws {
    let path = NSTemporaryDirectory() + "bench-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var calls = BenchCalls(seed: 1, customers: 50, start: 0, step: 1_000_000)
    try calls.writeActivations(to: path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
    #expect(lines.count == 50 && lines.allSatisfy { $0.contains(",activation,") })
    #expect(Set(lines.map { String($0.split(separator: ",")[2]) }) == Set(calls.names(100)))
    let later = (0..<100).map { _ in String(decoding: calls.next(), as: UTF8.self) }
    #expect(later.allSatisfy { !$0.contains("activation") })
  }

  @Test func figuresAreOfOneEvent() {
    let full = BenchPipelineResult.Full(
      events: 100, acceptedMilliseconds: 400, settledMilliseconds: 500, cpuMicros: ["a": 1_000, "b": 500])
    #expect(full.perSecond == 200)
    #expect(full.cpuEach("a") == 10 && full.cpuEach("c") == 0)
    #expect(full.cpuEach == 15)
  }
}
