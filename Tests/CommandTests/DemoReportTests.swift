import Testing
import Wire

@testable import Command

@Suite struct DemoReportTests {
  private func tree(_ text: String) throws -> JSONTree { try JSONTree(Array(text.utf8)[...]) }

  private func report() throws -> DemoReport {
    var tally = FateTally()
    (tally.records, tally.accepted, tally.skipped) = (5, 4, 1)
    return DemoReport(
      result: DemoRun.Result(tally: tally, records: 5, days: 2, milliseconds: 100, end: 0),
      sources: [SourceAccount("own", tally)], ingestion: .null,
      scores: try tree(#"{"customers":3,"crossings":9,"engagement":[1,0,2],"risk":[3,0,0]}"#),
      missions: try tree(
        """
        {"unanswered_batches":0,"templates":{
        "first_call":{"generated":5,"active":1,"completed":3,"expired":1},
        "first_recharge":{"generated":2,"active":2,"completed":0,"expired":0},
        "reactivation":{"generated":1,"active":0,"completed":1,"expired":0}}}
        """),
      badging: try tree(
        """
        {"awards":{"activated.bronze":4,"activated.gold":1,"premium.platinum":2},
        "points":{"earned":700,"reversed":100,"sum":600},"notices":{},"offers":{"offer_granted":1}}
        """),
      categories: ["first_call": "onboarding", "first_recharge": "onboarding", "reactivation": "correction"],
      ledger: 600)
  }

  @Test func missionsAreSummedByCategory() throws {
    let report = try report()
    #expect(report.missions(of: "onboarding")["generated"].integer == 7)
    #expect(report.missions(of: "onboarding")["completed"].integer == 3)
    #expect(report.missions(of: "loyalty").isNull)
    #expect(report.missions()["completed"].integer == 4)
  }

  @Test func textHasWhatHappened() throws {
    let text = try report().text
    for line in [
      "own         5         4          0         0        1  exact", "engagement  |▅ █|  1 0 2",
      "onboarding                7          3        1       3          0        0",
      "activated       4       0     1         0", "all             4       0     1         2",
      "points: 700 earned, 100 reversed, 600 sum, all balances together 600", "offers: 1 offer_granted",
    ] { #expect(text.contains(line), "\(line)\n\(text)") }
    #expect(try report().badges.map(\.type) == ["activated", "premium"])
  }

  @Test func jsonIsJSONAndSaysTheSame() throws {
    let json = try tree(try report().json)
    #expect(json["sources"]["own"]["accepted"].integer == 4)
    #expect(json["categories"]["correction"]["completed"].integer == 1)
    #expect(json["points"]["sum"].integer == 600 && json["ledger"].integer == 600)
    #expect(json["clean"] == .bool(true) && json["records_per_second"].integer == 50)
  }

  @Test func whatDoesNotAddUpIsNotClean() throws {
    var other = try report()
    #expect(other.isClean)
    other.ledger = 601
    #expect(!other.isClean)
    other.ledger = nil
    #expect(other.isClean)
    var tally = FateTally()
    tally.records = 1
    other.sources.append(SourceAccount("lost", tally))
    #expect(!other.isClean && other.text.contains("WRONG"))
    other.sources.removeLast()
    other.rebuild = [try tree(#"{"differences":1}"#)]
    #expect(!other.isClean)
  }
}
