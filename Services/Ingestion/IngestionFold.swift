import Contracts
import Journal
import Wire

extension IngestionRow: StateRow {}
extension IngestionRegisters: StateRow {}

/// A customer partition of Ingestion: takes drafts, gives them numbers, and knows repeats and reversals.
///
/// Its input is not kept; its journal, the kept rows and the source definitions are its truth (house.md 1).
struct IngestionFold: Fold {
  typealias Auditor = IngestionAuditor

  /// Where customers live; the operator's zone is where everybody does of whom nothing else is known.
  let zones: Zones

  init(zone: Zone = .utc) { zones = Zones(usual: zone) }

  var journal: JournalName { .events }
  var upstreams: [JournalName] { [.ingestionDefinitions] }
  var keepsIntake: Bool { false }
  var version: Int { 2 }

  func initialRegisters(partition: Int) -> IngestionRegisters { IngestionRegisters() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }

  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> SourceDefinition?
  {
    try DefinitionEntry<SourceDefinition>(entry, kind: SourcesFold.kind)?.definition
  }

  /// Definitions are kept as truth beside the journal, so that every replica can map and nothing derives
  /// them.
  func apply(_ item: SourceDefinition, _ work: inout Work<Self>) {
    work.set(IngestionRow.sourceKey(item.sourceName), .source(item))
  }

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case Method.append: try append(command.payloads, &work)
    case Method.openChunk: try openChunk(command.payloads, &work)
    case Method.closeChunk: try closeChunk(command.payloads, &work)
    case Method.forget: try forget(command.payloads, &work)
    case Method.blankRejected: try blank(command.payloads, &work)
    case IngestionMethod.beginSync: try beginSync(command.payloads, &work)
    case IngestionMethod.advanceSync: try advanceSync(command.payloads, &work)
    case IngestionMethod.endSync: try endSync(command.payloads, &work)
    default: throw .unimplemented("\(command.method) is no command of a partition of ingestion")
    }
  }
}
