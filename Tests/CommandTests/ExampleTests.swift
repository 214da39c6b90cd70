import Foundation
import Testing
import Wire

@testable import Command
@testable import Ingestion

@Suite struct ExampleTests {
  @Test func theNumbersOfTheGeneratorAreThoseOfTheReference() {
    // The first outputs of SplitMix64 for seed 1234567, as published with the reference in C.
    var random = SplitMix64(seed: 1_234_567)
    let numbers = (0..<3).map { _ in random.next() }
    #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func theEmbeddedSourceIsTheExampleFile() throws {
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = top.deletingLastPathComponent().appendingPathComponent("compose/examples/calls.yaml")
    #expect(try String(contentsOf: file, encoding: .utf8) == ExampleSource.calls)
    let source = try SourceFile(yaml: ExampleSource.calls, origin: "calls.yaml")
    #expect(source.name == "calls")
    #expect(source.format.isCSV && source.format.hasHeader)
  }

  @Test(arguments: ["file", "http", "sql", "push"])
  func theExampleOfAConnectionIsASource(kind: String) throws {
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = top.deletingLastPathComponent()
      .appendingPathComponent("compose/examples/connectors/\(kind).yaml")
    let json = try YAMLText.json(try String(contentsOf: file, encoding: .utf8))
    var definition = try SourceDraft(json[...]).definition(over: nil)
    _ = try SourceDefinition.compile(definition.mapping.utf8)
    let connection = try Connection(definition.connection.utf8)
    #expect(connection.kind.rawValue == kind)
    // It only waits for the word that it is true.
    #expect(definition.isActive == (kind == "push") && connection.missing == nil)
    definition.isActive = true
    #expect((definition.nextRun(SourceLife(), .utc) != nil) == (kind != "push"))
  }
}
