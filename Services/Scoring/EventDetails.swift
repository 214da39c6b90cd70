import Contracts
import Measures
import Wire

/// What features need of the metadata of an activity or a bill.
struct EventDetails: Sendable {
  /// A longer name of a channel is not looked at, UTF-8 bytes.
  static let channelBytesMax = 32

  /// Lower case; empty where there is none.
  private(set) var channel = ""
  private(set) var isRoaming = false
  private(set) var due: Day?
  /// `EventDetails.key(of:)` of the bill's id, or 0.
  private(set) var bill: UInt64 = 0

  init(_ event: EventEntry) {
    guard !event.metadata.isEmpty else { return }
    Self.members(of: event.metadata) { key, text in
      switch key {
      case "channel": channel = Self.channel(text)
      case "roaming": isRoaming = Self.truth(text)
      case "due_date": due = Self.text(text).flatMap { Day(text: $0.prefix(Day.textBytes)) }
      case "bill_id": bill = Self.bill(text)
      default: break
      }
    }
  }

  /// Shows the members of an object; what cannot be read ends it.
  static func members(of object: ArraySlice<UInt8>, _ member: (JSONKey, ArraySlice<UInt8>) -> Void) {
    var scanner = JSONScanner(object)
    guard (try? scanner.beginObject()) != nil else { return }
    while let key = try? scanner.nextKey(), let text = try? scanner.skip() { member(key, text) }
  }

  /// A string's bytes; nil for another kind of value.
  static func text(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard text.first == UInt8(ascii: "\"") else { return nil }
    var scanner = JSONScanner(text)
    return try? scanner.stringBytes()
  }

  /// A value; nil where it cannot be read or is null.
  static func value(_ text: ArraySlice<UInt8>) -> FeatureValue? {
    var scanner = JSONScanner(text)
    guard let value = try? FeatureValue(&scanner), value != .null else { return nil }
    return value
  }

  /// `true`, `"true"`, or a number that is not 0.
  private static func truth(_ text: ArraySlice<UInt8>) -> Bool {
    switch value(text) {
    case .bool(let value): value
    case .number(let value): value != .zero
    case .text(let value): value.lowercased() == "true"
    default: false
    }
  }

  private static func channel(_ text: ArraySlice<UInt8>) -> String {
    guard let bytes = Self.text(text), bytes.count <= channelBytesMax else { return "" }
    return String(decoding: bytes, as: UTF8.self).lowercased()
  }

  /// A text or a number names a bill; null, an empty text and what has parts name none.
  private static func bill(_ text: ArraySlice<UInt8>) -> UInt64 {
    guard let name = Self.text(text) else {
      if case .number = value(text) { return key(of: text) }
      return 0
    }
    return name.isEmpty ? 0 : key(of: name)
  }

  /// A bill's id in a row: 42 bits of its FNV-1a hash, enough among the bills of one customer; never 0.
  private static func key(of bytes: ArraySlice<UInt8>) -> UInt64 { max(1, FNV1a.hash(bytes) >> 22) }
}
