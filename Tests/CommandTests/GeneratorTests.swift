import Foundation
import Testing
import Wire

@testable import Command

@Suite struct GeneratorTests {
  private func generator(seed: UInt64, customers: Int = 40, days: Int = 20) throws -> CallGenerator {
    CallGenerator(
      seed: seed, customers: customers, days: days, last: try #require(Day("2026-03-31")), zone: .utc)
  }

  private func lines(_ text: [UInt8]) -> [Substring] {
    String(decoding: text, as: UTF8.self).split(separator: "\n")
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let first = try generator(seed: 7).make()
    #expect(try generator(seed: 7).make().text == first.text)
    #expect(try generator(seed: 8).make().text != first.text)
  }

  @Test func theNumbersOfTheGeneratorAreThoseOfTheReference() {
    // The first outputs of SplitMix64 for seed 1234567, as published with the reference in C.
    var random = SplitMix64(seed: 1_234_567)
    let numbers = (0..<3).map { _ in random.next() }
    #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func countsAreThoseOfTheText() throws {
    let (text, counts) = try generator(seed: 1).make()
    let lines = lines(text)
    #expect(lines.first.map(String.init) == CallGenerator.header)
    #expect(lines.count == counts.lines + 1)
    let events = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[1] }
    #expect(counts.activations == 40)
    #expect(events.count { $0 == "cancel" } == counts.cancels)
    let sum = counts.activations + counts.calls + counts.missed + counts.cancels
    #expect(sum + counts.duplicates + counts.broken == counts.lines)
    #expect(counts.calls > 500 && counts.missed > 0 && counts.duplicates > 0 && counts.broken > 0)
  }

  @Test func eachCustomerBeginsWithAnActivationAndAllLiesWithinTheDays() throws {
    let (text, _) = try generator(seed: 3, customers: 25, days: 10).make()
    let first = try #require(RFC3339.micros("2026-03-22T00:00:00Z".utf8))
    let end = try #require(RFC3339.micros("2026-04-01T00:00:00Z".utf8))
    var seen: Set<Substring> = []
    for line in lines(text).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 7, fields[1] == "activation" || fields[1] == "out" || fields[1] == "in" else {
        continue
      }
      guard let at = RFC3339.micros(fields[5].utf8), !fields[2].isEmpty else { continue }
      #expect(at >= first && at < end, "\(line)")
      let isNew = seen.insert(fields[2]).inserted
      if isNew { #expect(fields[1] == "activation", "\(line)") }
    }
    #expect(seen.count == 25)
  }

  @Test func identifiersAreUniqueButForDuplicates() throws {
    let (text, counts) = try generator(seed: 5).make()
    let ids = lines(text).dropFirst().map { $0.prefix { $0 != "," } }
    #expect(ids.count - Set(ids).count == counts.duplicates)
  }

  @Test func theEmbeddedSourceIsTheExampleFile() throws {
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = top.deletingLastPathComponent().appendingPathComponent("compose/examples/calls.yaml")
    #expect(try String(contentsOf: file, encoding: .utf8) == ExampleSource.calls)
    let source = try SourceFile(yaml: ExampleSource.calls, origin: "calls.yaml")
    #expect(source.name == "calls")
    #expect(source.format.isCSV && source.format.hasHeader)
  }
}
