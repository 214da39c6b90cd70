import Contracts
import Wire

/// What a mapping made of one shape of a raw record; it has no number and no day yet.
struct MappedEvent: Sendable, Hashable {
  var customerID: String
  var type: EventType
  var value: Decimal6?
  var unit: String?
  /// Event time, unix microseconds; of a REVERSAL without a time 0, it has no meaning there.
  var at: Int64
  var sourceEventID: String
  /// The event's place among those of its record, from 1: the first one bears the record's id alone,
  /// whichever condition it came by, so that a record that is sent again with another content is known.
  var shape: Int
  /// A JSON object's text, or empty.
  var metadata: [UInt8]
  /// The record that a REVERSAL takes back.
  var reverses: RecordName?
}

/// Why a record cannot become an event; what is kept with the rejected record.
struct MappingRejection: Error, Sendable, Hashable {
  /// Where it failed.
  enum Stage: String, Sendable { case read, map, check }

  /// The reasons, as they are stored and counted.
  enum Code: String, Sendable, CaseIterable {
    case badRecord = "bad_record"
    case missingTimestamp = "missing_timestamp"
    case badTimestamp = "bad_timestamp"
    case implausibleTimestamp = "implausible_timestamp"
    case futureTimestamp = "future_timestamp"
    case missingCustomer = "missing_customer"
    case badCustomer = "bad_customer"
    case unknownEventType = "unknown_event_type"
    case invalidValue = "invalid_value"
    case badSourceEventID = "bad_source_event_id"
    case missingReversedID = "missing_reversed_id"
    case metadataTooLarge = "metadata_too_large"
    case missingFeatures = "missing_features"
  }

  let stage: Stage
  let code: Code
  let message: String

  init(_ code: Code, _ message: String, stage: Stage = .map) {
    self.stage = stage
    self.code = code
    self.message = message
  }
}

/// What became of a raw record: skipped, rejected, or one event for each shape that applied.
enum MappedOutcome: Sendable, Hashable {
  case event(MappedEvent)
  case skipped
  case rejected(MappingRejection)
}

/// One line of a preview: what a mapping made of one field of one record.
struct FieldTrace: Sendable, Hashable {
  /// The shape's place in the mapping, from 1; 0 for the record as a whole.
  let shape: Int
  /// The event's member: `customer_id`, `metadata.cell`; `when` and `skip` for the rules.
  let target: String
  /// Where the value came from; nil for a constant.
  let path: String?
  /// What stood there; nil when nothing did.
  let raw: String?
  /// What it became; nil when it became nothing.
  let result: String?
  /// Why it became nothing, or why the record is rejected for it.
  let problem: String?
}

/// Why a mapping was refused, and which of its members is at fault: `events[0].timestamp.format`.
struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
  let field: String
  let reason: String
  var description: String { "\(field): \(reason)" }
}
