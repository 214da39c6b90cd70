import Contracts
import Foundation
import Testing
import Wire

@testable import Command

@Suite struct SimulationTests {
  static func simulation(
    seed: UInt64 = 1, customers: Int = 60, days: Int = 12, zone: Zone = .utc
  ) throws -> Simulation {
    Simulation(
      seed: seed, customers: customers, days: days, last: try #require(Day("2026-09-24")), zone: zone)
  }

  /// All files by their path in the folder.
  static func files(_ folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for path in FileManager.default.subpaths(atPath: folder) ?? [] {
      if let data = FileManager.default.contents(atPath: folder + "/" + path) { files[path] = Array(data) }
    }
    return files
  }

  private func written(_ simulation: Simulation) throws -> [String: [UInt8]] {
    let scratch = try Scratch()
    _ = try simulation.write(to: scratch.path)
    return try Self.files(scratch.path)
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let first = try written(Self.simulation(seed: 7))
    #expect(first.count == Feed.allCases.count * 13)
    #expect(try written(Self.simulation(seed: 7)) == first)
    let other = try written(Self.simulation(seed: 8))
    #expect(other.keys.sorted() == first.keys.sorted())
    #expect(other.keys.filter { other[$0] == first[$0] } == [])
  }

  @Test func aDayIsTheSameWhateverCameBefore() throws {
    let short = Simulation(
      seed: 3, customers: 40, days: 9, last: try #require(Day("2026-09-10")), zone: .utc)
    let long = Simulation(
      seed: 3, customers: 40, days: 20, last: try #require(Day("2026-09-21")), zone: .utc)
    let (some, all) = (try written(short), try written(long))
    for (path, bytes) in some where !path.hasSuffix("manifest.json") {
      #expect(all[path] == bytes, "\(path)")
    }
    // And a customer's day does not depend on how many others there are.
    let alone = try written(
      Simulation(seed: 3, customers: 5, days: 9, last: try #require(Day("2026-09-10")), zone: .utc))
    let lines = Set(some.values.flatMap { $0.split(separator: 0x0A) })
    for (path, bytes) in alone where !path.hasSuffix("manifest.json") {
      #expect(bytes.split(separator: 0x0A).allSatisfy { lines.contains($0) }, "\(path)")
    }
  }

  @Test func theManifestCountsWhatIsInTheFiles() throws {
    let scratch = try Scratch()
    let counts = try Self.simulation(customers: 300, days: 15).write(to: scratch.path)
    let files = try Self.files(scratch.path)
    for feed in Feed.allCases {
      let counts = try #require(counts[feed])
      let own = files.filter { $0.key.hasPrefix(feed.rawValue + "/2026-") }
      let lines = own.values.flatMap { $0.split(separator: 0x0A).dropFirst(feed.header == nil ? 0 : 1) }
      #expect(counts.files == 15 && own.count == 15)
      #expect(lines.count == counts.lines)
      #expect(lines.count - Set(lines).count == counts.duplicate, "\(feed)")
      #expect(counts.lines == counts.accepted + counts.duplicate + counts.rejected + counts.skipped)
      #expect(counts.accepted == counts.events.values.reduce(0, +))
      let manifest = try JSONTree(try #require(files[feed.rawValue + "/manifest.json"])[...])
      #expect(manifest["lines"].integer == counts.lines)
      #expect(manifest["events"].members.reduce(0) { $0 + ($1.value.integer ?? 0) } == counts.accepted)
    }
    let sum = counts.values.reduce(FeedCounts()) { sum, part in
      var sum = sum
      sum.duplicate += part.duplicate
      sum.rejected += part.rejected
      sum.late += part.late
      return sum
    }
    #expect(sum.duplicate > 50 && sum.rejected > 20 && sum.late > 200)
  }

  @Test func recordsLieInTheirDaysAndLateOnesAtMostAMonthBefore() throws {
    let zone = try Zone(named: "America/New_York")
    let date = try #require(Day("2026-03-08"))  // a day of 23 hours there
    let day = RunDay(index: 40, date: date, zone: zone)
    #expect(day.end - day.start == 23 * Micros.hour)
    for number in 0..<300 {
      let person = SubscriberDay(subscriber: Subscriber(seed: 5, number: number), day: day)
      for feed in Feed.allCases {
        for record in person.records(feed) {
          #expect(record.at >= day.start && record.at < day.end, "\(feed) \(record)")
        }
      }
    }
  }

  /// Ten times the customers need no more memory but for buffers of fixed size.
  @Test func memoryDoesNotGrowWithTheCustomers() throws {
    let (few, many) = (try memory(customers: 2_000), try memory(customers: 20_000))
    #expect(few > 1_000_000)
    #expect(many - few < 16_000_000, "\(few) and \(many) bytes")
  }

  /// Resident bytes at most, of a process of its own.
  private func memory(customers: Int) throws -> Int {
    let scratch = try Scratch()
    let child = Process()
    let output = Pipe()
    child.executableURL = URL(fileURLWithPath: try #require(Self.laurel))
    child.arguments = [
      "simulate", "--json", "--customers", "\(customers)", "--days", "2", "--out", scratch.path,
    ]
    child.standardOutput = output
    try child.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    child.waitUntilExit()
    #expect(child.terminationStatus == 0)
    return try #require(try JSONTree(Array(text)[...])["memory_bytes"].integer)
  }

  /// The command stands beside the tests.
  private static let laurel: String? = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: bundle)) ?? bundle
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../.build/debug").standardizedFileURL.path
    return [folder, beside].map { $0 + "/laurel" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  @Test func aFaultSaysWhereItCannotWrite() throws {
    let scratch = try Scratch()
    let file = try scratch.file("cdr", "")
    #expect { try Self.simulation(customers: 1, days: 1).write(to: scratch.path) } throws: {
      "\($0)".contains(file)
    }
  }

  @Test(arguments: [
    ["simulate"], ["simulate", "--out", "x", "--days", "0"], ["simulate", "--out", "x", "--end", "today"],
  ])
  func wrongCommandLinesAreRefused(words: [String]) {
    #expect(throws: (any Error).self) { try Laurel.parseAsRoot(words) }
  }
}
