import Foundation
import Testing

@testable import Command

@Suite struct RecordCutterTests {
  private static let csv = SourceFile.Format(isCSV: true, hasHeader: false)

  /// Cuts a text that comes in pieces of this size.
  private func cut(_ text: [UInt8], _ format: SourceFile.Format = csv, piece: Int) -> [String] {
    var cutter = RecordCutter(format)
    var records: [String] = []
    func drain() {
      while let record = cutter.next() { records.append(String(decoding: record, as: UTF8.self)) }
    }
    var start = 0
    while start < text.count {
      cutter.append(text[start..<min(start + piece, text.count)])
      drain()
      start += piece
    }
    cutter.finish()
    drain()
    return records
  }

  /// The same in pieces of every size up to the whole.
  private func expect(
    _ text: String, _ records: [String], _ format: SourceFile.Format = csv,
    location: SourceLocation = #_sourceLocation
  ) {
    let bytes = Array(text.utf8)
    for piece in 1...max(bytes.count, 1) {
      #expect(cut(bytes, format, piece: piece) == records, "pieces of \(piece)", sourceLocation: location)
    }
  }

  @Test func linesEndWithEitherLineEnd() {
    expect("a,b\nc,d\r\ne,f", ["a,b", "c,d", "e,f"])
    expect("a\r\n\r\n\n\nb\n", ["a", "b"])
    expect("", [])
  }

  @Test func aLineEndWithinQuotesBelongsToTheField() {
    expect("1,\"two\nlines\",x\n2,y\n", ["1,\"two\nlines\",x", "2,y"])
    expect("1,\"a \"\"quoted\"\" word\",x\n2\n", ["1,\"a \"\"quoted\"\" word\",x", "2"])
    expect("\"a\r\nb\"\r\nc\r\n", ["\"a\r\nb\"", "c"])
  }

  @Test func aQuoteWithinAFieldIsAByte() {
    expect("5\" pipe,1\n6\" pipe,2\n", ["5\" pipe,1", "6\" pipe,2"])
  }

  @Test func anEscapeTakesTheMeaningOfAQuote() {
    var format = Self.csv
    format.escape = UInt8(ascii: "\\")
    expect("1,\"a \\\"b\\\"\nc\"\n2\n", ["1,\"a \\\"b\\\"\nc\"", "2"], format)
    expect("1,\"a\\\\\"\n2\n", ["1,\"a\\\\\"", "2"], format)
  }

  @Test func withoutQuotesAQuoteIsAByte() {
    var format = Self.csv
    format.quote = nil
    expect("1,\"a\n2,b\n", ["1,\"a", "2,b"], format)
    expect("{\"a\":1}\n{\"b\":\"x\\ny\"}", ["{\"a\":1}", "{\"b\":\"x\\ny\"}"], SourceFile.Format())
  }

  @Test func aByteOrderMarkIsPassedOver() {
    expect("\u{FEFF}a\nb\n", ["a", "b"])
    expect("\u{FEFF}", [])
    // Only the beginning of a mark is none.
    #expect(cut([0xEF, 0xBB], piece: 1).count == 1)
  }

  @Test func anOpenQuoteSpoilsItsOwnLineAlone() {
    expect("1,\"open\n2,b\n3,c\n", ["1,\"open", "2,b", "3,c"])
  }

  @Test func aLineThatIsTooLongIsCutAndTheNextOneIsWhole() {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: RecordCutter.recordBytesMax + 100)
    let records = cut(long + Array("\nnext\n".utf8), piece: 65_536)
    #expect(records.map(\.utf8.count) == [RecordCutter.keptBytesMax, 4])
    #expect(records.last == "next")
  }

  @Test func aQuoteThatIsOpenForTooLongGivesUpItsLine() {
    let lines = String(repeating: "some line\n", count: RecordCutter.recordBytesMax / 10 + 2)
    let records = cut(Array(("1,\"open\n" + lines).utf8), piece: 100_000)
    #expect(records.count == RecordCutter.recordBytesMax / 10 + 3)
    #expect(records.first == "1,\"open" && records.last == "some line")
  }

  @Test func aFileIsReadInChunks() throws {
    let scratch = try Scratch()
    let text = "id,name\n" + (1...12_000).map { "\($0),n\n" }.joined()
    let path = try scratch.file("a.csv", text)
    var format = Self.csv
    format.hasHeader = true
    var file = try DataFile(path, format)
    #expect(file.header.map { String(decoding: $0, as: UTF8.self) } == "id,name")
    var sizes: [Int] = []
    var from = 0
    while let chunk = try file.chunk(from: from) {
      #expect(chunk.from == from)
      sizes.append(chunk.records.count)
      from = chunk.to
    }
    #expect(sizes == [5_000, 5_000, 2_000])
    #expect(file.bytesRead == file.size)
    #expect(throws: Fault.self) { try DataFile(scratch.path + "/none.csv", format) }
  }

  @Test func whatIsNoFileOfRecordsIsSaid() throws {
    let scratch = try Scratch()
    var format = Self.csv
    format.hasHeader = true
    let packed = scratch.path + "/a.csv.gz"
    try Data([0x1F, 0x8B, 8, 0, 0x0A]).write(to: URL(filePath: packed))
    for (path, reason) in [
      (scratch.path, "is a folder"), (packed, "is compressed"),
      (try scratch.file("empty.csv", ""), "is empty"),
    ] {
      let fault = #expect(throws: Fault.self) { try DataFile(path, format) }
      #expect("\(fault as Any)".contains(reason), "\(path)")
    }
  }
}
