import Contracts
import Rules
import Wire

extension Mapping {
  /// What the mapping makes of a record, field by field; the first line of each shape is its condition, if
  /// any.
  ///
  /// It stores nothing and shows also the fields after one that rejects the record.
  func explain(_ record: RawRecord) -> [FieldTrace] {
    var traces: [FieldTrace] = []
    do throws(MappingRejection) {
      let skipped = try isSkipped(record)
      if skip != nil { traces.append(.rule("skip", skipped, shape: 0)) }
      if skipped { return traces }
    } catch {
      return [
        FieldTrace(shape: 0, target: "record", path: nil, raw: nil, result: nil, problem: error.message)
      ]
    }
    for (place, shape) in shapes.enumerated() {
      let applies = applies(place, record)
      if conditions[place] != nil {
        traces.append(.rule("when", applies, shape: shape.number))
      }
      if applies { traces += explain(shape, record) }
    }
    return traces
  }

  private func explain(_ shape: MappingShape, _ record: RawRecord) -> [FieldTrace] {
    var trace = ShapeTrace(mapping: self, shape: shape.number, record: record)
    trace.add("customer_id", shape.customer) { () throws(MappingRejection) in try customer(shape, record) }
    trace.add("event_type", shape.type) { () throws(MappingRejection) in
      try eventType(shape, record).rawValue
    }
    // Without a type the value and time are still shown, as those of an event that needs both.
    let type = (try? eventType(shape, record)) ?? .dataUsage
    trace.add("value", shape.value) { () throws(MappingRejection) in
      try value(shape, record, type, unit(shape, record, type))?.description
    }
    trace.add("unit", shape.unit) { () throws(MappingRejection) in try unit(shape, record, type).text }
    trace.add("timestamp", shape.timestamp) { () throws(MappingRejection) in
      RFC3339.text(micros: try time(shape, record, type))
    }
    trace.add("source_event_id", shape.sourceEventID) { () throws(MappingRejection) in
      try sourceEventID(shape, record)
    }
    if type == .reversal {
      trace.add("reverses_id", shape.reversesID) { () throws(MappingRejection) in
        try reverses(shape, record).id
      }
      trace.add("reverses_source", shape.reversesSource) { () throws(MappingRejection) in
        try reverses(shape, record).source
      }
    }
    for member in shape.metadata {
      trace.add(member.target, member.field) { () throws(MappingRejection) in
        converted(member.field, record).map { String(decoding: $0.written, as: UTF8.self) }
      }
    }
    trace.addMetadata { () throws(MappingRejection) in try metadata(shape, record, type) }
    return trace.lines
  }
}

/// The lines of one shape of a preview.
private struct ShapeTrace {
  let mapping: Mapping
  let shape: Int
  let record: RawRecord
  private(set) var lines: [FieldTrace] = []

  init(mapping: Mapping, shape: Int, record: RawRecord) {
    self.mapping = mapping
    self.shape = shape
    self.record = record
  }

  mutating func add(
    _ target: String, _ field: FieldSpec?, _ convert: () throws(MappingRejection) -> String?
  ) {
    let raw = field?.raw(record).map { String(decoding: $0.written, as: UTF8.self) }
    let path = field?.slot.map { mapping.paths[$0].description }
    var result: String?
    var problem: String?
    do throws(MappingRejection) { result = try convert() } catch { problem = error.message }
    if field == nil, result == nil, problem == nil { return }
    lines.append(
      FieldTrace(shape: shape, target: target, path: path, raw: raw, result: result, problem: problem))
  }

  /// The metadata as a whole: only worth a line where it is taken over as a whole, or too large.
  mutating func addMetadata(_ convert: () throws(MappingRejection) -> [UInt8]) {
    do throws(MappingRejection) {
      let text = try convert()
      if text.isEmpty { return }
      add("metadata", nil) { () throws(MappingRejection) in String(decoding: text, as: UTF8.self) }
    } catch {
      add("metadata", nil) { () throws(MappingRejection) in throw error }
    }
  }
}

extension FieldTrace {
  fileprivate static func rule(_ target: String, _ holds: Bool, shape: Int) -> FieldTrace {
    FieldTrace(
      shape: shape, target: target, path: nil, raw: nil, result: holds ? "true" : "false", problem: nil)
  }
}
