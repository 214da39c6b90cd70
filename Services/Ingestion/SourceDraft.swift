import Wire

/// A source as a request gives it: a mapping's members, or those of a data source, or some of both.
///
/// Mapping members are `format`, `zone`, `announce_from`, `events`, `skip`, also inside of `event_mapping`;
/// beside them `connection_config`, `sync_frequency`, `is_active`. What is not given stays as it is; without
/// any mapping a new source gets the default one of its type.
struct SourceDraft: Sendable {
  private(set) var name = ""
  private(set) var type = ""
  private var mapping: [(name: String, text: ArraySlice<UInt8>)] = []
  private var connection: ArraySlice<UInt8>?
  private var frequency: String?
  private var isActive: Bool?

  /// Reads a `definition`; throws `invalid_argument` naming a member that no source has.
  init(_ text: ArraySlice<UInt8>) throws(WireError) {
    try read(text)
    try ChunkName.check("name", name, MappingLimits.nameBytesMax)
  }

  private static let mappingMembers: Set<String> = ["format", "zone", "announce_from", "events", "skip"]
  /// Members that are shown and not taken, so that what is shown can be given back.
  private static let shownMembers: Set<String> = [
    "id", "version", "origin", "created_at", "updated_at", "last_sync_at", "last_sync_status", "cursor",
    "next_sync_at", "last_record_at", "is_silent",
  ]

  private mutating func read(_ text: ArraySlice<UInt8>) throws(WireError) {
    try Payload.read(text) { key, scanner in
      switch key {
      case "name", "source_name": name = try scanner.string()
      case "type", "source_type": type = try scanner.string()
      case "event_mapping", "mapping":
        if try !scanner.takeNull() { try read(try scanner.skip()) }
      case "connection_config": connection = try scanner.skip()
      case "sync_frequency": frequency = try scanner.string()
      case "is_active": isActive = try scanner.bool()
      default:
        let member = key.description
        let value = try scanner.skip()
        if Self.shownMembers.contains(member) { return }
        guard Self.mappingMembers.contains(member) else {
          throw WireError.invalid("'\(member)' is no member of a source")
        }
        mapping.removeAll { $0.name == member }
        if !value.elementsEqual("null".utf8) { mapping.append((member, value)) }
      }
    }
  }

  /// The definition that the request asks for, given the one that there is; of one that it replaces only
  /// masked secrets are kept.
  func definition(
    over present: SourceDefinition?, replaces: Bool = false
  ) throws(WireError) -> SourceDefinition {
    let known = replaces ? nil : present
    let type = type.isEmpty ? known?.sourceType ?? "" : type
    try SourceDefinition.checkType(type, "type")
    let given = connection.map { Secrets.restored($0, from: (present?.connection ?? "{}").utf8) }
    let connection = given.map { String(decoding: $0, as: UTF8.self) } ?? known?.connection ?? "{}"
    let fetched = try Connection(connection.utf8)
    let mapping = try mapping(type, connection, known)
    var definition = SourceDefinition(sourceName: name, sourceType: type, mapping: mapping)
    definition.connection = connection
    definition.syncFrequency = frequency ?? known?.syncFrequency ?? SourceDefinition.frequencyDefault
    definition.isActive = isActive ?? (known?.isDeleted == false ? known?.isActive : nil) ?? true
    _ = try Schedule(definition.syncFrequency)
    if definition.isActive, let missing = fetched.missing {
      throw .invalid("'connection_config.\(missing)' is missing: without it 'is_active' must be false")
    }
    return definition
  }

  /// A mapping's whole text.
  private func mapping(
    _ type: String, _ connection: String, _ known: SourceDefinition?
  ) throws(WireError) -> String {
    var members = mapping
    if let known, known.sourceType == type, !members.contains(where: { $0.name == "events" }) {
      let given = Set(members.map(\.name))
      try Payload.read(Array(known.mapping.utf8)[...]) { key, scanner in
        let (name, value) = (key.description, try scanner.skip())
        if Self.mappingMembers.contains(name), !given.contains(name) { members.append((name, value)) }
      }
    }
    if !members.contains(where: { $0.name == "format" }) {
      members.insert(("format", try Self.format(connection)), at: 0)
    }
    if !members.contains(where: { $0.name == "events" }) {
      members.append(("events", DefaultMapping.events(of: type)[...]))
    }
    let text = JSONWriter.object { writer in
      writer.member("name", name)
      writer.member("type", type)
      for (name, value) in members {
        writer.key(text: name)
        writer.raw(value)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let dialectMembers: Set<String> = ["delimiter", "quote", "escape", "header", "columns"]

  /// The records' format, where a connection says it: `"format": "csv"` and the dialect's members beside it.
  private static func format(_ connection: String) throws(WireError) -> ArraySlice<UInt8> {
    var kind = "json_lines"
    var whole: ArraySlice<UInt8>?
    var dialect: [(String, ArraySlice<UInt8>)] = []
    try Payload.read(Array(connection.utf8)[...]) { key, scanner in
      let name = key.description
      if name == "format" {
        if try scanner.kind() == .object { whole = try scanner.skip() } else { kind = try scanner.string() }
      } else {
        let value = try scanner.skip()
        if dialectMembers.contains(name) { dialect.append((name, value)) }
      }
    }
    return whole
      ?? JSONWriter.object { writer in
        writer.member("kind", kind)
        for (name, value) in dialect {
          writer.key(text: name)
          writer.raw(value)
        }
      }[...]
  }
}
