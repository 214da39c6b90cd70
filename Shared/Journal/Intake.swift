import Contracts
import Wire

/// One entry of a partition's intake: what was taken, in which order, at which instant.
public enum IntakeEntry: Sendable, Equatable {
  /// Entries `from...to` of an upstream journal; parked ones were left out.
  case range(journal: JournalName, from: Int64, to: Int64, parked: [Int64], now: Int64)
  case command(Command, now: Int64)
  /// The earliest waiting instant; at most `Limits` of its timers.
  case due(at: Int64, now: Int64)
  /// A parked entry that is folded after all.
  case unparked(journal: JournalName, number: Int64, entry: [UInt8], now: Int64)

  /// The instant of the entry, unix microseconds.
  public var now: Int64 {
    switch self {
    case .range(_, _, _, _, let now), .command(_, let now), .due(_, let now), .unparked(_, _, _, let now): now
    }
  }

  /// The entry's text.
  public func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("v", 1)
      switch self {
      case .range(let journal, let from, let to, let parked, _):
        writer.member("kind", "range")
        writer.member("journal", journal.rawValue)
        writer.member("from", from)
        writer.member("to", to)
        if !parked.isEmpty {
          writer.key("parked")
          writer.array { writer in for number in parked { writer.integer(number) } }
        }
      case .command(let command, _):
        writer.member("kind", "command")
        writer.member("method", command.method)
        writer.member("key", command.key)
        writer.key("payloads")
        writer.array { writer in for payload in command.payloads { writer.string(utf8: payload) } }
      case .due(let at, _):
        writer.member("kind", "due")
        writer.member("at", at)
      case .unparked(let journal, let number, let entry, _):
        writer.member("kind", "unparked")
        writer.member("journal", journal.rawValue)
        writer.member("number", number)
        writer.key("entry")
        writer.string(utf8: entry)
      }
      writer.member("now", now)
    }
  }

  /// Reads what `encoded` made.
  public init(_ bytes: ArraySlice<UInt8>) throws {
    var parts = IntakeParts()
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() { try parts.member(key, &scanner) }
    self = try parts.assembled()
  }
}

/// The members of an intake entry while they are read.
private struct IntakeParts {
  var kind = ""
  var journal: JournalName?
  var from: Int64 = 0
  var to: Int64 = 0
  var at: Int64 = 0
  var now: Int64 = 0
  var number: Int64 = 0
  var parked: [Int64] = []
  var method = ""
  var key = ""
  var payloads = Frames()
  var entry: [UInt8] = []

  mutating func member(_ name: JSONKey, _ scanner: inout JSONScanner) throws {
    switch name {
    case "kind": kind = try scanner.string()
    case "journal": journal = JournalName(rawValue: try scanner.string())
    case "from": from = try scanner.integer()
    case "to": to = try scanner.integer()
    case "at": at = try scanner.integer()
    case "now": now = try scanner.integer()
    case "number": number = try scanner.integer()
    case "parked":
      try scanner.beginArray()
      while try scanner.nextElement() { parked.append(try scanner.integer()) }
    case "method": method = try scanner.string()
    case "key": key = try scanner.string()
    case "payloads":
      try scanner.beginArray()
      while try scanner.nextElement() { payloads.append(try scanner.stringBytes()) }
    case "entry": entry = Array(try scanner.stringBytes())
    default: try scanner.skip()
    }
  }

  func assembled() throws -> IntakeEntry {
    switch (kind, journal) {
    case ("range", let journal?): .range(journal: journal, from: from, to: to, parked: parked, now: now)
    case ("command", _): .command(Command(method: method, key: key, payloads: payloads), now: now)
    case ("due", _): .due(at: at, now: now)
    case ("unparked", let journal?): .unparked(journal: journal, number: number, entry: entry, now: now)
    default: throw WireError.invalid("an intake entry of kind '\(kind)' is not known to this version")
    }
  }
}
