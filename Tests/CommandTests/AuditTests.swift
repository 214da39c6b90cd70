import Contracts
import Foundation
import Testing
import Wire

@testable import Command

/// Two partitions; Scoring has taken all of the events, Badging is one outcome behind.
@Suite struct AuditTests {
  private static func report(_ service: String, _ journals: String, findings: String = "[]") throws
    -> AuditReport
  {
    let text =
      "{\"service\":\"\(service)\",\"instance\":\"\(service)-1\",\"journals\":{\(journals)},"
      + "\"findings\":\(findings)}"
    return try AuditReport(Frames([Array(text.utf8)]))
  }

  private static func part(_ head: Int, _ sum: String, taken: String = "", parked: String = "") -> String {
    "{\"head\":\(head),\"count\":\(head),\"sum\":\"\(sum)\",\"intake\":0,"
      + "\"taken\":{\(taken)},\"parked\":[\(parked)]}"
  }

  private static func taken(_ journal: String, _ number: Int, _ sum: String) -> String {
    "\"\(journal)\":{\"number\":\(number),\"count\":\(number),\"sum\":\"\(sum)\"}"
  }

  private static func own(_ name: String) -> String {
    "\"definitions.\(name)\":{\"2\":\(part(1, "d\(name.count)"))}"
  }

  private var reports: [AuditReport] {
    get throws {
      let events = Self.taken("events", 5, "e5") + "," + Self.taken("definitions.scoring", 1, "d7")
      return [
        try Self.report(
          "ingestion",
          "\"events\":{\"0\":\(Self.part(5, "e5")),\"1\":\(Self.part(0, "0"))},\(Self.own("ingestion"))"),
        try Self.report(
          "scoring",
          "\"crossings\":{\"0\":\(Self.part(2, "c2", taken: events)),\"1\":\(Self.part(0, "0"))},"
            + Self.own("scoring")
        ),
        try Self.report(
          "missions",
          "\"outcomes\":{\"0\":\(Self.part(3, "o3")),\"1\":\(Self.part(0, "0"))},\(Self.own("missions"))"),
        try Self.report(
          "badging",
          "\"awards\":{\"0\":\(Self.part(1, "a", taken: Self.taken("outcomes", 2, "o2"))),"
            + "\"1\":\(Self.part(0, "0"))},"
            + Self.own("badging")),
      ]
    }
  }

  private static let behind = SumQuestion(journal: .outcomes, partition: 0, number: 2)
  private static let right = [behind: Optional(AuditReport.Sum(count: 2, sum: "o2"))]

  private func findings(
    _ answers: [SumQuestion: AuditReport.Sum?] = right, _ change: (inout [AuditReport]) -> Void
  ) throws -> [String] {
    var reports = try reports
    change(&reports)
    return AuditComparison(reports: reports, partitions: 2).findings(answers)
  }

  @Test func agreeingReportsAreClean() throws {
    let comparison = AuditComparison(reports: try reports, partitions: 2)
    #expect(comparison.questions == [Self.behind])
    #expect(comparison.findings(Self.right) == [])
    #expect(comparison.parked == [])
  }

  @Test func otherEntriesTakenAreFound() throws {
    let head = try findings { $0[1].journals["crossings"]?["0"]?.taken["events"]?.sum = "bad" }
    #expect(head.count == 1 && head[0].contains("scoring-1") && head[0].contains("events 0"))
    let count = try findings { $0[1].journals["crossings"]?["0"]?.taken["events"]?.count = 4 }
    #expect(count.count == 1)
    let definitions = try findings {
      $0[1].journals["crossings"]?["0"]?.taken["definitions.scoring"]?.sum = "bad"
    }
    #expect(definitions.count == 1)
    let behind = try findings([Self.behind: AuditReport.Sum(count: 2, sum: "bad")]) { _ in }
    #expect(behind.count == 1 && behind[0].contains("badging-1"))
  }

  @Test func entriesThatAreNotThereAreFound() throws {
    #expect(try findings([Self.behind: nil]) { _ in }.first?.contains("is not there") == true)
    #expect(try findings([:]) { _ in }.first?.contains("was not compared") == true)
  }

  @Test func missingAndSecondOwnersAreFound() throws {
    #expect(try findings { $0[0].journals["events"]?["1"] = nil } == ["events 1 has no owner"])
    let second = try findings { reports in
      var copy = reports[3]
      copy.instance = "badging-2"
      copy.journals = ["awards": ["1": copy.journals["awards"]?["1"]].compactMapValues { $0 }]
      reports.append(copy)
    }
    #expect(second == ["awards 1 has several owners: badging-1, badging-2"])
    let none = try findings { $0[2].journals["definitions.missions"] = nil }
    #expect(none == ["definitions.missions 2 has no owner"])
    let stranger = try findings { reports in
      let copy = reports[2].journals["outcomes"]?["1"]
      reports[2].journals["outcomes"]?["9"] = copy
    }
    #expect(stranger == ["outcomes has a partition 9 that should not be"])
  }

  @Test func findingsOfServicesAndSetAsideEntriesAreShown() throws {
    #expect(try findings { $0[2].findings = ["six active missions"] } == ["missions-1: six active missions"])
    var reports = try reports
    reports[1].journals["crossings"]?["0"]?.parked = ["events/3"]
    let comparison = AuditComparison(reports: reports, partitions: 2)
    #expect(comparison.parked == ["scoring-1: events/3"])
    let audit = Audit(services: 4, entries: 11, findings: [], parked: comparison.parked)
    #expect(!audit.isClean(false) && audit.isClean(true))
  }

  @Test func recordsWithoutExactlyOneFateAreFound() throws {
    let good = "{\"records\":10,\"accepted\":5,\"duplicate\":2,\"rejected\":2,\"skipped\":1,\"chunks\":1}"
    let bad = "{\"records\":10,\"accepted\":5,\"duplicate\":2,\"rejected\":2,\"skipped\":0,\"chunks\":1}"
    let totals = try JSONTree(Array("{\"sources\":{\"a\":\(good),\"b\":\(bad)}}".utf8)[...])
    #expect(AuditComparison.records(totals) == ["source b: 10 records have 9 fates"])
  }

  @Test func aReportThatCannotBeReadIsAFault() {
    #expect(throws: Fault.self) { try AuditReport(Frames([Array("{\"service\":1}".utf8)])) }
    #expect(throws: Fault.self) { try AuditReport(Frames()) }
  }
}
