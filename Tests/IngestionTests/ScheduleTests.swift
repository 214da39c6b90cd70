import Support
import Testing
import Wire

@testable import Ingestion

/// When runs are due: pure functions of the last run, the zone and the instant.
struct ScheduleTests {
  private func micros(_ text: String) -> Int64 { RFC3339.micros(text.utf8) ?? .min }

  private func nexts(_ text: String, after: String, zone: String, count: Int = 3) throws -> [String] {
    let (schedule, zone) = (try Schedule(text), try Zone(named: zone))
    var at = micros(after)
    return (0..<count).map { _ in
      at = schedule.next(after: at, in: zone)
      return RFC3339.text(micros: at)
    }
  }

  @Test func words() throws {
    let after = "2026-03-01T10:20:30Z"  // a Sunday
    #expect(
      try nexts("hourly", after: after, zone: "UTC", count: 2)
        == ["2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z"])
    #expect(
      try nexts("daily", after: after, zone: "Europe/Berlin", count: 2)
        == ["2026-03-01T23:00:00Z", "2026-03-02T23:00:00Z"])
    #expect(
      try nexts("weekly", after: after, zone: "Asia/Tehran", count: 2)
        == ["2026-03-01T20:30:00Z", "2026-03-08T20:30:00Z"])
    #expect(try nexts("real_time", after: after, zone: "UTC", count: 1) == ["2026-03-01T10:20:35Z"])
  }

  @Test(
    "expressions",
    arguments: [
      ("*/20 * * * *", ["2026-03-01T10:40:00Z", "2026-03-01T11:00:00Z"]),
      ("5,35 6-8 * * *", ["2026-03-02T06:05:00Z", "2026-03-02T06:35:00Z"]),
      ("0 0 29 2 *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
      ("0 12 * * mon-wed", ["2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z"]),
      ("0 12 * JUL 7", ["2026-07-05T12:00:00Z", "2026-07-12T12:00:00Z"]),
      // Either day is enough where both are given.
      ("0 0 13 * 5", ["2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z"]),
      ("30 5/6 1 */4 *", ["2026-05-01T05:30:00Z", "2026-05-01T11:30:00Z"]),
    ])
  func cron(text: String, expected: [String]) throws {
    #expect(try nexts(text, after: "2026-03-01T10:20:30Z", zone: "UTC", count: 2) == expected)
  }

  @Test(
    "what is no schedule is refused",
    arguments: [
      "", "often", "* * * *", "60 * * * *", "* 24 * * *", "0 0 0 * *", "0 0 31 2 *", "0 0 * 13 *",
      "0 0 * * 8",
      "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *", "* * * * * *", "Daily",
    ])
  func refused(text: String) {
    #expect(throws: WireError.self) { try Schedule(text) }
  }

  @Test("a clock that is put forward: what it jumps over comes at the jump, once")
  func forward() throws {
    // Berlin, 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC.
    #expect(
      try nexts("30 2 * * *", after: "2026-03-28T00:00:00Z", zone: "Europe/Berlin")
        == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
    #expect(
      try nexts("0 3 * * *", after: "2026-03-28T03:00:00Z", zone: "Europe/Berlin", count: 2)
        == ["2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"])
    #expect(
      try nexts("30 * * * *", after: "2026-03-29T00:00:00Z", zone: "Europe/Berlin")
        == ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"])
    // Santiago, 2026-09-06: midnight becomes 01:00, at 04:00 UTC.
    #expect(
      try nexts("daily", after: "2026-09-05T12:00:00Z", zone: "America/Santiago", count: 2)
        == ["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"])
    // Apia left out a whole day, 2011-12-30.
    #expect(
      try nexts("0 12 30 12 *", after: "2011-12-29T12:00:00Z", zone: "Pacific/Apia", count: 1)
        == ["2011-12-30T10:00:00Z"])
  }

  @Test("a clock that is put back: what it shows twice comes the first time, every hour both times")
  func back() throws {
    // Berlin, 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC.
    #expect(
      try nexts("30 2 * * *", after: "2026-10-24T12:00:00Z", zone: "Europe/Berlin", count: 2)
        == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
    #expect(
      try nexts("30 * * * *", after: "2026-10-25T00:00:00Z", zone: "Europe/Berlin")
        == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"])
    // Lord Howe moves by half an hour: 2026-04-05 02:00 becomes 01:30, at 15:00 UTC of the day before.
    #expect(
      try nexts("45 1 * * *", after: "2026-04-04T00:00:00Z", zone: "Australia/Lord_Howe", count: 2)
        == ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"])
  }

  @Test("every instant is after the one before and shows the minute, through years of every kind of clock")
  func always() throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("schedule seed: \(seed)")
    var random = SeededGenerator(seed: seed)
    for zone in ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"] {
      let place = try Zone(named: zone)
      for _ in 0..<20 {
        let (minute, hour) = (Int.random(in: 0..<60, using: &random), Int.random(in: 0..<24, using: &random))
        let schedule = try Schedule("\(minute) \(hour) * * *")
        var at = micros("2026-01-01T00:00:00Z")
        var days: Set<Int32> = []
        while at < micros("2027-01-01T00:00:00Z") {
          let next = schedule.next(after: at, in: place)
          #expect(next > at && next - at < 26 * 3_600_000_000)
          days.insert(place.day(ofMicros: next).number)
          at = next
        }
        // Once on each day, whatever the clock does.
        #expect((365...366).contains(days.count), "\(zone) \(hour):\(minute)")
      }
    }
  }

  @Test("after failures a run waits twice as long each time, up to an hour")
  func failures() throws {
    let at = micros("2026-03-01T10:20:30Z")
    func due(_ status: JobRow.Status, _ failures: Int, _ text: String) throws -> Int64 {
      let last = SyncRow(job: 1, status: status, at: at, failures: failures)
      return (try Schedule(text).due(after: last, definedAt: 0, in: .utc) - at) / 1_000_000
    }
    #expect(
      try (1...9).map { try due(.failed, $0, "daily") } == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    #expect(try due(.done, 0, "real_time") == 5)
    #expect(try due(.running, 0, "weekly") == 0)
    #expect(try due(.cancelled, 3, "hourly") == 39 * 60 + 30)
    #expect(try Schedule("real_time").due(after: nil, definedAt: at, in: .utc) == at)
    #expect(try Schedule("hourly").due(after: nil, definedAt: at, in: .utc) == micros("2026-03-01T11:00:00Z"))
  }

  @Test("a source is silent when nothing came for three times its rhythm")
  func silence() throws {
    let hour: Int64 = 3_600_000_000
    var source = SourceDefinition(sourceName: "s", sourceType: "cdr", mapping: "{}")
    source.connection = #"{"kind":"file","directory":"/feeds"}"#
    source.syncFrequency = "hourly"
    var life = SourceLife()
    func isSilent(after hours: Double) -> Bool {
      life.isSilent(source, now: life.totals.lastAt + Int64(hours * Double(hour)), in: .utc)
    }
    #expect(!isSilent(after: 2.9) && isSilent(after: 3.1))
    life.totals.arrive(at: 100 * hour)
    #expect(!isSilent(after: 2.9) && isSilent(after: 3.1))
    // It asks every hour, but has something only every ten hours; the chunks of one arrival are no rhythm.
    for number in 1...40 {
      for chunk in 0..<5 { life.totals.arrive(at: (100 + Int64(number) * 10) * hour + Int64(chunk)) }
    }
    #expect(!isSilent(after: 20) && isSilent(after: 31))
    source.isActive = false
    #expect(!isSilent(after: 1_000))
    // What is pushed has a rhythm once it was seen.
    source.isActive = true
    source.connection = #"{"kind":"push"}"#
    #expect(!isSilent(after: 20) && isSilent(after: 31))
    life = SourceLife()
    #expect(!isSilent(after: 1_000))
  }
}
