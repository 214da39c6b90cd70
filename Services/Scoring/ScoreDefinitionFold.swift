import Contracts
import Journal
import Wire

/// Scoring's definitions and jobs: one partition, changed by commands alone.
struct ScoringDefinitionsFold: Fold {
  /// The command that every service's definitions take at start.
  static let seed = JournalMethod.seed

  typealias Row = DefinitionsRow
  typealias Registers = DefinitionsRegisters

  /// What this release begins with.
  var release = ScoreDefinition.initial

  var journal: JournalName { .scoringDefinitions }
  var upstreams: [JournalName] { [] }
  var version: Int { 2 }

  func initialRegisters(partition: Int) -> DefinitionsRegisters { DefinitionsRegisters() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<Self>) {}

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case Self.seed: try seed(&work)
    case ScoringMethod.patchDefinition: try patch(try DefinitionPatch(command.payloads), &work)
    case ScoringMethod.draftDefinition: try draft(try DefinitionPatch(command.payloads), &work)
    case ScoringMethod.activateDefinition: try activate(try VersionRequest(command.payloads), &work)
    case ScoringMethod.putSegment: try put(try SegmentRequest(command.payloads), &work)
    case ScoringMethod.deleteSegment: try deleteSegment(try NameRequest(command.payloads).id, &work)
    case ScoringMethod.putThreshold: try put(try ThresholdRequest(command.payloads), &work)
    case ScoringMethod.deleteThreshold: try deleteThreshold(try NameRequest(command.payloads).id, &work)
    case ScoringMethod.startJob: try start(try StartRequest(command.payloads), &work)
    case ScoringMethod.jobProgress: try progress(try ProgressNote(command.payloads), &work)
    case Method.cancelJob: try cancel(try NameRequest(command.payloads).id, &work)
    default: throw .unimplemented("scoring's definitions have no command '\(command.method)'")
    }
  }

  /// The text of a definition, as entries and answers have it.
  func text(_ definition: some Encodable) throws(WireError) -> [UInt8] {
    do { return try Cold.encode(definition) } catch {
      throw .internal("a definition cannot be written", cause: error)
    }
  }
}

/// The versions of the score definition.
extension ScoringDefinitionsFold {
  /// Appends the release's definition if there is none, or in the place of what another release left.
  private func seed(_ work: inout Work<Self>) throws(WireError) -> Frames {
    let known = work.row(DefinitionsRow.scores)?.active
    let update = known.flatMap(updated)
    if var definition = known == nil ? release : update {
      definition.version = work.registers.versions + 1
      try activate(keep(definition, &work), &work)
    }
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

  /// The active definition with some values replaced, active at once.
  private func patch(_ patch: DefinitionPatch, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let known = try active(&work)
    var changed = try known.changed(patch.fullMarks)
    if changed != known {
      changed = next(changed, work)
      try activate(keep(changed, &work), &work)
    }
    return Frames([try text(changed)])
  }

  /// The same as a new version that is not active: to be tried first.
  private func draft(_ patch: DefinitionPatch, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let draft = next(try active(&work).changed(patch.fullMarks), work)
    _ = keep(draft, &work)
    let body = try text(draft)
    work.emit(kind: "score_draft", id: DefinitionsRow.scores) { $0.member("definition", raw: body) }
    return Frames([body])
  }

  /// Makes a version the one by which scores are computed; an earlier one may come back.
  private func activate(_ request: VersionRequest, _ work: inout Work<Self>) throws(WireError) -> Frames {
    guard case .version(let definition, _)? = work.row(DefinitionsRow.version(request.version)) else {
      throw .notFound("there is no score definition of version \(request.version)")
    }
    if try active(&work) != definition { try activate(definition, &work) }
    return Frames([try text(definition)])
  }

  private func active(_ work: inout Work<Self>) throws(WireError) -> ScoreDefinition {
    guard let known = work.row(DefinitionsRow.scores)?.active else {
      throw .failedPrecondition("there is no score definition yet")
    }
    return known
  }

  private func next(_ definition: ScoreDefinition, _ work: Work<Self>) -> ScoreDefinition {
    var next = definition
    next.version = work.registers.versions + 1
    next.origin = .operator
    return next
  }

  private func keep(_ definition: ScoreDefinition, _ work: inout Work<Self>) -> ScoreDefinition {
    work.registers.versions = max(work.registers.versions, definition.version)
    work.set(DefinitionsRow.version(definition.version), .version(definition, createdAt: work.now))
    return definition
  }

  private func activate(_ definition: ScoreDefinition, _ work: inout Work<Self>) throws(WireError) {
    let body = try text(definition)
    let last = work.row(DefinitionsRow.scores)?.last ?? 0
    let number = work.emit(kind: ScoreDefinition.kind, id: DefinitionsRow.scores, prev: last) {
      $0.member("definition", raw: body)
    }
    work.set(DefinitionsRow.scores, .scores(definition, last: number))
  }
}
