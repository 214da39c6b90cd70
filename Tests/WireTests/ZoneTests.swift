import Foundation
import Support
import Testing
import Wire

/// Foundation's own reading of the zone database is the judge.
struct ZoneTests {
  static let names = [
    "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/Santiago", "America/New_York",
    "America/St_Johns", "Asia/Kathmandu", "Asia/Tehran", "Pacific/Apia", "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Africa/Casablanca", "America/Sao_Paulo",
  ]
  static let from = Int64(631_152_000)  // 1990-01-01
  static let until = Int64(4_102_444_800)  // 2100-01-01

  static func calendar(_ name: String) throws -> Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: name))
    return calendar
  }

  @Test("offsets at random instants", arguments: names)
  func offsets(name: String) throws {
    let zone = try Zone(named: name)
    let judge = try #require(TimeZone(identifier: name))
    let seed = UInt64.random(in: .min ... .max)
    print("zone offsets \(name): seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let second = Int64.random(in: Self.from..<Self.until, using: &random)
      let expected = judge.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
      let found = zone.offsetSeconds(atMicros: second * 1_000_000 + 999_999)
      if found != expected {
        Issue.record("\(name) at \(second): \(found), Foundation \(expected) (seed \(seed))")
        return
      }
    }
  }

  @Test("the first instant of every local day from 1990 to 2045", arguments: names)
  func starts(name: String) throws {
    let zone = try Zone(named: name)
    let calendar = try Self.calendar(name)
    let first = try #require(Day("1990-01-01"))
    let last = try #require(Day("2045-01-01"))
    for day in first..<last {
      let noon = Date(timeIntervalSince1970: Double(zone.start(of: day) / 1_000_000) + 36_000)
      let expected = Int64(calendar.startOfDay(for: noon).timeIntervalSince1970)
      let found = zone.start(of: day) / 1_000_000
      // The day that Samoa left out has no start of its own.
      let leftOut = name == "Pacific/Apia" && day == Day("2011-12-30")
      if found != expected || zone.day(ofMicros: found * 1_000_000) != (leftOut ? day + 1 : day)
        || zone.day(ofMicros: found * 1_000_000 - 1) >= day
      {
        Issue.record("\(name) \(day) starts at \(found), Foundation \(expected)")
        return
      }
    }
  }

  @Test("the local day of random instants", arguments: names)
  func days(name: String) throws {
    let zone = try Zone(named: name)
    let calendar = try Self.calendar(name)
    let seed = UInt64.random(in: .min ... .max)
    print("zone days \(name): seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let second = Int64.random(in: Self.from..<Self.until, using: &random)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(second)))
      let expected = try #require(
        Day(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0))
      #expect(zone.day(ofMicros: second * 1_000_000) == expected, "\(name) at \(second), seed \(seed)")
      let back = zone.micros(
        year: expected.year, month: expected.month, day: expected.day, hour: parts.hour ?? 0,
        minute: parts.minute ?? 0, second: parts.second ?? 0)
      // In an hour that comes twice the earlier one is meant.
      let twice =
        zone.offsetSeconds(atMicros: (second - 10_800) * 1_000_000)
        - zone.offsetSeconds(atMicros: second * 1_000_000)
      let found = try #require(back) / 1_000_000
      #expect(found == second || found == second - Int64(twice), "\(name) at \(second), seed \(seed)")
    }
  }

  @Test("a jump moves what it jumps over, a repeat means the first")
  func gapsAndRepeats() throws {
    let berlin = try Zone(named: "Europe/Berlin")
    // 2021-03-28 02:00 became 03:00; 02:30 is read as 03:30 summer time, 01:30 UTC.
    #expect(berlin.micros(year: 2021, month: 3, day: 28, hour: 2, minute: 30) == utc("2021-03-28T01:30:00Z"))
    // 2021-10-31 03:00 became 02:00; 02:30 is first 00:30 UTC.
    #expect(berlin.micros(year: 2021, month: 10, day: 31, hour: 2, minute: 30) == utc("2021-10-31T00:30:00Z"))
    let santiago = try Zone(named: "America/Santiago")
    // 2022-09-11 began at 01:00.
    #expect(santiago.start(of: try #require(Day("2022-09-11"))) == utc("2022-09-11T04:00:00Z"))
    #expect(santiago.micros(year: 2022, month: 9, day: 11) == utc("2022-09-11T04:00:00Z"))
    // 2022-04-02 had its last hour twice.
    #expect(santiago.start(of: try #require(Day("2022-04-03"))) == utc("2022-04-03T04:00:00Z"))
    let apia = try Zone(named: "Pacific/Apia")
    #expect(
      apia.start(of: try #require(Day("2011-12-30"))) == apia.start(of: try #require(Day("2011-12-31"))))
    #expect(berlin.micros(year: 2021, month: 2, day: 29) == nil)
    #expect(berlin.micros(year: 2021, month: 2, day: 28, hour: 24) == nil)
  }

  @Test("far beyond the table the rule goes on")
  func farFuture() throws {
    let berlin = try Zone(named: "Europe/Berlin")
    for year in [2038, 2400, 2437, 2838, 3200, 9999] {
      let summer = try #require(berlin.micros(year: year, month: 7, day: 1, hour: 12))
      let winter = try #require(berlin.micros(year: year, month: 12, day: 31, hour: 12))
      #expect(berlin.offsetSeconds(atMicros: summer) == 7_200, "\(year)")
      #expect(berlin.offsetSeconds(atMicros: winter) == 3_600, "\(year)")
      #expect(berlin.day(ofMicros: summer) == Day(year: year, month: 7, day: 1))
    }
  }

  @Test(
    "a name cannot lead out of the database",
    arguments: [
      "", "Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "Europe/./Berlin", "Europe//Berlin", "ü",
    ])
  func unknown(name: String) {
    #expect(throws: ZoneError.unknown(name)) { try Zone(named: name) }
  }

  @Test("a directory and a damaged file are refused")
  func damaged() throws {
    #expect(throws: ZoneError.self) { try Zone(named: "Europe") }
    let file = [UInt8](try Data(contentsOf: URL(filePath: Zone.directory + "/Europe/Berlin")))
    _ = try Zone(name: "whole", file: file)
    for count in stride(from: 0, to: file.count - 40, by: 7) {
      #expect(throws: ZoneError.self) { try Zone(name: "cut", file: Array(file[..<count])) }
    }
    let seed = UInt64.random(in: .min ... .max)
    print("damaged zone files: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3_000 {
      var broken = file
      for _ in 0..<3 {
        broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      // Either answer is right; it must give one.
      if let zone = try? Zone(name: "broken", file: broken) {
        _ = zone.start(of: Day(number: 15_000))
        _ = zone.offsetSeconds(atMicros: .random(in: -(1 << 52)...(1 << 52), using: &random))
      }
    }
  }

  private func utc(_ text: String) -> Int64? { RFC3339.micros(text.utf8) }
}
