import Wire

/// A data source's two forms: as HTTP shows it (domain.md 2, DataSourceConfig), and as Ingestion defines it.
///
/// A definition has everything in one object beside `name` and `type`; outside, what says how records become
/// events is in `event_mapping`, and the rest stands beside it.
enum SourceText {
  /// What `event_mapping` holds.
  static let mapping: Set<String> = ["format", "zone", "events", "skip"]
  /// What identifies a source: it is given once.
  private static let identity: Set<String> = ["source_name", "source_type"]

  typealias Member = (name: String, value: ArraySlice<UInt8>)

  /// What Ingestion answers of a source, as HTTP shows it.
  static func shown(_ element: ArraySlice<UInt8>) throws(WireError) -> [UInt8] {
    let source = try ObjectText(element)
    let definition = try definition(source)
    let inner = definition.members.filter { mapping.contains($0.name) }
    let known = Set(source.members.map(\.name)).union(["name", "type"]).union(mapping)
    let outer = definition.members.filter { !known.contains($0.name) }
    return JSONWriter.object { writer in
      if let name = source["source_name"] { writer.member("id", raw: name) }
      write(source.members.filter { $0.name != "mapping" && $0.name != "id" } + outer, &writer)
      writer.key("event_mapping")
      writer.object { write(inner, &$0) }
    }
  }

  private static func definition(_ source: ObjectText) throws(WireError) -> ObjectText {
    try ObjectText(source["mapping"] ?? Array("{}".utf8)[...])
  }

  /// The definition of a source that is made from a body; throws what is missing or not to be given.
  static func definition(from body: ObjectText) throws -> (name: String, text: [UInt8]) {
    guard let name = try body.string("source_name") else {
      throw Problem.field("source_name", "required", "is required")
    }
    guard let type = try body.string("source_type") else {
      throw Problem.field("source_type", "required", "is required")
    }
    let members = try flat(body).filter { !identity.contains($0.name) }
    return (name, text(name: name, type: type, members))
  }

  /// The definition of a source after changes: a member replaces the whole old one, null takes it away.
  static func definition(of element: ArraySlice<UInt8>, changed body: ObjectText) throws -> [UInt8] {
    if let fixed = body.members.first(where: { identity.contains($0.name) }) {
      throw Problem.field(fixed.name, "fixed", "cannot be changed: make another source")
    }
    let source = try ObjectText(element)
    let changes = try flat(body)
    let replaced = Set(changes.map(\.name)).union(["name", "type"])
    let kept = try definition(source).members.filter { !replaced.contains($0.name) }
    let new = changes.filter { !$0.value.elementsEqual("null".utf8) }
    return text(
      name: try source.string("source_name") ?? "", type: try source.string("source_type") ?? "", kept + new)
  }

  /// A body's members with those of `event_mapping` among them.
  private static func flat(_ body: ObjectText) throws -> [Member] {
    var members = body.members.filter { $0.name != "event_mapping" }
    if let text = body["event_mapping"] { members += try inner(text) }
    var names: Set<String> = ["name", "type"]
    for member in members where !names.insert(member.name).inserted {
      throw Problem.field(member.name, "unknown", "is not to be given here")
    }
    return members
  }

  private static func inner(_ text: ArraySlice<UInt8>) throws -> [Member] {
    guard let object = try? ObjectText(text) else {
      throw Problem.field("event_mapping", "invalid", "must be an object")
    }
    return object.members
  }

  private static func text(name: String, type: String, _ members: [Member]) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("name", name)
      writer.member("type", type)
      write(members, &writer)
    }
  }

  private static func write(_ members: [Member], _ writer: inout JSONWriter) {
    for member in members {
      writer.key(text: member.name)
      writer.raw(member.value)
    }
  }
}
