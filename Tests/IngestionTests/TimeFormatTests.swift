import Foundation
import Support
import Testing
import Wire

@testable import Ingestion

struct TimeFormatTests {
  struct Sample: Sendable {
    let format: String
    let text: String
    let utc: String?
  }

  static let samples = [
    Sample(
      format: "%a %b %d %H:%M:%S %z %Y", text: "Wed Sep 15 19:17:44 +0100 2010", utc: "2010-09-15T18:17:44Z"),
    Sample(format: "%a %b %e %T %Y", text: "Sun Sep  5 09:07:04 2010", utc: "2010-09-05T07:07:04Z"),
    Sample(format: "%Y-%m-%d %H:%M:%S", text: "2020-01-01 00:01:15", utc: "2019-12-31T23:01:15Z"),
    Sample(format: "%Y%m%d%H%M%S", text: "20200701120000", utc: "2020-07-01T10:00:00Z"),
    Sample(format: "%d.%m.%y %R", text: "01.07.69 12:30", utc: "1969-07-01T11:30:00Z"),
    Sample(format: "%D %I:%M %p", text: "07/04/20 12:05 am", utc: "2020-07-03T22:05:00Z"),
    Sample(format: "%D %I:%M %p", text: "7/4/20 12:05 PM", utc: "2020-07-04T10:05:00Z"),
    Sample(format: "%Y %j", text: "2020 366", utc: "2020-12-30T23:00:00Z"),
    Sample(
      format: "%FT%T.%f%z", text: "2020-07-04T01:02:03.1234567-02:30", utc: "2020-07-04T03:32:03.123456Z"),
    Sample(format: "%F %T %Z", text: "2020-07-04 01:02:03 GMT", utc: "2020-07-04T01:02:03Z"),
    Sample(format: "%d %B %Y 100%%", text: "4 July 2020 100%", utc: "2020-07-03T22:00:00Z"),
    Sample(format: "rfc3339", text: "2020-07-04T01:02:03Z", utc: "2020-07-04T01:02:03Z"),
    Sample(format: "epoch_s", text: "1284488264", utc: "2010-09-14T18:17:44Z"),
    Sample(format: "epoch_s", text: "1284488264.5", utc: "2010-09-14T18:17:44.5Z"),
    Sample(format: "epoch_ms", text: "1284488264001", utc: "2010-09-14T18:17:44.001Z"),
    Sample(format: "epoch_us", text: "1284488264000001", utc: "2010-09-14T18:17:44.000001Z"),
    Sample(format: "epoch_ms", text: "1.284488264e12", utc: "2010-09-14T18:17:44Z"),
    // What is not of the format, or does not exist.
    Sample(format: "%Y %j", text: "2021 366", utc: nil),
    Sample(format: "%F", text: "2021-02-29", utc: nil),
    Sample(format: "%F %T", text: "2021-02-28 24:00:00", utc: nil),
    Sample(format: "%F %T", text: "2021-02-28 10:00:00 ", utc: nil),
    Sample(format: "%F %T", text: "2021-02-28", utc: nil),
    Sample(format: "%F %T %Z", text: "2020-07-04 01:02:03 CET", utc: nil),
    Sample(format: "%d %b %Y", text: "4 Juli 2020", utc: nil),
    Sample(format: "%D %I:%M %p", text: "07/04/20 13:05 pm", utc: nil),
    Sample(format: "%F", text: "", utc: nil),
    Sample(format: "rfc3339", text: "2020-07-04T01:02:03", utc: nil),
    Sample(format: "epoch_s", text: "soon", utc: nil),
    Sample(format: "epoch_s", text: "99999999999999999999", utc: nil),
    Sample(format: "epoch_us", text: "9223372036854775807", utc: nil),
  ]

  @Test("texts and their instants; local times are Berlin's", arguments: samples)
  func instants(sample: Sample) throws {
    let zone = try Zone(named: "Europe/Berlin")
    let micros = try TimeFormat(sample.format).micros(bytes(sample.text), zone: zone)
    #expect(micros.map { RFC3339.text(micros: $0) } == sample.utc)
  }

  @Test("a bad format is refused", arguments: ["%Q", "%H:%M", "%", "%Y-%m", "%F %I", "iso", "%F %p", ""])
  func refused(format: String) { #expect(throws: TimeFormatError.self) { try TimeFormat(format) } }

  @Test("C's strftime and our reading agree on random instants")
  func againstLibrary() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("time formats: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let patterns = [
      "%a %b %d %H:%M:%S %z %Y", "%A %B %e %I:%M:%S %p %Y", "%Y%m%d%H%M%S", "%d/%m/%y %T", "%Y-%j %R:%S",
      "%F %T %Z",
    ]
    for pattern in patterns {
      let format = try TimeFormat(pattern)
      for _ in 0..<500 {
        var second = time_t(Int64.random(in: 0..<3_000_000_000, using: &random))
        var parts = tm()
        gmtime_r(&second, &parts)
        var buffer = [CChar](repeating: 0, count: 80)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        let written = buffer[..<count].map { UInt8(bitPattern: $0) }
        #expect(
          format.micros(written[...], zone: .utc) == Int64(second) * 1_000_000,
          "\(String(decoding: written, as: UTF8.self)) by \(pattern), seed \(seed)")
      }
    }
  }
}
