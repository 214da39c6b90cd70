import Foundation
import Support
import Testing
import Wire

@Suite struct JSONTests {
  private static func isAccepted(_ text: [UInt8]) -> Bool {
    var scanner = JSONScanner(text)
    do {
      try scanner.skip()
      try scanner.finish()
      return true
    } catch {
      return false
    }
  }

  /// nst/JSONTestSuite, where it lies beside the repository.
  @Test func theParsingSuiteAgrees() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../shared/suites/json_parsing").standardizedFileURL
    guard
      let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    else {
      return print("skipped: \(folder.path) is not there")
    }
    #expect(files.count > 300)
    for file in files {
      let accepted = Self.isAccepted(Array(try Data(contentsOf: file)))
      switch file.lastPathComponent.prefix(2) {
      case "y_": #expect(accepted, "\(file.lastPathComponent)")
      case "n_": #expect(!accepted, "\(file.lastPathComponent)")
      default: break
      }
    }
  }

  @Test func textRoundTrips() throws {
    for text in ["", "\"\\\u{0}\n\t\r", "ü🎉", "a/b", "\u{7f}\u{2028}"] {
      let bytes = JSONWriter.object { $0.member("k", text) }
      var scanner = JSONScanner(bytes)
      try scanner.beginObject()
      #expect(try scanner.nextKey()?.description == "k")
      #expect(try scanner.string() == text)
      #expect(try scanner.nextKey() == nil)
      try scanner.finish()
    }
  }

  @Test func escapesAndNumbersAreRead() throws {
    var scanner = JSONScanner(
      Array(#"["\ud83c\udf89\u0041\/", -9223372036854775808, 1.50, null, [ ], {}]"#.utf8))
    try scanner.beginArray()
    #expect(try scanner.nextElement())
    #expect(try scanner.string() == "🎉A/")
    #expect(try scanner.nextElement())
    #expect(try scanner.integer() == .min)
    #expect(try scanner.nextElement())
    #expect(try scanner.decimal() == Decimal6("1.5"))
    #expect(try scanner.nextElement())
    #expect(try scanner.takeNull())
    while try scanner.nextElement() { try scanner.skip() }
    try scanner.finish()
  }

  @Test(arguments: [
    #""\ud83c""#, "9223372036854775808", "-9223372036854775809", "1.0", "01", "\"\u{1}\"", "tru",
  ])
  func whatDoesNotFitThrows(_ text: String) {
    var scanner = JSONScanner(Array(text.utf8))
    #expect(throws: JSONError.self) {
      if text.hasPrefix("\"") { _ = try scanner.string() } else { _ = try scanner.integer() }
      try scanner.finish()
    }
  }

  @Test func randomBytesNeverTrap() {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("json seed: \(seed)")
    var random = SeededGenerator(seed: seed)
    let alphabet = Array(#"{}[]",:\u0 1e-.tfn"#.utf8) + [0xC3, 0xFF]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<24, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      _ = Self.isAccepted(text)
    }
  }
}
