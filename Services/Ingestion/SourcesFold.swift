import Contracts
import Journal
import Wire

extension SourceDefinition: StateRow {}

/// The definitions of sources: the one partition of the journal `definitions.ingestion`.
struct SourcesFold: Fold {
  typealias Item = Never
  typealias Row = SourceDefinition

  /// What a seed brings in: by default that of this release.
  var builtIn = BuiltInSources.all

  /// The kind of its entries.
  static let kind = "source"

  var journal: JournalName { .ingestionDefinitions }
  var upstreams: [JournalName] { [] }
  var version: Int { 2 }

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }

  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<Self>) {}

  static let prefix = "s:"

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case Method.putSource: try put(command.payloads, &work)
    case IngestionMethod.deleteSource: try delete(command.payloads, &work)
    case JournalMethod.seed: try seed(&work)
    default: throw .unimplemented("\(command.method) is no command of the sources' definitions")
    }
  }

  /// `{"source_name", "version", "changed"}`; a definition that is there already is no change.
  private func put(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var definition = try SourceCommand(payloads.first).definition
    let known = work.row(Self.prefix + definition.sourceName)
    if known == nil { try checkRoom(&work) }
    let isChanged = known.map { !$0.says(definition) } ?? true
    definition.version = (known?.version ?? 0) + (isChanged ? 1 : 0)
    if isChanged { try set(definition, since: known, &work) }
    return Frames([
      JSONWriter.object { writer in
        writer.member("source_name", definition.sourceName)
        writer.member("version", definition.version)
        writer.member("changed", isChanged)
      }
    ])
  }

  /// `{"source_name", "deleted"}`: its events stay, and its name stays taken.
  private func delete(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let name = try SourceCommand.name(payloads.first)
    guard var definition = work.row(Self.prefix + name), !definition.isDeleted else {
      throw .notFound("there is no source '\(name)'")
    }
    let known = definition
    definition.isDeleted = true
    definition.origin = .operator
    definition.version += 1
    try set(definition, since: known, &work)
    return Frames([
      JSONWriter.object { writer in
        writer.member("source_name", name)
        writer.member("deleted", true)
      }
    ])
  }

  private func checkRoom(_ work: inout Work<Self>) throws(WireError) {
    let max = IngestionLimits.sourcesMax
    guard work.keys(after: "", prefix: Self.prefix, limit: max).count < max else {
      throw .exhausted("there are \(max) sources already")
    }
  }

  /// Adds the built-in definitions that are missing and updates those that nobody touched.
  private func seed(_ work: inout Work<Self>) throws(WireError) -> Frames {
    var (added, updated) = (0, 0)
    for var definition in builtIn {
      let known = work.row(Self.prefix + definition.sourceName)
      if let known, known.origin == .operator || known.says(definition) { continue }
      definition.version = (known?.version ?? 0) + 1
      if known == nil { added += 1 } else { updated += 1 }
      try set(definition, since: known, &work)
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("added", added)
        writer.member("updated", updated)
      }
    ])
  }

  private func set(
    _ changed: SourceDefinition, since known: SourceDefinition?, _ work: inout Work<Self>
  ) throws(WireError) {
    var definition = changed
    definition.createdAt = known?.createdAt ?? work.now
    definition.updatedAt = work.now
    let text: [UInt8]
    do { text = try Cold.encode(definition) } catch {
      throw .internal("a definition cannot be written", cause: error)
    }
    work.emit(kind: Self.kind, id: "s-\(work.partition)-\(work.nextNumber)") {
      $0.member("definition", raw: text)
    }
    work.set(Self.prefix + definition.sourceName, definition)
  }
}
