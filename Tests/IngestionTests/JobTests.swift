import Contracts
import Foundation
import Support
import Testing
import Wire

@testable import Ingestion

/// Jobs of runs: listed, cancelled, and gone on with.
struct JobTests {
  @Test("a run that is cancelled stops at its next step, and the next one goes on behind it")
  func cancel() async throws {
    let stock = Stock(Stock.calls(0..<40))
    // The third page is given once the test says so.
    let gate = DispatchSemaphore(value: 0)
    let server = try Counterpart { asked in
      let offset = Int(asked.query["offset"] ?? "") ?? 0
      if offset == 20 { gate.wait() }
      return .init(Stock.list(stock.records.dropFirst(offset).prefix(10)))
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/","paging":{"kind":"offset","size":10}}"#)
    let id = try Job.id(try await office.text(IngestionMethod.sync, #"{"source":"calls"}"#))
    while server.asked.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
    // Another request names the run that is under way.
    let again = try Job.id(try await office.text(IngestionMethod.sync, #"{"source":"calls"}"#))
    #expect(again == id)
    while try await office.counts()[0] < 20 { try await Task.sleep(for: .milliseconds(2)) }
    _ = try await office.text(IngestionMethod.cancelJob, #"{"id":"\#(id)"}"#)
    gate.signal()
    let cancelled = try Job(try await office.text(IngestionMethod.job, #"{"id":"\#(id)"}"#))
    #expect(cancelled.status == "cancelled" && cancelled.counts == [20, 20, 0, 0, 0])
    gate.signal()
    let rest = try await office.sync()
    #expect(rest.status == "done" && rest.counts == [20, 20, 0, 0, 0], "\(rest.error)")
    #expect(try await office.counts() == [40, 40, 0, 0, 0, 0])
    let list = try await office.text(Method.jobs, #"{"limit":10}"#)
    let jobs =
      try #require(
        try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [String: [[String: Any]]])["results"]
      ?? []
    #expect(jobs.map { $0["status"] as? String } == ["done", "cancelled"])
    #expect(jobs.allSatisfy { $0["unit"] as? String == "records" && $0["scheduled"] as? Bool == false })
    #expect(jobs.last?["id"] as? String == id)
    try await office.check()
    await running.stop()
    await office.end()
  }
}
