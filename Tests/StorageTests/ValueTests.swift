import Foundation
import Storage
import Testing

@Suite struct ValueTests {
  @Test(arguments: engines)
  func valuesComeBack(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    let values: [SQLValue] = [
      .null, .integer(.min), .integer(.max), .integer(0), .integer(-1), .text(""), .text("it's \"quoted\""),
      .text("🦊 ß\u{301}"), .text("?1 $1 -- x"), .blob([]), .blob([0]), .blob([0xff, 0, 0x5c, 0x27]),
    ]
    for value in values {
      let column =
        switch value {
        case .integer: "number"
        case .text: "note"
        case .blob, .null: "value"
        }
      try session.execute("DELETE FROM state")
      try session.execute("INSERT INTO state(partition,key,\(column)) VALUES(1,?1,?2)", [.blob([1]), value])
      let back = try session.query("SELECT \(column) FROM state") { ($0.value(0), $0.isNull(0)) }
      #expect(back.map(\.0) == [value])
      #expect(back.map(\.1) == [value == .null])
    }
  }

  @Test(arguments: engines)
  func everyAccessorReads(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    try session.execute(
      "INSERT INTO state VALUES(1,?1,NULL,?2,?3)", [.blob([7, 8]), .text("42"), .integer(9)])
    _ = try session.query("SELECT key, value, note, number FROM state") { row in
      #expect(row.count == 4)
      #expect(row.blob(0) == [7, 8])
      #expect(row.withBlob(0) { $0.reduce(0) { $0 + Int($1) } } == 15)
      #expect(row.isNull(1) && row.integer(1) == 0 && row.text(1) == "" && row.blob(1) == [])
      #expect(row.text(2) == "42" && row.integer(2) == 42 && row.blob(2) == Array("42".utf8))
      #expect(row.integer(3) == 9 && row.text(3) == "9")
    }
  }

  @Test(arguments: engines)
  func naughtyTextsComeBack(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    let texts = try naughtyTexts().filter { !$0.utf8.contains(0) }
    let keys = texts.indices.map { SQLValue.blob(Array("\($0)".utf8)) }
    try session.upsert(
      table: "state", scalars: [("partition", .integer(3))], key: ["partition", "key"],
      columns: [("key", keys), ("note", texts.map { .text($0) })])
    for (key, text) in zip(keys, texts) {
      let back = try session.query(
        "SELECT note FROM state WHERE partition=3 AND key=?1 AND note=?2", [key, .text(text)]
      ) { $0.text(0) }
      #expect(back == [text])
    }
  }

  @Test(arguments: engines)
  func zeroInTextIsRefused(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    #expect(
      code { _ = try session.query("SELECT count(*) FROM state WHERE note=?1", [.text("a\0b")]) { _ in } }
        == .invalid)
    #expect(
      code {
        try session.upsert(
          table: "state", scalars: [("partition", .integer(1))], key: ["partition", "key"],
          columns: [("key", [.blob([1])]), ("note", [.text("\0")])])
      } == .invalid)
    #expect(try session.rows() == 0)
  }

  @Test(arguments: engines)
  func textsCompareByBytes(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    for text in ["b", "B", "é", "a", "Z"] {
      try session.execute(
        "INSERT INTO state(partition,key,note) VALUES(1,?1,?2)", [.blob(Array(text.utf8)), .text(text)])
    }
    let sorted = try session.query("SELECT note FROM state ORDER BY note") { $0.text(0) }
    #expect(sorted == ["B", "Z", "a", "b", "é"])
  }

  /// The shared list where the checkout has it beside itself, and a few of its kind in any case.
  private func naughtyTexts() throws -> [String] {
    let here = URL(filePath: #filePath).resolvingSymlinksInPath()
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "../shared/suites/naughty_strings.json").standardizedFileURL
    let few = ["", "'; DROP TABLE state;--", "\u{feff}", "田中さん", "%s\\n", "\u{202e}abc", "1'1\"1`"]
    guard let data = try? Data(contentsOf: file) else { return few }
    return try few + JSONDecoder().decode([String].self, from: data)
  }
}
