import Contracts
import Wire

/// A source as it is defined: its mapping and what is known of it.
struct SourceDefinition: Sendable, Hashable, Codable {
  /// The types that a source may have (domain.md 2).
  static let types: Set<String> = ["cdr", "billing", "crm", "app", "network", "dwh", "xiva", "custom"]

  /// Unique; with a record's id it identifies every event.
  var sourceName: String
  var sourceType: String
  /// 1 for the first; a changed definition has the next one.
  var version: Int
  /// The mapping's JSON text.
  var mapping: String
  var origin: MissionTemplate.Origin

  init(
    sourceName: String, sourceType: String, version: Int = 1, mapping: String,
    origin: MissionTemplate.Origin = .operator
  ) {
    self.sourceName = sourceName
    self.sourceType = sourceType
    self.version = version
    self.mapping = mapping
    self.origin = origin
  }

  /// Compiles a mapping's text; throws `invalid_argument` naming the member at fault.
  static func compile(_ text: ArraySlice<UInt8>) throws(WireError) -> Mapping {
    let mapping: Mapping
    do throws(MappingError) { mapping = try Mapping(json: text) } catch {
      let details = JSONWriter.object { writer in
        writer.member("field", error.field)
        writer.member("reason", error.reason)
      }
      throw WireError(.invalidArgument, "the mapping's \(error)", details: details, cause: error)
    }
    guard types.contains(mapping.type) else {
      throw .invalid(
        "the mapping's type: '\(mapping.type)' is none of \(types.sorted().joined(separator: ", "))")
    }
    return mapping
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    sourceName = try reader.text()
    sourceType = try reader.text()
    version = try reader.number()
    mapping = try reader.text()
    origin = try reader.bool() ? .default : .operator
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(sourceName)
    writer.text(sourceType)
    writer.count(version)
    writer.text(mapping)
    writer.bool(origin == .default)
  }

  /// `{"source_name", "source_type", "version", "origin", "mapping": {...}}`.
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("source_name", sourceName)
      writer.member("source_type", sourceType)
      writer.member("version", version)
      writer.member("origin", origin.rawValue)
      writer.member("mapping", raw: mapping.utf8)
    }
  }
}
