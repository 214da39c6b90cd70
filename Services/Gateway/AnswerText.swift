import Contracts
import Wire

/// A service's answer as HTTP shows it: instants as RFC 3339, positions taken out, all else as it stands.
struct AnswerText: Sendable {
  /// The JSON text.
  let body: [UInt8]
  /// What `position` and `positions` of the outermost object said.
  let positions: [Position]

  /// Members whose content has other people's names and values: nothing in them is ours to rewrite.
  static let opaque: Set<String> = [
    "metadata", "attributes", "features", "criteria", "eligibility_rules", "raw", "record",
    "mapping", "connection_config", "rule",
  ]

  /// Rewrites one JSON value; throws `internal` for text that is none.
  init(_ text: ArraySlice<UInt8>) throws(WireError) {
    var rewriting = Rewriting(JSONScanner(text))
    do {
      var writer = JSONWriter(capacity: text.count)
      try rewriting.value(&writer, depth: 0)
      try rewriting.scanner.finish()
      body = writer.bytes
      positions = rewriting.positions
    } catch {
      throw .internal("a service answered with what is no JSON", cause: error)
    }
  }
}

/// One pass over the text; numbers and strings are copied byte by byte.
private struct Rewriting {
  var scanner: JSONScanner
  var positions: [Position] = []

  /// Instants from the year 0000 to 9999, in unix microseconds: others have no such text.
  private static let years: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

  init(_ scanner: JSONScanner) { self.scanner = scanner }

  mutating func value(_ writer: inout JSONWriter, depth: Int) throws {
    let kind = try scanner.kind()
    // What is nested too deep is refused by the scanner.
    guard depth < JSONScanner.depthMax, kind == .object || kind == .array else {
      writer.raw(try scanner.skip())
      return
    }
    if kind == .object {
      try scanner.beginObject()
      try writer.object { writer in
        while let key = try scanner.nextKey() { try member(key.description, &writer, depth: depth) }
      }
    } else {
      try scanner.beginArray()
      try writer.array { writer in
        while try scanner.nextElement() { try value(&writer, depth: depth + 1) }
      }
    }
  }

  private mutating func member(_ name: String, _ writer: inout JSONWriter, depth: Int) throws {
    if depth == 0, try takePositions(name) { return }
    writer.key(text: name)
    if AnswerText.opaque.contains(name) {
      writer.raw(try scanner.skip())
    } else if TimeMember.names.contains(name), try scanner.kind() == .number {
      instant(try scanner.number(), &writer)
    } else {
      try value(&writer, depth: depth + 1)
    }
  }

  private func instant(_ text: ArraySlice<UInt8>, _ writer: inout JSONWriter) {
    var number = JSONScanner(text)
    if let micros = try? number.integer(), (try? number.finish()) != nil, Self.years.contains(micros) {
      writer.string(RFC3339.text(micros: micros))
    } else {
      writer.raw(text)
    }
  }

  private mutating func takePositions(_ name: String) throws -> Bool {
    switch name {
    case "position":
      if try !scanner.takeNull() { positions.append(try Position(&scanner)) }
      return true
    case "positions":
      try scanner.beginArray()
      while try scanner.nextElement() { positions.append(try Position(&scanner)) }
      return true
    default: return false
    }
  }
}
