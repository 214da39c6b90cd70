import Contracts
import Foundation
import Testing
import Wire

@testable import Command

@Suite struct DemoFeedsTests {
  private func feeds(_ scratch: Scratch) throws -> DemoFeeds {
    DemoFeeds(home: scratch.path, simulation: try SimulationTests.simulation(customers: 30, days: 4))
  }

  @Test func filesArriveOnTheirDay() throws {
    let scratch = try Scratch()
    let feeds = try feeds(scratch)
    let counts = try feeds.prepare(Terminal())
    #expect(counts.values.allSatisfy { $0.files == 4 && $0.lines >= 0 })
    let before = try SimulationTests.files(scratch.path + "/feeds-staged")
    for day in feeds.simulation.first...feeds.simulation.last {
      try feeds.arrive(day)
      try feeds.arrive(day)
      let arrived = try SimulationTests.files(scratch.path + "/feeds")
      #expect(arrived.count == Feed.allCases.count * (day - feeds.simulation.first + 1))
      #expect(arrived.allSatisfy { before[$0.key] == $0.value })
    }
    // A second preparation goes on with what is there.
    #expect(try feeds.prepare(Terminal()) == counts)
    #expect(try SimulationTests.files(scratch.path + "/feeds").count == Feed.allCases.count * 4)
  }

  @Test func aSourceHasItsFolderInTheHome() throws {
    let scratch = try Scratch()
    for feed in Feed.allCases {
      let source = try feeds(scratch).source(feed)
      let tree = try JSONTree(source.json[...])
      #expect(source.name == feed.source && tree["events"].elements.isEmpty == false)
      #expect(tree["connection_config"]["directory"].text == "\(scratch.path)/feeds/\(feed.rawValue)")
      #expect(tree["connection_config"]["kind"].text == "file")
    }
  }

  @Test func aRecordIsFoundByItsID() throws {
    let scratch = try Scratch()
    let feeds = try feeds(scratch)
    _ = try feeds.prepare(Terminal())
    try feeds.arrive(feeds.simulation.last)
    let path = "\(scratch.path)/feeds/cdr/\(feeds.simulation.last).csv"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let line = try #require(text.split(separator: "\n").last { $0.split(separator: ",").count > 5 })
    let id = String(line.prefix { $0 != "," })
    #expect(feeds.line("sim-cdr", id: id) == String(line))
    #expect(feeds.line("sim-cdr", id: "x") == nil && feeds.line("other", id: id) == nil)
  }

  @Test func anAccountIsExactOnlyWhenEverythingAddsUp() throws {
    let expected = FeedCounts(
      files: 1, lines: 10, accepted: 6, duplicate: 1, rejected: 2, skipped: 1, late: 0, events: [:])
    func account(_ counts: String) throws -> SourceAccount {
      let text = #"{"sources":{"sim-cdr":{\#(counts)}}}"#
      return SourceAccount(.cdr, try JSONTree(Array(text.utf8)[...]), expected)
    }
    let exact = #""records":10,"accepted":6,"duplicate":1,"rejected":2,"skipped":1"#
    #expect(try account(exact).isExact)
    #expect(try !account(#""records":10,"accepted":7,"duplicate":0,"rejected":2,"skipped":1"#).isExact)
    #expect(try !account(#""records":9,"accepted":6,"duplicate":1,"rejected":2,"skipped":1"#).isExact)
    #expect(try !account("").isExact)
    var tally = FateTally()
    (tally.records, tally.accepted, tally.duplicate) = (3, 2, 1)
    #expect(SourceAccount("own", tally).isExact)
    tally.accepted = 1
    #expect(!SourceAccount("own", tally).isExact)
  }

  @Test func barsAreAsHighAsTheCounts() {
    #expect(DemoReport.bars([0, 1, 4, 8]) == " ▂▅█")
    #expect(DemoReport.bars([0, 0]) == "  ")
  }

  @Test func aHomeKnowsWhichRunItHas() throws {
    let scratch = try Scratch()
    let home = HomeFolder(scratch.path)
    #expect(DemoRecord.read(home) == nil)
    var record = DemoInput.feeds(try feeds(scratch)).record
    record.finished = true
    try record.write(home)
    #expect(DemoRecord.read(home) == record)
    #expect(record.last == Day("2026-09-24"))
    let other = DemoFeeds(
      home: scratch.path, simulation: try SimulationTests.simulation(seed: 2, customers: 30, days: 4))
    #expect(!record.isSame(as: DemoInput.feeds(other).record))
  }
}
