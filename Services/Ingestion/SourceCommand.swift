import Wire

/// The payload of `ingestion.v1/put-source`: `{"definition": {...}}`, a mapping's members.
///
/// The handler compiles the mapping before (which reads the zone database); here only what the fold keeps is
/// taken.
struct SourceCommand: Sendable {
  let definition: SourceDefinition

  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    let text = try Self.mapping(payload)
    var (name, type) = ("", "")
    try Payload.read(text) { key, scanner in
      switch key {
      case "name": name = try scanner.string()
      case "type": type = try scanner.string()
      default: try scanner.skip()
      }
    }
    try ChunkName.check("name", name, MappingLimits.nameBytesMax)
    guard SourceDefinition.types.contains(type) else { throw .invalid("'type' is no type of source") }
    definition = SourceDefinition(
      sourceName: name, sourceType: type, mapping: String(decoding: text, as: UTF8.self))
  }

  /// The mapping's text in a payload.
  static func mapping(_ payload: ArraySlice<UInt8>?) throws(WireError) -> ArraySlice<UInt8> {
    var text: ArraySlice<UInt8> = []
    try Payload.read(payload) { key, scanner in
      if case "definition" = key { text = try scanner.skip() } else { try scanner.skip() }
    }
    guard text.first == UInt8(ascii: "{") else { throw .invalid("'definition' must be an object: a mapping") }
    guard text.count <= MappingLimits.textBytesMax else {
      throw .invalid("'definition' has more than \(MappingLimits.textBytesMax) bytes")
    }
    return text
  }
}
