import Contracts
import Wire

extension Mapping {
  /// The metadata object's text, or empty when it would have no member.
  func metadata(
    _ shape: MappingShape, _ record: RawRecord, _ type: EventType
  ) throws(MappingRejection) -> [UInt8] {
    let text =
      shape.metadataObject.map { Self.object($0, record) } ?? members(of: shape, record)
    guard text.count <= MappingLimits.metadataBytesMax else {
      throw MappingRejection(
        .metadataTooLarge, "\(text.count) bytes of metadata, \(MappingLimits.metadataBytesMax) are the limit")
    }
    if type == .featureUpdate, !Self.hasFeatures(text) {
      throw MappingRejection(.missingFeatures, "a FEATURE_UPDATE has an object 'features' with a member")
    }
    return text
  }

  private static func hasFeatures(_ text: [UInt8]) -> Bool {
    var isFound = false
    try? Payload.read(text[...]) { key, scanner in
      guard "features" ~= key, try scanner.kind() == .object else {
        _ = try scanner.skip()
        return
      }
      try scanner.beginObject()
      while try scanner.nextKey() != nil {
        try scanner.skip()
        isFound = true
      }
    }
    return isFound
  }

  /// An object of the record as it stands; anything else is no metadata.
  private static func object(_ field: FieldSpec, _ record: RawRecord) -> [UInt8] {
    guard case .value(.json(let text)) = field.find(record), text.first == UInt8(ascii: "{") else {
      return []
    }
    return Array(text)
  }

  private func members(of shape: MappingShape, _ record: RawRecord) -> [UInt8] {
    if shape.metadata.isEmpty { return [] }
    var writer = JSONWriter(capacity: 64)
    writer.object { writer in
      var index = 0
      while index < shape.metadata.count {
        let group = shape.metadata[index].group
        let end = shape.metadata[index...].firstIndex { $0.group != group } ?? shape.metadata.count
        self.write(shape.metadata[index..<end], of: group, record, &writer)
        index = end
      }
    }
    return writer.bytes.count > 2 ? writer.bytes : []
  }

  private func write(
    _ members: ArraySlice<MetadataSpec>, of group: String, _ record: RawRecord, _ writer: inout JSONWriter
  ) {
    if group.isEmpty { return write(members, record, &writer) }
    guard members.contains(where: { converted($0.field, record) != nil }) else { return }
    writer.key(text: group)
    writer.object { self.write(members, record, &$0) }
  }

  private func write(_ members: ArraySlice<MetadataSpec>, _ record: RawRecord, _ writer: inout JSONWriter) {
    for member in members {
      guard let value = converted(member.field, record) else { continue }
      writer.raw(member.key)
      switch value {
      case .text(let text) where text.isASCII: writer.string(utf8: text)
      case .text(let text): writer.string(String(decoding: text, as: UTF8.self))
      case .number(let text), .json(let text): writer.raw(text)
      case .bool(let value): writer.bool(value)
      case .null: writer.null()
      }
    }
  }

  /// What a metadata member becomes: with a scale a number, with a format a day or an instant, else as it is.
  ///
  /// What is missing, not in the map or not in the format is left out: metadata never costs the event.
  func converted(_ field: FieldSpec, _ record: RawRecord) -> RawValue? {
    guard case .value(let value) = field.find(record) else { return nil }
    if field.scale != nil {
      return Self.number(value, field).map { .number(Array($0.description.utf8)[...]) }
    }
    guard let format = field.format else { return value }
    guard let micros = Self.time(value, field, zone) else { return nil }
    let text = format.hasTimeOfDay ? RFC3339.text(micros: micros) : zone.day(ofMicros: micros).description
    return .text(Array(text.utf8)[...])
  }
}
