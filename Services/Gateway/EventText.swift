import Wire

/// An entry of the events journal as the `CustomerEvent` that HTTP shows (domain.md 2).
enum EventText {
  /// What belongs to the journal, not to the event.
  private static let hidden: Set<String> = ["v", "prev", "original_number"]

  /// Rewrites an entry whose instants are text already; of a reversal also the event that it takes back.
  static func shown(_ entry: ArraySlice<UInt8>) throws(WireError) -> [UInt8] {
    let object = try ObjectText(entry)
    var writer = JSONWriter(capacity: entry.count)
    let original = try object["original"].map { text throws(WireError) in try shown(text) }
    writer.object { writer in
      for member in object.members where !hidden.contains(member.name) {
        switch member.name {
        case "type": writer.member("event_type", raw: member.value)
        case "at": writer.member("timestamp", raw: member.value)
        case "day": writer.member("day", raw: day(member.value))
        case "original": writer.member("original", raw: original ?? Array(member.value))
        default:
          writer.key(text: member.name)
          writer.raw(member.value)
        }
      }
    }
    return writer.bytes
  }

  /// The number of a day since 1970 as `"2026-01-31"`.
  private static func day(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var scanner = JSONScanner(text)
    guard let number = try? scanner.integer(), let day = Int32(exactly: number) else { return Array(text) }
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    Day(number: day).append(to: &bytes)
    return bytes + [UInt8(ascii: "\"")]
  }
}
