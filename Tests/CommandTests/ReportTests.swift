import Contracts
import Testing
import Wire

@testable import Command

@Suite struct ReportTests {
  private func tree(_ text: String) throws -> JSONTree { try JSONTree(Array(text.utf8)[...]) }

  @Test func jsonComesBackAsItWas() throws {
    let text = #"{"b":[1,-2.50,1e3,"x\ny",true,null],"a":{}}"#
    #expect(try tree(text).shown == text)
    #expect(throws: JSONError.self) { try tree("{} x") }
  }

  @Test func whatReplicasTellIsLaidTogether() throws {
    let left = try tree(#"{"sources":{"a":{"records":1}},"bins":[1,2],"list":["x"],"sum":1.25}"#)
    let right = try tree(
      #"{"sources":{"a":{"records":2},"b":{"records":5}},"bins":[10,20],"list":["y"],"sum":2}"#)
    let sum = left.merged(with: right)
    #expect(
      sum.shown
        == #"{"sources":{"a":{"records":3},"b":{"records":5}},"bins":[11,22],"list":["x","y"],"sum":3.25}"#)
    #expect(JSONTree.null.merged(with: left) == left)
  }

  @Test func lagIsWhatIsNotTakenYet() throws {
    let ingestion = try tree(
      #"{"service":"ingestion","journal":"events","partitions":{"0":{"head":10,"parked":0},"1":{"head":4}}}"#)
    let scoring = try tree(
      """
      {"service":"scoring","journal":"crossings","partitions":{
      "0":{"head":3,"parked":1,"cursors":{"events":7,"definitions.scoring":1}},
      "1":{"head":0,"parked":0,"cursors":{"events":4}}}}
      """)
    let report = StatusReport([ingestion, scoring])
    #expect(
      report.journals == [
        .init(name: "events", partitions: 2, entries: 14, parked: 0),
        .init(name: "crossings", partitions: 2, entries: 3, parked: 1),
      ])
    #expect(report.lags == [.init(service: "scoring", journal: .events, entries: 3, largest: 3)])
  }

  @Test func fatesAddUp() throws {
    let text = """
      {"accepted":3,"duplicate":1,"rejected":2,"skipped":1,
      "errors":[{"index":0,"code":"bad_record","message":"m"},{"index":4,"code":"bad_record","message":"m"}],
      "positions":[{"partition":3,"journal":"events","number":7}]}
      """
    let answer = try ChunkAnswer(Frames([Array(text.utf8)]))
    #expect(answer.positions == [Position(partition: 3, journal: .events, number: 7)])
    var tally = FateTally()
    tally.add(answer, records: 7)
    tally.add(answer, records: 7)
    #expect(tally.records == tally.accepted + tally.duplicate + tally.rejected + tally.skipped)
    #expect(tally.reasons == "4 bad_record")
    #expect(throws: Fault.self) { try ChunkAnswer(Frames([Array("{}".utf8)])) }
  }

  @Test func differencesOfARebuildAreCounted() throws {
    let reports = [
      try tree(#"{"differences":0}"#), try tree(#"{"differences":2,"first_differences":["x"]}"#),
    ]
    #expect(Rebuild.differences(reports) == 2)
    // An answer that says nothing is not a good one.
    #expect(Rebuild.differences([try tree("{}")]) == 1)
    #expect(try RebuildCommand.choose([]) == [.ingestion, .scoring, .missions, .badging])
    #expect(try RebuildCommand.choose(["missions"]) == [.missions])
    #expect(throws: (any Error).self) { try RebuildCommand.choose(["gateway"]) }
  }

  @Test func tablesAreAligned() {
    var table = TextTable(["name", "count"])
    table.add(["a", "5"])
    table.add(["longer", "1,234"])
    #expect(table.text == "name    count\na           5\nlonger  1,234")
    #expect([0, 7, 999, 1_000, -1_234_567].map(\.grouped) == ["0", "7", "999", "1,000", "-1,234,567"])
    #expect(Terminal.bar(0.5, width: 4) == "[##..]" && Terminal.bar(7, width: 2) == "[##]")
  }

  @Test func aFaultIsOneLine() {
    #expect("\(Fault("it\nbroke", advice: "do\r\nthis"))" == "it broke; do this")
    #expect("\(Fault("scoring", .unavailable("nobody")))" == "scoring: nobody (unavailable)")
  }

  @Test(arguments: [
    ["demo", "--data", "a.csv"], ["demo", "--customers", "0"], ["ingest", "a.csv"],
    ["up", "--clock", "other"],
    ["nothing"],
  ])
  func wrongCommandLinesAreRefused(words: [String]) {
    #expect(throws: (any Error).self) { try Laurel.parseAsRoot(words) }
  }

  @Test func commandLinesAreRead() throws {
    let demo = try #require(
      try Laurel.parseAsRoot(["demo", "--fresh", "--exit", "--json", "--days", "3"]) as? DemoCommand)
    #expect(demo.fresh && demo.exit && demo.json && demo.days == 3)
    let ingest = try #require(
      try Laurel.parseAsRoot(["ingest", "--source", "s.yaml", "a.csv", "b.csv"]) as? IngestCommand)
    #expect(ingest.data == ["a.csv", "b.csv"])
    let hold = try #require(
      try Laurel.parseAsRoot(["hold", "--parent", "1", "/bin/sleep", "--help"]) as? HoldCommand)
    #expect(hold.words == ["/bin/sleep", "--help"])
  }
}
