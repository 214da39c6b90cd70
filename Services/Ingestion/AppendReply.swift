import Contracts
import Wire

/// The answer of `ingestion.v1/append`.
///
/// `{"accepted", "duplicate", "rejected", "duplicates": [place...], "refused": [{"place", "code"}...],
/// "head", "results"?: [{"status", "event_id"?}...], "position"}`; places count the drafts of the part.
struct AppendReply: Sendable, Hashable {
  var duplicates: [Int] = []
  var refused: [(place: Int, code: AppendRefusal)] = []
  /// By draft, where details were asked for; empty text where there is no event.
  var eventIDs: [String] = []
  var position: Position?

  static func == (left: AppendReply, right: AppendReply) -> Bool {
    left.duplicates == right.duplicates && left.eventIDs == right.eventIDs && left.position == right.position
      && left.refused.elementsEqual(right.refused) { $0 == $1 }
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(duplicates)
    hasher.combine(eventIDs)
  }

  /// The answer for a part; the owner adds the position.
  static func encoded(_ part: PartRow, partition: Int, head: Int64, detail: Bool) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("accepted", part.accepted)
      writer.member("duplicate", part.duplicate)
      writer.member("rejected", part.refused)
      writer.key("duplicates")
      writer.array { writer in
        for (place, fate) in part.fates.enumerated() { if case .duplicate = fate { writer.integer(place) } }
      }
      writer.key("refused")
      writer.array { writer in
        for (place, fate) in part.fates.enumerated() {
          guard case .refused(let code) = fate else { continue }
          writer.object { writer in
            writer.member("place", place)
            writer.member("code", code.rawValue)
          }
        }
      }
      writer.member("head", head)
      if detail {
        writer.key("results")
        writer.array { writer in for fate in part.fates { write(fate, partition, &writer) } }
      }
    }
  }

  private static func write(_ fate: DraftFate, _ partition: Int, _ writer: inout JSONWriter) {
    writer.object { writer in
      switch fate {
      case .accepted(let number):
        writer.member("status", "accepted")
        writer.member("event_id", EventID.text(partition, number))
      case .duplicate(let number):
        writer.member("status", "duplicate")
        writer.member("event_id", EventID.text(partition, number))
      case .refused(let code):
        writer.member("status", "rejected")
        writer.member("code", code.rawValue)
      }
    }
  }

  init(_ bytes: ArraySlice<UInt8>?) throws(WireError) {
    try Payload.read(bytes) { key, scanner in
      switch key {
      case "duplicates":
        try scanner.beginArray()
        while try scanner.nextElement() { duplicates.append(Int(try scanner.integer())) }
      case "refused":
        try scanner.beginArray()
        while try scanner.nextElement() { refused.append(try Self.refusal(&scanner)) }
      case "results":
        try scanner.beginArray()
        while try scanner.nextElement() { eventIDs.append(try Self.eventID(&scanner)) }
      case "position": position = try Position(&scanner)
      default: try scanner.skip()
      }
    }
  }

  private static func refusal(_ scanner: inout JSONScanner) throws -> (place: Int, code: AppendRefusal) {
    var place = 0
    var code: AppendRefusal?
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "place": place = Int(try scanner.integer())
      case "code": code = AppendRefusal(rawValue: try scanner.string())
      default: try scanner.skip()
      }
    }
    guard let code else { throw WireError.internal("a draft was refused for an unknown reason") }
    return (place, code)
  }

  private static func eventID(_ scanner: inout JSONScanner) throws -> String {
    var id = ""
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if case "event_id" = key { id = try scanner.string() } else { try scanner.skip() }
    }
    return id
  }
}

/// The ids of entries: `e-<partition>-<number>`.
enum EventID {
  static func text(_ partition: Int, _ number: Int64) -> String { "e-\(partition)-\(number)" }
}
