import Contracts
import Wire

/// The units in which values are kept (domain.md 2): seconds of calls, MB of 10^6 bytes, messages.
enum ValueUnit {
  /// The unit of a type's values; nil where the record's own is kept, such as a currency.
  static func of(_ type: EventType) -> String? {
    switch type {
    case .callOutgoing, .callIncoming: "s"
    case .dataUsage: "MB"
    case .smsSent, .smsReceived: "messages"
    default: nil
    }
  }

  /// How many of the kept units one of a record's units is; nil for a word that is none of the type's.
  static func factor(_ unit: String, _ type: EventType) -> ExactNumber? {
    switch type {
    case .callOutgoing, .callIncoming: seconds[unit.lowercased()]
    case .dataUsage: megabytes[unit.lowercased()]
    default: one
    }
  }

  static let one = ExactNumber(mantissa: 1, exponent: 0)

  private static let seconds = table([
    (["s", "sec", "secs", "second", "seconds"], 1, 0), (["ms", "millisecond", "milliseconds"], 1, -3),
    (["min", "mins", "minute", "minutes"], 60, 0), (["h", "hour", "hours"], 3_600, 0),
  ])

  private static let megabytes = table([
    (["mb", "megabyte", "megabytes"], 1, 0), (["b", "byte", "bytes"], 1, -6),
    (["kb", "kilobyte", "kilobytes"], 1, -3), (["gb", "gigabyte", "gigabytes"], 1, 3), (["tb"], 1, 6),
    (["kib"], 1_024, -6), (["mib"], 1_048_576, -6), (["gib"], 1_073_741_824, -6),
  ])

  private static func table(_ rows: [(words: [String], mantissa: Int128, exponent: Int)]) -> [String:
    ExactNumber]
  {
    var table: [String: ExactNumber] = [:]
    for row in rows {
      for word in row.words { table[word] = ExactNumber(mantissa: row.mantissa, exponent: row.exponent) }
    }
    return table
  }
}

/// A value's unit in a record: what is kept, and what the value is multiplied by.
struct MappedUnit: Sendable, Hashable {
  var text: String?
  /// nil for one.
  var factor: ExactNumber?
}

extension Mapping {
  /// A unit that the mapping names is looked up once, with the mapping; here only what a record says.
  func unit(
    _ shape: MappingShape, _ record: RawRecord, _ type: EventType
  ) throws(MappingRejection) -> MappedUnit {
    if let constant = shape.constantUnit { return constant }
    guard let field = shape.unit else { return MappedUnit(text: ValueUnit.of(type)) }
    switch field.find(record) {
    case .missing: return MappedUnit(text: ValueUnit.of(type))
    case .unmapped(let raw): throw Self.unmapped(.invalidValue, raw)
    case .value(let value):
      guard let text = Self.text(value), let unit = Self.unit(text, type) else {
        throw MappingRejection(.invalidValue, "\(Self.quote(value)) is no unit of \(type.rawValue)")
      }
      return unit
    }
  }

  /// A unit's text, as it is kept; nil for a text that is none of the type.
  static func unit(_ text: String, _ type: EventType) -> MappedUnit? {
    let kept = ValueUnit.of(type)
    if text == kept { return MappedUnit(text: text) }
    guard text.utf8.count <= MappingLimits.unitBytesMax, let factor = ValueUnit.factor(text, type) else {
      return nil
    }
    return MappedUnit(text: kept ?? text, factor: factor == ValueUnit.one ? nil : factor)
  }
}
