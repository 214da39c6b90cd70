import Contracts
import Foundation
import Journal
import Support
import Testing
import Wire

@testable import Ingestion

/// Runs that schedules begin.
struct ScheduleRunTests {
  private static let hour: Int64 = 3_600_000_000

  private static func runner(_ running: Office.Running) -> ScheduleRunner {
    ScheduleRunner(sync: syncHandler(running.node, zone: .utc), zone: .utc)
  }

  /// Looks, and waits until nothing runs.
  private static func look(_ office: Office, _ running: Office.Running, at now: Int64) async throws {
    office.advance(to: now)
    await runner(running).look(now: now)
    while try await office.text(Method.jobs, "{}").contains(#""status":"running""#) {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test(
    "a run begins when it is due, not before; one that finds nothing leaves no trace, a failure backs off")
  func due() async throws {
    let office = try Office()
    let running = try await office.start()
    try await running.open(definitionsToo: true)
    try await office.define(
      connection: #"{"kind":"file","directory":"\#(office.files)"}"#, frequency: "30 * * * *")
    try office.write("a.jsonl", Stock.calls(0..<5).joined(separator: "\n"))
    let start = Office.now
    try await Self.look(office, running, at: start + Self.hour / 4)
    #expect(try await office.counts() == [0, 0, 0, 0, 0, 0])
    try await Self.look(office, running, at: start + Self.hour / 2)
    #expect(try await office.counts() == [5, 5, 0, 0, 0, 0])
    let shown = try await office.shown()
    #expect(shown.contains(#""next_sync_at":\#(start + Self.hour * 3 / 2),"#), "\(shown)")
    #expect(shown.contains(#""is_silent":false"#), "\(shown)")
    for hours in 1...3 {
      try await Self.look(office, running, at: start + Self.hour / 2 + Int64(hours) * Self.hour)
    }
    var jobs = try await office.text(Method.jobs, "{}")
    #expect(
      jobs.ranges(of: #""id":"#).count == 1 && jobs.contains(#""scheduled":true,"status":"done""#), "\(jobs)")
    #expect(try await office.shown().contains(#""is_silent":false"#))
    // Without its folder it fails, and is begun again after 30 s.
    try FileManager.default.removeItem(atPath: office.files)
    let failing = start + Self.hour / 2 + 4 * Self.hour
    try await Self.look(office, running, at: failing)
    try await Self.look(office, running, at: failing + 29_000_000)
    jobs = try await office.text(Method.jobs, "{}")
    #expect(jobs.ranges(of: #""status":"failed""#).count == 1, "\(jobs)")
    try await Self.look(office, running, at: failing + 30_000_000)
    jobs = try await office.text(Method.jobs, "{}")
    #expect(jobs.ranges(of: #""status":"failed""#).count == 2, "\(jobs)")
    #expect(try await office.shown().contains(#""is_silent":true"#))
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("a bad schedule is refused when it is saved")
  func refused() async throws {
    let office = try Office()
    let running = try await office.start()
    for frequency in ["sometimes", "61 * * * *", "0 0 31 2 *"] {
      await #expect(throws: WireError.self) {
        try await office.define(connection: #"{"kind":"push"}"#, frequency: frequency)
      }
    }
    await running.stop()
    await office.end()
  }

  @Test(
    "of two replicas one begins the run",
    .enabled(if: PrivatePostgres.isAvailable, "PostgreSQL is not installed"))
  func replicas() async throws {
    let office = try Office(database: try PrivatePostgres.shared().freshDatabase())
    let both = [try await office.start("ingestion-1"), try await office.start("ingestion-2")]
    while both.contains(where: { $0.node.main.open.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
    try office.write("a.jsonl", Stock.calls(0..<200).joined(separator: "\n"))
    try await office.define(
      connection: #"{"kind":"file","directory":"\#(office.files)"}"#, frequency: "real_time")
    // Each replica knows the source once its partitions have followed the definition.
    while try await office.counts()[0] < 200 {
      await withTaskGroup(of: Void.self) { group in
        for running in both { group.addTask { await Self.runner(running).look(now: Office.now + Self.hour) } }
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try await office.counts() == [200, 200, 0, 0, 0, 0])
    let jobs = try await office.text(Method.jobs, "{}")
    #expect(jobs.ranges(of: #""accepted":200"#).count == 1, "\(jobs)")
    for running in both { await running.stop() }
    await office.end()
  }
}
