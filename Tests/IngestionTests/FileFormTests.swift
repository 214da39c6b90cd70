import Contracts
import Foundation
import Support
import Testing
import Wire

@testable import Ingestion

/// The file connector over compressed files, lines of fixed width, other dialects, and files in motion.
struct FileFormTests {
  private static func line(_ number: Int) -> String {
    "C-\(number % 7),\(number),2024-05-31T10:00:00Z,r\(number)\n"
  }
  private static func lines(_ numbers: Range<Int>) -> String { numbers.map(line).joined() }
  private static let header = "who,seconds,at,id\n"

  /// What `gzip` makes of a text.
  private static func packed(_ text: String, in office: Office) throws -> Data {
    let path = "\(office.folder.path)/packing"
    try Data(text.utf8).write(to: URL(filePath: path))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", #"gzip -nf "$0" && exec test -e "$0.gz""#, path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try Data(contentsOf: URL(filePath: path + ".gz"))
  }

  private static func write(_ data: Data, _ name: String, _ office: Office) throws {
    try data.write(to: URL(filePath: "\(office.files)/\(name)"))
  }

  @Test("a compressed file once; one that is cut off fails and is read on, more members are more records")
  func gzip() async throws {
    let office = try Office(chunkRecords: 100)
    let running = try await office.start()
    try await office.define(glob: "*.csv*")
    let first = try Self.packed(Self.header + Self.lines(0..<1_000), in: office)
    try Self.write(first, "a.csv.gz", office)
    let job = try await office.sync()
    #expect(job.status == "done", "\(job.error)")
    #expect(job.counts == [1_000, 1_000, 0, 0, 0])
    #expect(job.done == job.total && job.done == Int64(first.count))
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    // Another member behind the first one.
    let second = try Self.packed(Self.lines(1_000..<1_200), in: office)
    try Self.write(first + second.dropLast(9), "a.csv.gz", office)
    let cut = try await office.sync()
    #expect(cut.status == "failed" && cut.error.contains("ends before its end"), "\(cut.error)")
    try Self.write(first + second, "a.csv.gz", office)
    _ = try await office.sync()
    #expect(try await office.counts() == [1_200, 1_200, 0, 0, 0, 0])
    // A changed time alone is no new content, and another content is.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: "\(office.files)/a.csv.gz")
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    try Self.write(try Self.packed(Self.header + Self.lines(1_190..<1_300), in: office), "a.csv.gz", office)
    #expect(try await office.sync().counts == [110, 100, 10, 0, 0])
    try Self.write(Data([0x1F, 0x8B, 1, 2, 3]), "b.csv.gz", office)
    #expect(try await office.sync().error.contains("'\(office.files)/b.csv.gz' cannot be unpacked"))
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("lines of fixed width, blanks at their ends or not")
  func fixed() async throws {
    let office = try Office()
    let running = try await office.start()
    let columns =
      #"[{"name":"who","width":6},{"name":"seconds","width":5},{"name":"at","start":15,"width":20},"#
      + #"{"name":"id","width":4}]"#
    try await office.define(format: #""format":"fixed","columns":\#(columns)"#, glob: "*.txt")
    try office.write(
      "a.txt",
      """
      C-1      12   2024-05-31T10:00:00Zr1  \r
      C-2   30      2024-05-31T10:00:00Zr2
      C-3   30      2024-05-31T10:00
      C-müller   99 2024-05-31T10:00:00Zr4

      """)
    let job = try await office.sync()
    #expect(job.counts == [4, 2, 0, 2, 0], "\(job.error)")
    let event = try await office.text(Method.events, #"{"customer_id":"C-1","limit":1}"#)
    #expect(event.contains(#""value":12"#) && event.contains(#""source_event_id":"r1""#), "\(event)")
    for wrong in [
      #""format":"fixed""#, #""format":"fixed","columns":["a"]"#, #""format":"csv","columns":\#(columns)"#,
      #""format":"fixed","columns":[{"name":"who","width":0}]"#,
      #""format":"fixed","columns":[{"name":"who","width":9}]"#,
    ] {
      await #expect(throws: WireError.self) { try await office.define(format: wrong, glob: "*.txt") }
    }
    await running.stop()
    await office.end()
  }

  @Test(
    "a dialect of its own: byte order mark, CRLF, quoted line ends, wrong numbers of columns in the middle")
  func dialect() async throws {
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      format: #""format":"csv","delimiter":";","quote":"'","escape":"\\","header":false,"#
        + #""columns":["who","seconds","at","id","note"]"#)
    let time = "2024-05-31T10:00:00Z"
    let rows = [
      "C-1;1;\(time);r1;plain", "C-1;2;\(time);r2;'two\r\nlines; and \\' a quote'", "C-1;3;\(time)",
      "C-1;4;\(time);r4;a;b", "C-1;5;\(time);r5;", "'C-1';'6';'\(time)';'r6';''",
    ]
    try office.write("a.csv", "\u{FEFF}" + rows.joined(separator: "\r\n"))
    let job = try await office.sync()
    #expect(job.status == "done", "\(job.error)")
    #expect(job.counts == [6, 4, 0, 2, 0])
    let rejected = try await office.text(Method.rejected, #"{"source":"calls"}"#)
    #expect(rejected.contains("3 columns, the header has 5"), "\(rejected)")
    #expect(rejected.contains("6 columns, the header has 5"), "\(rejected)")
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("a file that grows all the while gives each line once", .timeLimit(.minutes(2)))
  func growing() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("growing seed: \(seed)")
    let office = try Office(chunkRecords: 64)
    let running = try await office.start()
    try await office.define()
    try office.write("a.csv", Self.header)
    let path = "\(office.files)/a.csv"
    let writing = Task {
      var random = SeededGenerator(seed: seed)
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      try handle.seekToEnd()
      var number = 0
      while number < 3_000 {
        let next = min(number + Int.random(in: 1..<200, using: &random), 3_000)
        // Whole lines at once, as a writer that flushes does.
        try handle.write(contentsOf: Data(Self.lines(number..<next).utf8))
        number = next
        await Task.yield()
      }
      try handle.close()
    }
    while try await office.counts()[0] < 3_000 { #expect(try await office.sync().status == "done") }
    try await writing.value
    #expect(try await office.counts() == [3_000, 3_000, 0, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }
}
