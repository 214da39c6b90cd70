import Contracts
import Journal
import Support
import Synchronization
import Testing

@testable import Ingestion

/// Runs over HTTP that are broken off, while the other side changes what it says.
struct FeedCrashTests {
  @Test("a crash at any commit neither loses nor repeats a record", arguments: CutPoint.allCases)
  func crash(point: CutPoint) async throws {
    let stock = Stock(Stock.calls(0..<60))
    // Each time a page is asked for it has another size: what is in hand must not be asked for again.
    let size = Mutex(0)
    let server = try Counterpart { asked in
      let start = Int(asked.query["page"] ?? "0") ?? 0
      let count = size.withLock { size in
        size = size % 11 + 4
        return size
      }
      let next = start + count < stock.records.count ? #""\#(start + count)""# : "null"
      return .init(
        #"{"next":\#(next),"rows":\#(Stock.list(stock.records.dropFirst(start).prefix(count)))}"#)
    }
    defer { server.stop() }
    let office = try Office()
    var running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/","records":"rows","#
        + #""paging":{"kind":"token","param":"page","next":"next"}}"#)
    running = try await CrashTests.throughCrashes(at: point, office, running)
    #expect(try await office.counts() == [60, 60, 0, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }
}
