import Wire

/// Where a member of an event comes from, and what is done to it on the way.
struct FieldSpec: Sendable, Hashable {
  /// The path's slot among the mapping's paths.
  var slot: Int?
  var const: RawValue?
  /// Stands in for a missing value.
  var fallback: RawValue?
  /// From the written form of a value to another value.
  var table: [ArraySlice<UInt8>: RawValue]?
  var format: TimeFormat?
  var scale: ExactNumber?

  /// What a record has for this member.
  enum Found: Sendable {
    case value(RawValue)
    case missing
    /// The map does not know this value.
    case unmapped(RawValue)
  }

  /// What stands at the path, before default and map.
  @inline(__always)
  func raw(_ record: RawRecord) -> RawValue? {
    guard let slot else { return nil }
    return record.values[slot]
  }

  @inline(__always)
  func find(_ record: RawRecord) -> Found {
    if let const { return .value(const) }
    guard let raw = raw(record), !raw.isMissing else { return fallback.map { .value($0) } ?? .missing }
    guard let table else { return .value(raw) }
    return table[raw.written].map { .value($0) } ?? .unmapped(raw)
  }
}

/// A member of an event's metadata.
struct MetadataSpec: Sendable, Hashable {
  /// The object inside of metadata that it belongs to (`features` of `features.score`); empty for metadata
  /// itself.
  let group: String
  let name: String
  let field: FieldSpec

  var target: String { group.isEmpty ? "metadata.\(name)" : "metadata.\(group).\(name)" }
}

/// One event that a record may give.
struct MappingShape: Sendable {
  /// The place in the mapping, from 1.
  var number: Int
  var customer = FieldSpec()
  var type = FieldSpec()
  var value: FieldSpec?
  var unit: FieldSpec?
  var timestamp: FieldSpec?
  var sourceEventID: FieldSpec?
  var reversesSource: FieldSpec?
  var reversesID: FieldSpec?
  /// Grouped: members of one group stand together.
  var metadata: [MetadataSpec] = []
  /// The whole metadata object, taken over as it is.
  var metadataObject: FieldSpec?
}
