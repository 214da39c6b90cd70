import Foundation
import Logging
import Testing

@testable import Hosting

@Suite struct LogTests {
  private func line(
    _ message: String, _ metadata: Logger.Metadata = [:], micros: Int64 = 1_769_903_999_123_456
  ) -> LogLine {
    LogLine(
      micros: micros, level: .info, service: "scoring", instance: "scoring-1", message: message,
      metadata: metadata)
  }

  private func members(_ bytes: [UInt8]) throws -> [String: String] {
    let object = try JSONSerialization.jsonObject(with: Data(bytes))
    return try #require(object as? [String: Any]).mapValues { "\($0)" }
  }

  @Test func jsonHasAllMembers() throws {
    let bytes = line("hello \"you\"\n\u{1}", ["request_id": "r-1", "ts": "x"]).bytes(.json)
    #expect(bytes.last == 10 && bytes.dropLast().allSatisfy { $0 >= 32 })
    #expect(
      try members(bytes) == [
        "ts": "2026-01-31T23:59:59.123Z", "level": "info", "service": "scoring", "instance": "scoring-1",
        "message": "hello \"you\"\n\u{1}", "request_id": "r-1", "metadata_ts": "x",
      ])
  }

  @Test func textIsOneLine() {
    let bytes = line("a\nb\u{1B}[31m", ["n": "3", "who": "x \"y\""]).bytes(.text)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text == "2026-01-31T23:59:59.123Z INFO scoring-1: a b [31m n=3 who=\"x \\\"y\\\"\"\n")
  }

  @Test func timesHaveThreePlaces() {
    #expect(Timestamp.text(micros: 0) == "1970-01-01T00:00:00.000Z")
    #expect(Timestamp.text(micros: -1) == "1969-12-31T23:59:59.999Z")
    #expect(Timestamp.text(micros: 1_709_164_800_050_999) == "2024-02-29T00:00:00.050Z")
  }

  @Test func secretsAreMaskedAlsoInside() throws {
    let bytes = line(
      "x",
      [
        "api_key": "s1", "apiKey": "s2", "Authorization": "s3", "access-token": "s4", "PASSWORD": "s5",
        "monkey": "fine", "nested": ["secret": "s6", "plain": ["p", ["token": "s7"]]],
      ]
    ).bytes(.json)
    let text = String(decoding: bytes, as: UTF8.self)
    for number in 1...7 { #expect(!text.contains("s\(number)"), "s\(number)") }
    let parsed = try members(bytes)
    #expect(parsed["monkey"] == "fine")
    #expect(parsed["api_key"] == Redaction.mask)
    #expect(parsed["nested"] == "{plain: [p, {token: ********}], secret: ********}")
  }

  @Test func anyTextStaysAParsableBoundedLine() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let alphabet: [Character] = ["a", "\"", "\\", "\u{0}", "\n", "é", "🏅", "\u{2028}", "\u{7F}"]
    for _ in 0..<200 {
      let size = Int.random(in: 0...6000, using: &random)
      let long = String((0..<size).map { _ in alphabet.randomElement(using: &random) ?? "a" })
      let made = line(long, ["a": .string(long), "b": .string(long)])
      for format in [LogLine.Format.json, .text] {
        let bytes = made.bytes(format)
        #expect(bytes.count <= LogLine.bytesMax, "seed \(seed)")
        #expect(bytes.filter { $0 == 10 }.count == 1, "seed \(seed)")
        #expect(String(validating: bytes, as: UTF8.self) != nil, "seed \(seed)")
        if format == .json { #expect(try members(bytes)["level"] == "info", "seed \(seed)") }
      }
    }
  }

  @Test func theHandlerMergesMetadataAndTakesErrors() throws {
    let pipe = Pipe()
    var handler = LineHandler(
      service: "scoring", instance: "scoring-1", format: .json, logLevel: .info,
      output: LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor))
    handler.now = { 0 }
    handler.metadataProvider = Logger.MetadataProvider { ["request_id": "r-9", "a": "provider"] }
    var logger = Logger(label: "test") { _ in handler }
    logger[metadataKey: "a"] = "logger"
    logger.info("one", metadata: ["b": "call"])
    logger.debug("never")
    try pipe.fileHandleForWriting.close()
    let parsed = try members([UInt8](pipe.fileHandleForReading.readDataToEndOfFile()))
    #expect(parsed["a"] == "provider" && parsed["b"] == "call" && parsed["request_id"] == "r-9")
    #expect(parsed["message"] == "one")
  }

  @Test func aReaderThatDoesNotReadLosesLinesInsteadOfStoppingUs() throws {
    let pipe = Pipe()
    let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    let bytes = [UInt8](repeating: 97, count: LogLine.bytesMax)
    let begin = ContinuousClock.now
    // A pipe holds 16 pages; the first refused line waits, the others do not.
    for _ in 0..<1000 { output.write(bytes) }
    #expect(output.dropped > 900)
    #expect(ContinuousClock.now - begin < .seconds(5))
    _ = pipe.fileHandleForReading.readData(ofLength: 16 * LogLine.bytesMax)
    let before = output.dropped
    output.write(bytes)
    #expect(output.dropped == before)
  }
}
