import Contracts
import Wire

/// The way from a record to one event, member by member.
extension Mapping {
  func event(_ shape: MappingShape, _ record: RawRecord) throws(MappingRejection) -> MappedEvent {
    let customer = try customer(shape, record)
    let type = try eventType(shape, record)
    let unit = type.valueRule == .none ? MappedUnit() : try unit(shape, record, type)
    let value = try value(shape, record, type, unit)
    return MappedEvent(
      customerID: customer, type: type, value: value,
      unit: value == nil ? nil : unit.text,
      at: try time(shape, record, type), sourceEventID: try sourceEventID(shape, record),
      shape: shape.number, metadata: try metadata(shape, record, type),
      reverses: type == .reversal ? try reverses(shape, record) : nil)
  }

  func customer(_ shape: MappingShape, _ record: RawRecord) throws(MappingRejection) -> String {
    switch shape.customer.find(record) {
    case .missing: throw MappingRejection(.missingCustomer, "no customer_id")
    case .unmapped(let raw): throw Self.unmapped(.badCustomer, raw)
    case .value(let value):
      guard let text = CustomerID.text(value) else {
        throw MappingRejection(
          .badCustomer,
          "\(Self.quote(value)) is not 1 to \(MappingLimits.customerBytesMax) bytes of UTF-8 in NFC, "
            + "without controls"
        )
      }
      return text
    }
  }

  func eventType(_ shape: MappingShape, _ record: RawRecord) throws(MappingRejection) -> EventType {
    if let type = shape.constantType { return type }
    switch shape.type.find(record) {
    case .missing: throw MappingRejection(.unknownEventType, "no event_type")
    case .unmapped(let raw): throw Self.unmapped(.unknownEventType, raw)
    case .value(let value):
      guard let type = EventType(name: value.written) else {
        throw MappingRejection(.unknownEventType, "\(Self.quote(value)) is no event type")
      }
      return type
    }
  }

  /// A number that is not one spoils the record also where the type would not need it.
  func value(
    _ shape: MappingShape, _ record: RawRecord, _ type: EventType, _ unit: MappedUnit
  ) throws(MappingRejection) -> Decimal6? {
    if type.valueRule == .none { return nil }
    guard let field = shape.value else { return try type.checked(nil) }
    switch field.find(record) {
    case .missing: return try type.checked(nil)
    case .unmapped(let raw): throw Self.unmapped(.invalidValue, raw)
    case .value(let value):
      guard let number = Self.number(value, field, unit.factor) else {
        throw MappingRejection(.invalidValue, "\(Self.quote(value)) is no number, or too large a one")
      }
      return try type.checked(number)
    }
  }

  /// A text or number, scaled exactly, also by its unit's factor, and then rounded once, half away from zero
  /// at six places.
  static func number(_ value: RawValue, _ field: FieldSpec, _ factor: ExactNumber? = nil) -> Decimal6? {
    switch value {
    case .text(let text), .number(let text):
      guard let number = ExactNumber(text) else { return nil }
      let scaled = field.scale.map { number * $0 } ?? number
      return factor.map { scaled.times($0)?.decimal } ?? scaled.decimal
    case .bool, .null, .json: return nil
    }
  }

  /// The time of a REVERSAL has no meaning, so a missing or bad one does not matter.
  func time(_ shape: MappingShape, _ record: RawRecord, _ type: EventType) throws(MappingRejection) -> Int64 {
    do throws(MappingRejection) { return try time(shape, record) } catch {
      if type == .reversal { return 0 }
      throw error
    }
  }

  private func time(_ shape: MappingShape, _ record: RawRecord) throws(MappingRejection) -> Int64 {
    guard let field = shape.timestamp else { throw MappingRejection(.missingTimestamp, "no timestamp") }
    switch field.find(record) {
    case .missing: throw MappingRejection(.missingTimestamp, "no timestamp")
    case .unmapped(let raw): throw Self.unmapped(.badTimestamp, raw)
    case .value(let value):
      guard let time = Self.time(value, field, zone) else {
        throw MappingRejection(.badTimestamp, "\(Self.quote(value)) does not follow the time format")
      }
      return time
    }
  }

  static func time(_ value: RawValue, _ field: FieldSpec, _ zone: Zone) -> Int64? {
    switch value {
    case .text(let text), .number(let text): (field.format ?? .standard).micros(text, zone: zone)
    case .bool, .null, .json: nil
    }
  }

  func sourceEventID(_ shape: MappingShape, _ record: RawRecord) throws(MappingRejection) -> String {
    guard let field = shape.sourceEventID else { return identity(of: record.bytes) }
    switch field.find(record) {
    case .missing: return identity(of: record.bytes)
    case .unmapped(let raw): throw Self.unmapped(.badSourceEventID, raw)
    case .value(let value): return try Self.identifier(value)
    }
  }

  func reverses(_ shape: MappingShape, _ record: RawRecord) throws(MappingRejection) -> RecordName {
    guard let field = shape.reversesID, case .value(let value) = field.find(record) else {
      throw MappingRejection(.missingReversedID, "a REVERSAL names the record that it takes back")
    }
    var source = name
    if let field = shape.reversesSource, case .value(let value) = field.find(record) {
      source = try Self.identifier(value)
    }
    return RecordName(source: source, id: try Self.identifier(value))
  }

  private static func identifier(_ value: RawValue) throws(MappingRejection) -> String {
    guard let text = text(value), text.utf8.count <= MappingLimits.sourceEventIDBytesMax,
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw MappingRejection(.badSourceEventID, "\(quote(value)) cannot be an id") }
    return text
  }

  /// A text or number as it is written; nil for what is none, or is not UTF-8.
  static func text(_ value: RawValue) -> String? {
    switch value {
    case .text(let text), .number(let text):
      text.isASCII ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
    case .bool, .null, .json: nil
    }
  }

  static func unmapped(_ code: MappingRejection.Code, _ raw: RawValue) -> MappingRejection {
    MappingRejection(code, "the map has no entry for \(quote(raw))")
  }

  /// A value for a message, short.
  static func quote(_ value: RawValue) -> String {
    let text = String(decoding: value.written, as: UTF8.self)
    return text.count > MappingLimits.quotedMax
      ? "\"\(text.prefix(MappingLimits.quotedMax))...\"" : "\"\(text)\""
  }
}
