import Contracts
import Rules
import Wire

/// How one source's raw records become events: data, compiled once (domain.md 2, `event_mapping`).
///
/// A record becomes as a whole either skipped, or rejected, or events: if one of its shapes cannot be an
/// event, none is, so that every raw record counts once and a corrected one can be replayed.
struct Mapping: Sendable {
  /// The source's unique name.
  let name: String
  /// The source's type: `cdr`, `billing`, ...
  let type: String
  private(set) var format: RecordFormat
  /// The zone of times that are written without one.
  let zone: Zone
  /// Earlier events are quiet; unix microseconds.
  let announceFrom: Int64?
  /// All paths that it reads; a record's values are in this order.
  let paths: [FieldPath]
  let shapes: [MappingShape]
  let skip: Condition?
  /// A shape's condition, in the order of the shapes.
  let conditions: [Condition?]
  /// What is the same in the ids of all records without one.
  let identityStart: SipHash

  /// Takes the records' bytes apart for this mapping; `header` is a CSV file's first record.
  func reader(header: ArraySlice<UInt8>? = nil) -> RawRecordReader {
    guard case .csv(let dialect, _) = format, dialect.header, let header else {
      return RawRecordReader(format: format, paths: paths, header: nil)
    }
    return RawRecordReader(format: format, paths: paths, header: CSVFields.all(header, dialect))
  }

  /// The same for records that are JSON objects, their members called as the columns are.
  var ofObjects: Mapping {
    var mapping = self
    mapping.format = .jsonLines
    return mapping
  }

  /// Whether an event of this time counts without being announced.
  func isQuiet(at: Int64) -> Bool { announceFrom.map { at < $0 } ?? false }

  /// What becomes of a record, without looking at the clock.
  func map(_ record: RawRecord) -> [MappedOutcome] {
    map(record) { (_) throws(MappingRejection) in }
  }

  /// What becomes of a record that is taken in at `now` (unix microseconds).
  func map(_ record: RawRecord, now: Int64) -> [MappedOutcome] {
    map(record) { (event) throws(MappingRejection) in
      if event.type != .reversal { try TimePlausibility.check(at: event.at, now: now) }
    }
  }

  private func map(
    _ record: RawRecord, check: (MappedEvent) throws(MappingRejection) -> Void
  ) -> [MappedOutcome] {
    do throws(MappingRejection) {
      if try isSkipped(record) { return [.skipped] }
      var outcomes: [MappedOutcome] = []
      for place in shapes.indices where applies(place, record) {
        var event = try event(shapes[place], record)
        event.shape = outcomes.count + 1
        try check(event)
        outcomes.append(.event(event))
      }
      if outcomes.isEmpty {
        throw MappingRejection(.unknownEventType, "the condition of no event shape holds")
      }
      return outcomes
    } catch {
      return [.rejected(error)]
    }
  }

  /// Skipping comes before all that can reject, also before a wrong number of columns (a trailer line).
  ///
  /// Only of a record that cannot be taken apart nothing can be said.
  func isSkipped(_ record: RawRecord) throws(MappingRejection) -> Bool {
    if case .unreadable(let reason) = record.flaw {
      throw MappingRejection(.badRecord, reason, stage: .read)
    }
    if let skip, skip.rule.holds({ Self.value(record, $0) }) { return true }
    if case .columns(let expected, let found) = record.flaw {
      throw MappingRejection(.badRecord, "\(found) columns, the header has \(expected)", stage: .read)
    }
    return false
  }

  /// Whether the condition of the shape at a place holds.
  func applies(_ place: Int, _ record: RawRecord) -> Bool {
    guard let condition = conditions[place] else { return true }
    return condition.rule.holds { Self.value(record, $0) }
  }

  /// A raw value as rules see it: an empty CSV field and what is not there are null.
  static func value(_ record: RawRecord, _ slot: Int) -> RuleValue {
    switch record.values[slot] {
    case nil, .null: .null
    case .text(let text): text.isEmpty ? .null : .string(String(decoding: text, as: UTF8.self))
    case .number(let text): ExactNumber(text)?.decimal.map(RuleValue.number) ?? .null
    case .bool(let value): .bool(value)
    case .json(let text): .string(String(decoding: text, as: UTF8.self))
    }
  }
}

/// A rule behind one reference: asked for each record, it is not copied with all its parts.
final class Condition: Sendable {
  let rule: Rule

  init(_ rule: Rule) { self.rule = rule }
}
