import Contracts
import Journal
import Wire

/// The score definition as the definitions partition keeps it.
struct ScoreDefinitionRow: StateRow, Equatable {
  static let form: UInt8 = 1

  var definition: ScoreDefinition
  /// The number of its last entry.
  var last: Int64

  init(definition: ScoreDefinition, last: Int64) {
    self.definition = definition
    self.last = last
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else {
      throw PackedError(offset: 0, reason: "an unknown form of row")
    }
    last = try reader.signed()
    definition = try ScoreDefinition(&reader)
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(UInt64(Self.form))
    writer.signed(last)
    definition.pack(&writer)
  }
}

/// Scoring's definitions: one partition, changed by commands alone.
struct ScoringDefinitionsFold: Fold {
  /// The command that every service's definitions take at start.
  static let seed = "definitions/seed"
  /// The key of the one row, and the id of its entries.
  static let key = "scores"

  typealias Row = ScoreDefinitionRow

  /// What this release begins with.
  var release = ScoreDefinition.initial

  var journal: JournalName { .scoringDefinitions }
  var upstreams: [JournalName] { [] }
  var version: Int { 1 }

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<Self>) {}

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case Self.seed: return try seed(&work)
    case ScoringMethod.patchDefinition:
      return try patch(try DefinitionPatch(command.payloads), &work)
    default: throw .unimplemented("scoring's definitions have no command '\(command.method)'")
    }
  }

  /// Appends the release's definition if there is none, or in the place of what another release left.
  private func seed(_ work: inout Work<Self>) throws(WireError) -> Frames {
    let known = work.row(Self.key)?.definition
    let update = known.flatMap(updated)
    if let definition = known == nil ? release : update { try put(definition, &work) }
    return Frames([
      JSONWriter.object { writer in
        writer.member("added", known == nil ? 1 : 0)
        writer.member("updated", update == nil ? 0 : 1)
      }
    ])
  }

  /// The release's definition as the next version of one that nobody edited; nil when that is to stay.
  func updated(_ known: ScoreDefinition) -> ScoreDefinition? {
    guard known.origin == .default, known.fullMarks != release.fullMarks else { return nil }
    var definition = release
    definition.version = known.version + 1
    return definition
  }

  private func patch(_ patch: DefinitionPatch, _ work: inout Work<Self>) throws(WireError) -> Frames {
    guard let known = work.row(Self.key)?.definition else {
      throw .failedPrecondition("there is no score definition yet")
    }
    var changed = try known.changed(patch.fullMarks)
    if changed != known {
      changed.version += 1
      changed.origin = .operator
      try put(changed, &work)
    }
    return Frames([try text(changed)])
  }

  private func put(_ definition: ScoreDefinition, _ work: inout Work<Self>) throws(WireError) {
    let text = try text(definition)
    let last = work.row(Self.key)?.last ?? 0
    let number = work.emit(kind: ScoreDefinition.kind, id: Self.key, prev: last) {
      $0.member("definition", raw: text)
    }
    work.set(Self.key, ScoreDefinitionRow(definition: definition, last: number))
  }

  private func text(_ definition: ScoreDefinition) throws(WireError) -> [UInt8] {
    do { return try Cold.encode(definition) } catch {
      throw .internal("the score definition cannot be written", cause: error)
    }
  }
}
