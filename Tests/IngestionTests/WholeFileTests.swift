import Contracts
import Foundation
import Testing
import Wire

@testable import Ingestion

/// Two whole files of calls and data use, through splitter, reader and mapping.
struct WholeFileTests {
  /// The same mapping as compose/examples/nodobo.yaml.
  static let nodobo = #"""
    {"name": "nodobo", "type": "cdr", "format": {"kind": "csv", "delimiter": ",", "header": true},
     "zone": "Europe/London", "skip": {"==": [{"var": "direction"}, "Missed"]},
     "events": [{"customer_id": "user",
       "event_type": {"path": "direction", "map": {"Outgoing": "CALL_OUTGOING", "Incoming": "CALL_INCOMING"}},
       "value": "duration", "unit": {"const": "s"},
       "timestamp": {"path": "timestamp", "format": "%a %b %d %H:%M:%S %z %Y"},
       "metadata": {"destination": "other", "cell": {"path": "antenna_id"}}}]}
    """#

  static let now = RFC3339.micros("2026-01-01T00:00:00Z".utf8) ?? 0

  static func outcomes(_ mapping: Mapping, _ file: URL) throws -> [MappedOutcome] {
    var records = split([try SampleData.bytes(file)], mapping.format)[...]
    let header = records.removeFirst()
    let reader = mapping.reader(header: header.bytes)
    #expect(reader.absent.isEmpty)
    return records.flatMap { mapping.map(reader.read($0.bytes), now: now) }
  }

  @Test(
    "nodobo_calls.csv: every record accounted for, every person's seconds as plain splitting gives them",
    .enabled(if: SampleData.isThere(SampleData.calls), "no ../shared/data/cdr/nodobo_calls.csv"))
  func nodobo() throws {
    let mapping = try Mapping(json: Self.nodobo.utf8)
    var skipped = 0
    var rejections: [MappingRejection.Code: Int] = [:]
    var events: [MappedEvent] = []
    for outcome in try Self.outcomes(mapping, SampleData.calls) {
      switch outcome {
      case .skipped: skipped += 1
      case .rejected(let rejection): rejections[rejection.code, default: 0] += 1
      case .event(let event): events.append(event)
      }
    }
    #expect(skipped == 1_824)
    #expect(rejections == [.implausibleTimestamp: 28])
    #expect(events.count == 11_183)
    #expect(skipped + 28 + events.count == 13_035)
    var sums: [String: Decimal6] = [:]
    for event in events {
      sums["\(event.customerID) \(event.type.rawValue)", default: .zero] += event.value ?? .zero
    }
    #expect(sums == (try plainSums()))
    #expect(Set(events.map(\.customerID)).count == 27)
  }

  private func plainSums() throws -> [String: Decimal6] {
    var sums: [String: Decimal6] = [:]
    let lines = try String(contentsOf: SampleData.calls, encoding: .utf8).split(separator: "\n").dropFirst()
    for line in lines {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      if fields[2] == "Missed" || fields[4].hasSuffix(" 1980") { continue }
      sums["\(fields[0]) CALL_\(fields[2].uppercased())", default: .zero] += Decimal6(Int(fields[3]) ?? -1)
    }
    return sums
  }

  @Test(
    "the first record of nodobo_calls.csv, member by member",
    .enabled(if: SampleData.isThere(SampleData.calls), "no ../shared/data/cdr/nodobo_calls.csv"))
  func firstRecord() throws {
    let mapping = try Mapping(json: Self.nodobo.utf8)
    guard case .event(let event) = try Self.outcomes(mapping, SampleData.calls)[0] else {
      Issue.record("no event")
      return
    }
    #expect(event.customerID == "7610039694")
    #expect(event.type == .callIncoming)
    #expect(event.value == Decimal6(211))
    #expect(event.unit == "s")
    #expect(RFC3339.text(micros: event.at) == "2010-09-15T18:17:44Z")
    #expect(String(decoding: event.metadata, as: UTF8.self) == #"{"destination":"7434677419","cell":"2"}"#)
    #expect(event.shape == 1)
    #expect(event.sourceEventID.count == 32)
  }

  @Test(
    "mobile_data.csv: leading zeros, long decimals, local times",
    .enabled(if: SampleData.isThere(SampleData.usage), "no ../shared/data/cdr/mobile_data.csv"))
  func mobileData() throws {
    let mapping = try Mapping(
      json: #"""
        {"name": "usage", "type": "network", "format": {"kind": "csv"}, "zone": "Asia/Kathmandu",
         "announce_from": "2020-01-05",
         "events": [{"customer_id": "caller_id", "event_type": {"const": "DATA_USAGE"}, "value": "volume",
           "unit": {"const": "MB"}, "timestamp": {"path": "timestamp", "format": "%Y-%m-%d %H:%M:%S"}}]}
        """#.utf8)
    let events = try Self.outcomes(mapping, SampleData.usage).compactMap {
      if case .event(let event) = $0 { event } else { nil }
    }
    #expect(events.count == 10_000)
    let lines = try String(contentsOf: SampleData.usage, encoding: .utf8).split(separator: "\n").dropFirst()
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "Asia/Kathmandu")
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
    for (event, line) in zip(events, lines) {
      let fields = line.split(separator: ",").map(String.init)
      let date = try #require(formatter.date(from: fields[2]))
      var exact = try #require(Decimal(string: fields[1]))
      var rounded = Decimal()
      NSDecimalRound(&rounded, &exact, 6, .plain)
      #expect(event.customerID == fields[0])
      #expect(event.at == Int64(date.timeIntervalSince1970) * 1_000_000)
      #expect(event.value?.description == "\(rounded)", "\(line)")
      #expect(event.metadata.isEmpty)
    }
    #expect(events.filter { $0.customerID.hasPrefix("00") }.count == 7_994)
    let quiet = events.filter { mapping.isQuiet(at: $0.at) }.count
    #expect(quiet == lines.filter { $0.split(separator: ",")[2] < "2020-01-05" }.count)
    #expect(quiet > 0)
  }
}
