import Contracts
import Foundation
import Testing
import Wire

@testable import Command
@testable import Ingestion

/// The mappings of compose/examples/simulated make of each feed what its manifest says.
@Suite struct FeedMappingTests {
  /// What the mapping itself reads of a source's definition.
  private func mapping(_ feed: Feed) throws -> Mapping {
    let tree = try JSONTree(try YAMLText.json(ExampleSource.simulated(feed))[...])
    var writer = JSONWriter()
    JSONTree.object(tree.members.filter { $0.name != "connection_config" }).write(&writer)
    return try Mapping(json: writer.bytes)
  }

  @Test(arguments: Feed.allCases)
  func theEmbeddedSourceIsTheExampleFile(feed: Feed) throws {
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = top.deletingLastPathComponent()
      .appendingPathComponent("compose/examples/simulated/\(feed.rawValue).yaml")
    #expect(try String(contentsOf: file, encoding: .utf8) == ExampleSource.simulated(feed))
    let source = try SourceFile(yaml: ExampleSource.simulated(feed), origin: "feed")
    #expect(source.name == feed.source)
    #expect(source.format.isCSV == (feed.header != nil))
  }

  @Test func everyRecordHasTheFateOfTheManifest() throws {
    let scratch = try Scratch()
    let counts = try SimulationTests.simulation(seed: 11, customers: 400, days: 30).write(to: scratch.path)
    let files = try SimulationTests.files(scratch.path)
    for feed in Feed.allCases {
      let expected = try #require(counts[feed])
      let mapping = try mapping(feed)
      var found = FeedCounts()
      found.files = expected.files
      found.late = expected.late
      var known: Set<String> = []
      for (path, bytes) in files.sorted(by: { $0.key < $1.key }) where path.hasPrefix("\(feed.rawValue)/2026")
      {
        let lines = bytes.split(separator: 0x0A)
        let reader = mapping.reader(header: feed.header == nil ? nil : lines.first)
        for line in lines.dropFirst(feed.header == nil ? 0 : 1) {
          found.add(mapping.map(reader.read(line)), &known)
        }
      }
      #expect(found == expected, "\(feed)")
    }
  }

  @Test func valuesAreInTheUnitsOfTheDomain() throws {
    let line =
      #"{"id":"1","account":"C-1","kind":"bundle","amount":7.99,"currency":"EUR","#
      + #""time":"2026-09-16T11:39:39Z","channel":"App","product":"data-2gb"}"#
    let bundle = try event(.billing, line)
    #expect(bundle.value == Decimal6("7.99") && bundle.unit == "EUR" && bundle.type == .bundlePurchase)
    #expect(String(decoding: bundle.metadata, as: UTF8.self) == #"{"channel":"App","product":"data-2gb"}"#)
    let data = try event(.cdr, "2,C-1,GPRS,,32690989,20260916000828,visited,1,")
    #expect(data.value == Decimal6("32.690989") && data.at == RFC3339.micros("2026-09-16T00:08:28Z".utf8))
    #expect(String(decoding: data.metadata, as: UTF8.self) == #"{"cell":"visited","roaming":true}"#)
    #expect(try event(.network, "3;C-1;cell-10;slow_data;49;1789557058").value == Decimal6("0.49"))
    let update = try event(
      .dwh, #"{"row":"4","customer_id":"C-1","loaded_at":"2026-09-16T03:00:00Z","churn_score":0.454}"#)
    #expect(
      String(decoding: update.metadata, as: UTF8.self) == #"{"features":{"churn_probability":0.454}}"#)
  }

  private func event(_ feed: Feed, _ line: String) throws -> MappedEvent {
    let mapping = try mapping(feed)
    let reader = mapping.reader(header: feed.header.map { Array($0.utf8)[...] })
    guard case .event(let event) = mapping.map(reader.read(Array(line.utf8)[...])).first else {
      throw Fault("no event")
    }
    return event
  }
}

extension FeedCounts {
  /// Counts what a mapping made of one line.
  fileprivate mutating func add(_ outcomes: [MappedOutcome], _ known: inout Set<String>) {
    lines += 1
    switch outcomes.first {
    case .event(let event)?:
      guard known.insert("\(event.customerID)/\(event.sourceEventID)").inserted else {
        duplicate += 1
        return
      }
      accepted += 1
      events[event.type, default: 0] += 1
    case .rejected?: rejected += 1
    case .skipped?, nil: skipped += 1
    }
  }
}
