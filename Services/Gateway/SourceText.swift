import Wire

/// A data source as HTTP shows it (domain.md 2, DataSourceConfig).
///
/// Ingestion keeps what says how records become events in one object with the source's name and type;
/// outside, `event_mapping` has the former alone. It takes either form, and what it is not given stays.
enum SourceText {
  /// Members of a mapping that belong to the source as a whole.
  private static let whole: Set<String> = ["name", "type", "announce_from"]
  /// What identifies a source: it is given once.
  private static let identity = ["id", "name", "type", "source_name", "source_type"]

  /// What Ingestion answers of a source, as HTTP shows it.
  static func shown(_ element: ArraySlice<UInt8>) throws(WireError) -> [UInt8] {
    let source = try ObjectText(element)
    let mapping = try ObjectText(source["mapping"] ?? Array("{}".utf8)[...])
    return JSONWriter.object { writer in
      if source["id"] == nil, let name = source["source_name"] { writer.member("id", raw: name) }
      source.write(&writer, without: ["mapping"])
      if let instant = mapping["announce_from"] { writer.member("announce_from", raw: instant) }
      writer.key("event_mapping")
      writer.object { mapping.write(&$0, without: whole) }
    }
  }

  /// The name of a source that a body defines; throws what is missing.
  static func name(of body: ObjectText) throws -> String {
    for member in ["source_name", "source_type"] where try body.string(member) == nil {
      throw Problem.field(member, "required", "is required")
    }
    return try body.string("source_name") ?? ""
  }

  /// A whole source under a known name; throws where the body has another name or no type.
  static func replacement(_ body: ObjectText, of name: String) throws -> [UInt8] {
    if let other = try body.string("source_name"), other != name {
      throw Problem.field("source_name", "fixed", "cannot be changed: make another source")
    }
    guard try body.string("source_type") != nil else {
      throw Problem.field("source_type", "required", "is required")
    }
    return JSONWriter.object { writer in
      writer.member("source_name", name)
      body.write(&writer, without: ["source_name", "id"])
    }
  }

  /// What of a known source changes; throws for what identifies it.
  static func changes(_ body: ObjectText, of name: String) throws -> [UInt8] {
    if body.members.isEmpty { throw Problem.malformed("the body names nothing to change") }
    if let fixed = body.members.first(where: { identity.contains($0.name) }) {
      throw Problem.field(fixed.name, "fixed", "cannot be changed: make another source")
    }
    return JSONWriter.object { writer in
      writer.member("source_name", name)
      body.write(&writer, without: [])
    }
  }
}
