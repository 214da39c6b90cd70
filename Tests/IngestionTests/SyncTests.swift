import Contracts
import Foundation
import Journal
import Support
import Synchronization
import Testing
import Wire

@testable import Ingestion

/// The file connector over real folders.
struct SyncTests {
  private static let header = "who,seconds,at,id\n"

  private static func line(_ number: Int) -> String {
    "C-\(number % 7),\(number),2024-05-31T10:00:00Z,r\(number)\n"
  }

  private static func lines(_ numbers: Range<Int>) -> String { numbers.map(line).joined() }

  @Test("every file once, in the order of names; the second run reads nothing")
  func once() async throws {
    let office = try Office()
    let running = try await office.start()
    try await office.define()
    try office.write("b.csv", Self.header + Self.lines(0..<50))
    try office.write("a.csv", Self.header + Self.lines(40..<60))
    try office.write("c.txt", Self.header + Self.lines(100..<200))
    try office.write(".d.csv", Self.header + Self.lines(100..<200))
    let first = try await office.sync()
    #expect(first.status == "done", "\(first.error)")
    #expect(first.counts == [70, 60, 10, 0, 0])
    #expect(first.done == first.total && first.done > 0)
    let events = try await office.text(Method.events, #"{"customer_id":"C-5","limit":1}"#)
    // b.csv came last.
    #expect(events.contains(#""source_event_id":"r33""#) || events.contains(#""source_event_id":"r"#))
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    let sources = try await office.text(Method.sources, #"{"source":"calls"}"#)
    #expect(sources.contains(#""last_sync_at":\#(Office.now),"last_sync_status":"done"}]}"#), "\(sources)")
    let totals = try await office.text(IngestionMethod.sourceTotals, #"{"source":"calls"}"#)
    #expect(totals.hasPrefix(#"{"source":"calls","records":70,"accepted":60,"duplicate":10,"rejected":0,"#))
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("an empty file, one with a header only, a byte order mark, CRLF, a broken line in the middle")
  func shapes() async throws {
    let office = try Office()
    let running = try await office.start()
    try await office.define()
    try office.write("1.csv", "")
    try office.write("2.csv", Self.header)
    try office.write(
      "3.csv", "\u{FEFF}" + (Self.header + Self.lines(0..<3)).replacing("\n", with: "\r\n"))
    let broken = "C-1,7,\"2024-05-31T10:00:00Z,r9\n"
    try office.write("4.csv", Self.header + Self.lines(3..<5) + broken + "C-1,8\n" + Self.line(6).dropLast())
    let job = try await office.sync()
    #expect(job.status == "done", "\(job.error)")
    #expect(job.counts == [8, 6, 0, 2, 0])
    let rejected = try await office.text(Method.rejected, #"{"source":"calls"}"#)
    #expect(rejected.contains(#""code":"bad_record","message":"a quoted field does not end""#), "\(rejected)")
    #expect(rejected.contains(#""message":"2 columns, the header has 4","raw":"C-1,8"}"#), "\(rejected)")
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    await running.stop()
    await office.end()
  }

  @Test("a file that grows is read on, one that is replaced is read again, the same content elsewhere too")
  func changes() async throws {
    let office = try Office()
    let running = try await office.start()
    try await office.define()
    try office.write("a.csv", Self.header + Self.lines(0..<10))
    #expect(try await office.sync().counts == [10, 10, 0, 0, 0])
    try office.write("a.csv", Self.header + Self.lines(0..<15) + "C-1,9")
    // The last line is cut off in the middle: it is a record of its own until it has grown.
    #expect(try await office.sync().counts == [6, 5, 0, 1, 0])
    try office.write("a.csv", Self.header + Self.lines(0..<15) + "C-1,99,2024-05-31T10:00:00Z,r99\n")
    #expect(try await office.sync().counts == [1, 1, 0, 0, 0])
    try office.write("a.csv", Self.header + Self.lines(5..<20))
    #expect(try await office.sync().counts == [15, 5, 10, 0, 0])
    try office.write("a.csv", Self.header + Self.lines(0..<10))
    #expect(try await office.sync().counts == [10, 0, 10, 0, 0])
    try office.write("b.csv", Self.header + Self.lines(0..<10))
    #expect(try await office.sync().counts == [10, 0, 10, 0, 0])
    try office.write("b.csv", Self.header)
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("a file that cannot be read fails the run after the others; without a folder nothing begins")
  func problems() async throws {
    let office = try Office()
    let running = try await office.start()
    try await office.define()
    try office.write("a\u{7}.csv", Self.header + Self.lines(0..<3))
    try office.write("b.csv", Self.header + Self.lines(0..<3))
    let job = try await office.sync()
    #expect(job.status == "failed")
    #expect(job.error.hasPrefix("1 files were not read: a file's name cannot be used"))
    #expect(job.counts == [3, 3, 0, 0, 0])
    try FileManager.default.removeItem(atPath: office.files)
    let gone = try await office.sync()
    #expect(gone.status == "failed")
    #expect(gone.error.contains("cannot be read: No such file or directory"))
    for source in ["cdr", "app", "nothing"] {
      await #expect(throws: WireError.self) { try await office.sync(source) }
    }
    for id in ["j-0-9999", "j-9-1", "m-0-1", "j-0-01", ""] {
      await #expect(throws: WireError.self) {
        try await office.text(IngestionMethod.job, #"{"id":"\#(id)"}"#)
      }
    }
    await running.stop()
    await office.end()
  }
}
