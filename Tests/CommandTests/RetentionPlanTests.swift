import Contracts
import Testing
import Wire

@testable import Command

@Suite struct RetentionPlanTests {
  private func report(_ service: String, _ partitions: String) throws -> JSONTree {
    try JSONTree(Array(#"{"service":"\#(service)","partitions":{\#(partitions)}}"#.utf8)[...])
  }

  private var reports: [JSONTree] {
    get throws {
      [
        try report("ingestion", #""0":{"head":50,"followed":{}},"1":{"head":9,"followed":{}}"#),
        try report("scoring", #""0":{"head":7,"followed":{"events":40}}"#),
        try report("scoring", #""1":{"head":8,"followed":{"events":9}}"#),
        try report(
          "missions",
          #""0":{"head":3,"followed":{"events":45,"crossings":6}},"1":{"head":3,"followed":{"events":0}}"#),
        try report("badging", #""0":{"head":2,"followed":{"crossings":7,"outcomes":1}}"#),
        try report("badging", #""1":{"head":2,"followed":{"outcomes":3}}"#),
      ]
    }
  }

  @Test func theSlowestSnapshotDecides() throws {
    let plan = try RetentionPlan(try reports, partitions: 2)
    #expect(plan.through[.ingestion] == [0: 40, 1: 0])
    #expect(plan.through[.scoring] == [0: 6, 1: 8])
    #expect(plan.through[.missions] == [0: 1, 1: 3])
    #expect(plan.through[.badging] == [0: 2, 1: 2])
  }

  @Test func nothingGoesWhileSomebodyIsAway() throws {
    let refusal = #expect(throws: Fault.self) {
      try RetentionPlan(try reports.filter { $0["service"].text != "badging" }, partitions: 2)
    }
    #expect(refusal?.what.contains("badging") == true)
    #expect(throws: Fault.self) { try RetentionPlan(try reports, partitions: 3) }
  }
}
