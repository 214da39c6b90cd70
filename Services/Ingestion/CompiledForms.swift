import Synchronization
import Wire

/// Compiled mappings by source, so that a definition is compiled once for each of its versions.
final class CompiledForms: Sendable {
  private struct Compiled: Sendable {
    let version: Int
    let form: RecordForm
  }

  private let forms = Mutex<[String: Compiled]>([:])
  private let zone: Zone

  /// `zone` is that of local times where a mapping names none.
  init(zone: Zone) { self.zone = zone }

  /// The form of a definition; throws `failed_precondition` for one that this release cannot compile.
  func form(of definition: SourceDefinition) throws(WireError) -> RecordForm {
    let name = definition.sourceName
    if let known = forms.withLock({ $0[name] }), known.version == definition.version { return known.form }
    let form: RecordForm
    do throws(MappingError) {
      form = RecordForm(try Mapping(json: definition.mapping.utf8, zone: zone))
    } catch {
      throw WireError(.failedPrecondition, "the mapping of '\(name)': \(error)", cause: error)
    }
    forms.withLock { $0[name] = Compiled(version: definition.version, form: form) }
    return form
  }

  /// The default mapping of a type under a name; the few that are in use are not kept.
  func defaultForm(name: String, type: String) throws(WireError) -> RecordForm {
    try SourceDefinition.checkType(type, "source_type")
    do throws(MappingError) { return try RecordForm(defaultOf: type, name: name, zone: zone) } catch {
      throw WireError(.invalidArgument, "'source': \(error)", cause: error)
    }
  }
}
