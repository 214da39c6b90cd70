import Contracts
import Wire

/// How the records of a source become events: by its mapping, or in Laurel's own form of an event.
///
/// The own form is `{"customer_id", "event_type", "value"?, "unit"?, "timestamp", "source_event_id"?,
/// "metadata"?, "reverses"?: {"source"?, "source_event_id"}}`; its time is RFC 3339, or a count of seconds,
/// milliseconds or microseconds since 1970, which of them its size says.
struct RecordForm: Sendable {
  private let mapping: Mapping
  /// The same mapping for times in seconds, milliseconds and microseconds; empty where the mapping says how.
  private let counted: [Mapping]
  private let timeSlot: Int?

  var name: String { mapping.name }
  var type: String { mapping.type }
  var hasHeader: Bool { mapping.format.hasHeader }
  var isJSON: Bool { mapping.format == .jsonLines }

  /// By a mapping.
  init(_ mapping: Mapping) {
    self.mapping = mapping
    counted = []
    timeSlot = nil
  }

  /// The own form under a source's name and type; throws what is wrong with them.
  init(ownFormOf name: String, type: String, zone: Zone) throws(MappingError) {
    mapping = try Mapping(json: Self.ownForm(name: name, type: type, zone: zone.name))
    var counted: [Mapping] = []
    for format in ["epoch_s", "epoch_ms", "epoch_us"] {
      counted.append(try Mapping(json: Self.ownForm(name: name, type: type, zone: zone.name, time: format)))
    }
    self.counted = counted
    timeSlot = mapping.paths.firstIndex { $0.description == "timestamp" }
  }

  /// The own form as a mapping's text; without a zone it leaves that to who compiles it.
  static func ownForm(name: String, type: String, zone: String? = nil, time: String? = nil) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("name", name)
      writer.member("type", type)
      writer.member("format", raw: #"{"kind":"json_lines"}"#.utf8)
      writer.member("zone", optional: zone)
      writer.key("events")
      writer.array { writer in
        writer.object { writer in
          for (member, path) in ownPaths {
            writer.key(text: member)
            writer.string(path)
          }
          writer.key("timestamp")
          writer.object { writer in
            writer.member("path", "timestamp")
            writer.member("format", optional: time)
          }
        }
      }
    }
  }

  private static let ownPaths = [
    ("customer_id", "customer_id"), ("event_type", "event_type"), ("value", "value"), ("unit", "unit"),
    ("source_event_id", "source_event_id"), ("metadata", "metadata"), ("reverses_source", "reverses.source"),
    ("reverses_id", "reverses.source_event_id"),
  ]

  func reader(header: ArraySlice<UInt8>?) -> RawRecordReader { mapping.reader(header: header) }

  func map(_ record: RawRecord, now: Int64) -> [MappedOutcome] { mapping(for: record).map(record, now: now) }

  func isQuiet(at: Int64) -> Bool { mapping.isQuiet(at: at) }

  /// From here on a count is not of seconds (the year 5138), and not of milliseconds.
  private static let countsMax: [Int64] = [100_000_000_000, 100_000_000_000_000]

  private func mapping(for record: RawRecord) -> Mapping {
    guard let timeSlot, !counted.isEmpty, case .number(let text) = record.values[timeSlot] else {
      return mapping
    }
    let whole = text.prefix { $0 != UInt8(ascii: ".") }
    guard let count = Int64(String(decoding: whole, as: UTF8.self)) else { return counted[0] }
    return counted[Self.countsMax.count { count >= $0 }]
  }
}
