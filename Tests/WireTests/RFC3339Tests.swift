import Foundation
import Testing
import Wire

struct RFC3339Tests {
  @Test(
    "text and instant, both ways",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2010-09-14T18:17:44Z", 1_284_488_264_000_000),
      ("1969-12-31T23:59:59.999999Z", -1), ("2020-01-01T00:01:15.5Z", 1_577_836_875_500_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ] as [(String, Int64)])
  func bothWays(text: String, micros: Int64) {
    #expect(RFC3339.micros(text.utf8) == micros)
    #expect(RFC3339.text(micros: micros) == text)
  }

  @Test func offsetsAndLocalTimes() throws {
    #expect(RFC3339.micros("2010-09-14T19:17:44+01:00".utf8) == 1_284_488_264_000_000)
    #expect(RFC3339.micros("2010-09-14 19:17:44.1234567-00:30".utf8) == 1_284_493_664_123_456)
    #expect(RFC3339.micros("2010-09-14T19:17:44".utf8) == nil)
    let berlin = try Zone(named: "Europe/Berlin")
    #expect(RFC3339.micros("2010-09-14 20:17:44".utf8, zone: berlin) == 1_284_488_264_000_000)
  }

  private struct Group: Decodable { let tests: [Case] }
  private struct Case: Decodable {
    let description: String
    let data: String?
    let valid: Bool
    private enum CodingKeys: CodingKey { case description, data, valid }
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      description = try container.decode(String.self, forKey: .description)
      valid = try container.decode(Bool.self, forKey: .valid)
      data = try? container.decode(String.self, forKey: .data)
    }
  }

  @Test("the JSON Schema suite's date-times", .enabled(if: DateTimeSuite.isThere, "no ../shared/suites"))
  func suite() throws {
    let groups = try JSONDecoder().decode([Group].self, from: Data(contentsOf: DateTimeSuite.file))
    let cases = groups.flatMap(\.tests).filter { $0.data != nil }
    #expect(cases.count == 27)
    for sample in cases {
      let text = sample.data ?? ""
      #expect((RFC3339.micros(text.utf8) != nil) == sample.valid, "\(sample.description): \(text)")
    }
  }
}

/// Where the suite lies: beside the project's own tree.
private enum DateTimeSuite {
  static let file = URL(filePath: #filePath).appending(path: "../../../../shared/suites/date_time.json")
    .standardized
  static let isThere = FileManager.default.fileExists(atPath: file.path)
}
