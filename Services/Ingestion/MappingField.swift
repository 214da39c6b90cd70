import Contracts
import Wire

/// Where a member of an event comes from, and what is done to it on the way.
///
/// A plain path, which most members are, is a number alone: everything else is behind one reference, so that
/// passing a member around copies nothing.
struct FieldSpec: Sendable, Hashable {
  /// The path's slot among the mapping's paths.
  var slot: Int?
  private var steps: Steps?

  /// Slots of paths that are tried in their order where the first has no value.
  var others: [Int] {
    get { steps?.rest.others ?? [] }
    set { change { $0.others = newValue } }
  }
  var const: RawValue? {
    get { steps?.rest.const }
    set { change { $0.const = newValue } }
  }
  /// Stands in for a missing value.
  var fallback: RawValue? {
    get { steps?.rest.fallback }
    set { change { $0.fallback = newValue } }
  }
  /// From the written form of a value to another value.
  var table: ValueTable? {
    get { steps?.rest.table }
    set { change { $0.table = newValue } }
  }
  var format: TimeFormat? {
    get { steps?.rest.format }
    set { change { $0.format = newValue } }
  }
  var scale: ExactNumber? {
    get { steps?.rest.scale }
    set { change { $0.scale = newValue } }
  }

  private struct Rest: Sendable, Hashable {
    var others: [Int] = []
    var const: RawValue?
    var fallback: RawValue?
    var table: ValueTable?
    var format: TimeFormat?
    var scale: ExactNumber?
  }

  private final class Steps: Sendable, Hashable {
    let rest: Rest
    init(_ rest: Rest) { self.rest = rest }
    static func == (left: Steps, right: Steps) -> Bool { left.rest == right.rest }
    func hash(into hasher: inout Hasher) { hasher.combine(rest) }
  }

  private mutating func change(_ body: (inout Rest) -> Void) {
    var rest = steps?.rest ?? Rest()
    body(&rest)
    steps = Steps(rest)
  }

  /// What a record has for this member.
  enum Found: Sendable {
    case value(RawValue)
    case missing
    /// The map does not know this value.
    case unmapped(RawValue)
  }

  /// What stands at the path, or at the first of several that has a value, before default and map.
  @inline(__always)
  func raw(_ record: RawRecord) -> RawValue? {
    guard let slot else { return nil }
    let value = record.values[slot]
    guard let steps, !steps.rest.others.isEmpty, value?.isMissing != false else { return value }
    for slot in steps.rest.others { if let other = record.values[slot], !other.isMissing { return other } }
    return value
  }

  @inline(__always)
  func find(_ record: RawRecord) -> Found {
    if let const = steps?.rest.const { return .value(const) }
    guard let raw = raw(record), !raw.isMissing else {
      return steps?.rest.fallback.map { .value($0) } ?? .missing
    }
    guard let steps, steps.rest.table != nil else { return .value(raw) }
    return steps.rest.table?[raw.written].map { .value($0) } ?? .unmapped(raw)
  }
}

/// What a map's written values become; few are compared one by one, many are looked up.
struct ValueTable: Sendable, Hashable {
  /// So many are compared one by one.
  private static let rowMax = 8

  private var row: [Entry] = []
  private var index: [ArraySlice<UInt8>: RawValue] = [:]

  private struct Entry: Sendable, Hashable {
    let written: ArraySlice<UInt8>
    let value: RawValue
  }

  var count: Int { max(row.count, index.count) }
  var values: [RawValue] { index.map(\.value) }

  mutating func insert(_ value: RawValue, for written: ArraySlice<UInt8>) {
    index[written] = value
    row = index.count > Self.rowMax ? [] : index.map { Entry(written: $0.key, value: $0.value) }
  }

  subscript(written: ArraySlice<UInt8>) -> RawValue? {
    if row.isEmpty { return index[written] }
    for entry in row where isSame(entry.written, written) { return entry.value }
    return nil
  }

  @inline(__always)
  private func isSame(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
      }
    }
  }
}

/// A member of an event's metadata.
struct MetadataSpec: Sendable, Hashable {
  /// The object inside of metadata that it belongs to (`features` of `features.score`); empty for metadata
  /// itself.
  let group: String
  let name: String
  let field: FieldSpec
  /// The name as it is written, with quotes and colon.
  let key: [UInt8]

  init(group: String, name: String, field: FieldSpec) {
    self.group = group
    self.name = name
    self.field = field
    var writer = JSONWriter()
    writer.key(text: name)
    key = writer.bytes
  }

  var target: String { group.isEmpty ? "metadata.\(name)" : "metadata.\(group).\(name)" }
}

/// One event that a record may give.
struct MappingShape: Sendable {
  /// The place in the mapping, from 1.
  var number: Int
  var customer = FieldSpec()
  var type = FieldSpec()
  /// The type that a mapping names outright.
  var constantType: EventType?
  var value: FieldSpec?
  var unit: FieldSpec?
  /// The unit that a mapping names outright, for the type that it names outright.
  var constantUnit: MappedUnit?
  var timestamp: FieldSpec?
  var sourceEventID: FieldSpec?
  var reversesSource: FieldSpec?
  var reversesID: FieldSpec?
  /// Grouped: members of one group stand together.
  var metadata: [MetadataSpec] = []
  /// The whole metadata object, taken over as it is.
  var metadataObject: FieldSpec?
}
