import Testing
import Wire

@testable import Command

@Suite struct YAMLTextTests {
  private func json(_ yaml: String) throws -> String {
    String(decoding: try YAMLText.json(yaml), as: UTF8.self)
  }

  @Test(arguments: [
    ("b: 1\na: 2\n", #"{"b":1,"a":2}"#),
    (
      "a: 0.000001\nb: 12345678901234567890.5\nc: -3e2\n",
      #"{"a":0.000001,"b":12345678901234567890.5,"c":-3e2}"#
    ),
    ("a: 007\nb: +5\nc: .5\nd: 0x1F\ne: 1_000\n", #"{"a":"007","b":"+5","c":".5","d":"0x1F","e":"1_000"}"#),
    ("a: yes\nb: true\nc: 'true'\nd: no\ne: False\n", #"{"a":"yes","b":true,"c":"true","d":"no","e":false}"#),
    ("a: 2011-01-01\nb: 12:30:45\nc: \"5\"\n", #"{"a":"2011-01-01","b":"12:30:45","c":"5"}"#),
    ("a:\nb: ~\nc: null\nd: ''\n", #"{"a":null,"b":null,"c":null,"d":""}"#),
    ("map: {\"1\": true, 0: false}\n", #"{"map":{"1":true,"0":false}}"#),
    ("- {a: [x, \"y\\tz\"]}\n- |\n  two\n  lines\n", "[{\"a\":[\"x\",\"y\\tz\"]},\"two\\nlines\\n\"]"),
    (
      "skip: {\"==\": [{\"var\": \"direction\"}, \"Missed\"]}\n",
      #"{"skip":{"==":[{"var":"direction"},"Missed"]}}"#
    ),
    ("a: &x {k: 1}\nb: *x\n", #"{"a":{"k":1},"b":{"k":1}}"#),
  ])
  func yamlBecomesJSON(yaml: String, expected: String) throws {
    #expect(try json(yaml) == expected)
    #expect(throws: Never.self) { try JSONTree(Array(expected.utf8)[...]) }
  }

  @Test(arguments: ["", "a: [1", "a: 1\na: 2\n", "? [a]\n: 1\n", "a: *x\n"])
  func whatIsNoneIsRefused(yaml: String) {
    #expect(throws: (any Error).self) { try json(yaml) }
  }

  @Test func referencesDoNotMakeItEndless() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...7 {
      let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(names)]\n"
    }
    #expect(throws: Fault.self) { try json(yaml) }
  }

  @Test func aSourceTellsHowItsFilesAreCut() throws {
    let yaml = "name: s\nformat: {kind: csv, delimiter: tab, quote: null, header: false}\n"
    let source = try SourceFile(yaml: yaml, origin: "s.yaml")
    #expect(source.format == .init(isCSV: true, delimiter: 9, quote: nil, escape: nil, hasHeader: false))
    let usual = try SourceFile(yaml: "name: s\nformat: {kind: csv}\n", origin: "s.yaml")
    #expect(usual.format.hasHeader && usual.format.quote == UInt8(ascii: "\""))
    #expect(try !SourceFile(yaml: "name: s\nformat: {kind: json_lines}\n", origin: "s.yaml").format.isCSV)
  }

  @Test(arguments: [
    "format: {kind: csv}\n", "name: s\n", "name: s\nformat: {kind: xml}\n",
    "name: s\nformat: {kind: csv, delimiter: ab}\n", "[1]",
  ])
  func aSourceWithoutWhatIsNeededIsRefused(yaml: String) {
    #expect { try SourceFile(yaml: yaml, origin: "s.yaml") } throws: {
      "\($0)".contains("s.yaml is no source")
    }
  }
}
