import Support
import Testing

@testable import Ingestion

struct CSVTests {
  @Test(
    "fields",
    arguments: [
      ("a,b,c", ["a", "b", "c"]), ("", [""]), (",", ["", ""]), ("a,,", ["a", "", ""]),
      (#""a,b",c"#, ["a,b", "c"]), (#""say ""hi""",2"#, [#"say "hi""#, "2"]), (#""""#, [""]),
      ("\"two\nlines\",x", ["two\nlines", "x"]), (#"a"b,c"#, [#"a"b"#, "c"]),
      ("00186705257,ü", ["00186705257", "ü"]),
      (#""a","#, ["a", ""]), (#"x,"""#, ["x", ""]),
    ] as [(String, [String])])
  func fields(record: String, expected: [String]) {
    #expect(CSVFields.all(bytes(record), CSVDialect()).map(text) == expected)
  }

  @Test func dialects() {
    let pipes = CSVDialect(delimiter: UInt8(ascii: "|"), quote: nil)
    #expect(CSVFields.all(bytes(#"a|"b|c"#), pipes).map(text) == ["a", #""b"#, "c"])
    let escaped = CSVDialect(delimiter: 0x09, quote: UInt8(ascii: "'"), escape: UInt8(ascii: "\\"))
    #expect(CSVFields.all(bytes("'it\\'s\t1'\t2"), escaped).map(text) == ["it's\t1", "2"])
  }

  @Test("a broken quote is said, not guessed", arguments: [#"a,"b"#, #""a"b,c"#])
  func flaws(record: String) {
    var fields = CSVFields(bytes(record), CSVDialect())
    var count = 0
    while fields.next() != nil { count += 1 }
    #expect(fields.flaw != nil)
    #expect(count <= 2)
  }

  @Test("records, whatever the pieces: mark, CRLF, quoted line ends, empty lines, no last line end")
  func pieces() {
    let file = Array("\u{FEFF}id,note\r\n1,\"two\r\nlines, \"\"x\"\"\"\r\n\r\n\n2,plain\n3,\"\"\n4,last".utf8)
    let expected = ["id,note", "1,\"two\r\nlines, \"\"x\"\"\"", "2,plain", "3,\"\"", "4,last"]
    for size in 1...file.count {
      let pieces = stride(from: 0, to: file.count, by: size).map {
        Array(file[$0..<min($0 + size, file.count)])
      }
      let records = split(pieces)
      #expect(records.map { text($0.bytes) } == expected, "pieces of \(size)")
      #expect(records.allSatisfy { $0.flaw == nil })
      for record in records {
        #expect(Array(record.bytes) == Array(file[Int(record.offset)...].prefix(record.bytes.count)))
      }
      #expect(records.last?.next == Int64(file.count))
    }
  }

  @Test("a file can be resumed at any record")
  func resume() {
    let file = Array("a,b\n1,\"x\ny\"\n2,z\n3,w\n".utf8)
    let whole = split([file])
    for (index, record) in whole.enumerated() {
      var splitter = RecordSplitter(format: .csv(CSVDialect(), columns: []), offset: record.next)
      splitter.append(file[Int(record.next)...])
      splitter.finish()
      var rest: [SplitRecord] = []
      while let next = splitter.next() { rest.append(next) }
      #expect(rest == Array(whole[(index + 1)...]))
    }
  }

  @Test("random files come out as they were written, in random pieces")
  func random() {
    let seed = UInt64.random(in: .min ... .max)
    print("random CSV: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let rows = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        (0..<3).map { _ in Self.field(&random) }
      }
      let file = rows.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
      var rest = Array(file.utf8)[...]
      var pieces: [[UInt8]] = []
      while !rest.isEmpty {
        pieces.append(Array(rest.prefix(Int.random(in: 1...9, using: &random))))
        rest = rest.dropFirst(pieces[pieces.count - 1].count)
      }
      let read = split(pieces).map { CSVFields.all($0.bytes, CSVDialect()).map(text) }
      #expect(read == rows, "seed \(seed)")
    }
  }

  private static func field(_ random: inout SeededGenerator) -> String {
    let alphabet = ["a", "7", ",", "\"", "\n", "\r\n", " ", "é", ""]
    // Never quite empty: an empty line would be no record.
    return "x"
      + (0..<Int.random(in: 0...5, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }.joined()
  }

  private static func quoted(_ field: String) -> String {
    "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  @Test("an open quote costs one line")
  func openQuote() {
    let records = split([Array("1,a\n2,\"open\n3,c\n4,d".utf8)])
    #expect(records.map { text($0.bytes) } == ["1,a", "2,\"open", "3,c", "4,d"])
    #expect(records.map { $0.flaw != nil } == [false, true, false, false])
  }

  @Test("a record that is too long is cut, and the next one is whole", arguments: [1_000, 70_000, 1_000_000])
  func tooLong(piece: Int) {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: RecordSplitter.recordBytesMax + 10_000)
    let file = Array("1,a\n".utf8) + long + Array("\n2,b\n".utf8)
    let pieces = stride(from: 0, to: file.count, by: piece).map {
      Array(file[$0..<min($0 + piece, file.count)])
    }
    let records = split(pieces)
    #expect(records.count == 3)
    #expect(records[1].flaw != nil)
    #expect(records[1].bytes.count == RecordSplitter.flawedBytesMax)
    #expect(records[1].offset == 4)
    #expect(text(records[2].bytes) == "2,b")
    #expect(records[2].flaw == nil)
    #expect(records[2].offset == Int64(file.count - 4))
  }

  @Test func jsonLines() {
    let records = split([Array("{\"a\":\"\\\"\"}\n\n{\"b\":2}\r\n{\"c\":3}".utf8)], .jsonLines)
    #expect(records.map { text($0.bytes) } == ["{\"a\":\"\\\"\"}", "{\"b\":2}", "{\"c\":3}"])
  }
}
