import Wire

/// The payload of `ingestion.v1/put-source`.
///
/// A request has `{"definition": {...}}`, the members of a `SourceDraft`. Behind the handler, which completes
/// it and compiles the mapping (that reads the zone database), the definition is a whole mapping, and
/// `connection_config`, `sync_frequency` and `is_active` stand beside it.
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
    try SourceDefinition.checkType(type, "type")
    var definition = SourceDefinition(
      sourceName: name, sourceType: type, mapping: String(decoding: text, as: UTF8.self))
    try Payload.read(payload) { key, scanner in
      switch key {
      case "connection_config": definition.connection = String(decoding: try scanner.skip(), as: UTF8.self)
      case "sync_frequency": definition.syncFrequency = try scanner.string()
      case "is_active": definition.isActive = try scanner.bool()
      default: try scanner.skip()
      }
    }
    self.definition = definition
  }

  /// The payload of a whole definition.
  static func encoded(_ definition: SourceDefinition) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("definition", raw: definition.mapping.utf8)
      writer.member("connection_config", raw: definition.connection.utf8)
      writer.member("sync_frequency", definition.syncFrequency)
      writer.member("is_active", definition.isActive)
    }
  }

  /// The definition's text in a payload.
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

  /// The name in `{"source"}`.
  static func name(_ payload: ArraySlice<UInt8>?) throws(WireError) -> String {
    var name = ""
    try Payload.read(payload) { key, scanner in
      if case "source" = key { name = try scanner.string() } else { try scanner.skip() }
    }
    try ChunkName.check("source", name, MappingLimits.nameBytesMax)
    return name
  }
}
