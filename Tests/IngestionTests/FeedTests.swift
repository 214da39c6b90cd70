import Contracts
import Foundation
import Support
import Testing
import Wire

@testable import Ingestion

/// Whole files through the connector of a running Ingestion, against sums made straight from the file.
struct FeedTests {
  /// The members of compose/examples/mobile_data.yaml and recharges.yaml that matter here.
  private static func definition(_ name: String, _ type: String, _ event: String, in folder: String) -> String
  {
    #"{"definition":{"name":"\#(name)","type":"\#(type)","format":{"kind":"csv","header":true},"#
      + #""zone":"Asia/Kathmandu","connection_config":{"kind":"file","directory":"\#(folder)","#
      + #""glob":"*.csv"},"events":[{"customer_id":"caller_id",\#(event),"timestamp":{"path":"timestamp","#
      + #""format":"%Y-%m-%d %H:%M:%S"}}]}}"#
  }

  private static let usage = #""event_type":{"const":"DATA_USAGE"},"value":"volume","unit":{"const":"MB"}"#
  private static let recharge = #""event_type":{"const":"RECHARGE"},"value":"amount""#

  @Test(
    "mobile_data.csv by its connector: exact sums per subscriber, a second run accepts none",
    .enabled(if: SampleData.isThere(SampleData.usage), "no ../shared/data/cdr/mobile_data.csv"))
  func usage() async throws {
    try await check(SampleData.usage, "mobile_data", "cdr", Self.usage)
  }

  @Test(
    "recharges.csv by its connector: exact sums per subscriber, a second run accepts none",
    .enabled(if: SampleData.isThere(SampleData.recharges), "no ../shared/data/billing/recharges.csv"))
  func recharges() async throws {
    try await check(SampleData.recharges, "recharges", "billing", Self.recharge)
  }

  private func check(_ file: URL, _ name: String, _ type: String, _ event: String) async throws {
    let office = try Office(chunkRecords: 3_000)
    let running = try await office.start()
    try FileManager.default.copyItem(at: file, to: URL(filePath: "\(office.files)/a.csv"))
    _ = try await office.text(Method.putSource, Self.definition(name, type, event, in: office.files))
    let first = try await office.sync(name)
    #expect(first.status == "done", "\(first.error)")
    let plain = try Self.plain(file)
    #expect(first.counts == [10_000, Int64(plain.distinct), Int64(10_000 - plain.distinct), 0, 0])
    #expect(try await Self.journalled(running) == plain.sums)
    // The same content again under another name: every record is known.
    try FileManager.default.copyItem(at: file, to: URL(filePath: "\(office.files)/b.csv"))
    #expect(try await office.sync(name).counts == [10_000, 0, 10_000, 0, 0])
    #expect(try await office.sync(name).counts == [0, 0, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }

  /// Per subscriber and instant, by splitting at commas: the instant with its offset of 5:45 h.
  private static func plain(_ file: URL) throws -> (sums: [String: Decimal], distinct: Int) {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 5 * 3_600 + 45 * 60)
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
    var sums: [String: Decimal] = [:]
    // The same line twice is the same record, as it has no id.
    let lines = Set(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst())
    for line in lines {
      let fields = line.split(separator: ",").map(String.init)
      let instant = try #require(formatter.date(from: fields[2]))
      var exact = try #require(Decimal(string: fields[1]))
      var rounded = Decimal()
      NSDecimalRound(&rounded, &exact, 6, .plain)
      sums["\(fields[0]) \(Int64(instant.timeIntervalSince1970) * 1_000_000)", default: 0] += rounded
    }
    return (sums, lines.count)
  }

  private static func journalled(_ running: Office.Running) async throws -> [String: Decimal] {
    var sums: [String: Decimal] = [:]
    for partition in running.node.main.open {
      var after: Int64 = 0
      while true {
        let page = try await running.node.main.entries(partition, after: after, limit: 1_000)
        guard let last = page.last else { break }
        for (number, bytes) in page {
          let entry = try #require(try EventEntry(bytes[...], number: number))
          sums["\(entry.customer) \(entry.at)", default: 0] +=
            try #require(Decimal(string: entry.value?.description ?? ""))
        }
        after = last.0
      }
    }
    return sums
  }
}
