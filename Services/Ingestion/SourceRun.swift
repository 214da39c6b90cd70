import Contracts
import Journal
import Messaging
import Wire

typealias IngestionNode = Node<IngestionFold, SourcesFold>

/// Brings chunks of raw records into the journal: maps and spreads them, and keeps their books.
///
/// A chunk is begun at its source's home partition, its parts are appended by their owners, then it is ended.
/// Each of these recognises a repeat, so a chunk that was interrupted anywhere is sent again and counts once.
struct SourceRun: Sendable {
  /// How long an owner may take for a part, milliseconds.
  static let partMilliseconds = 30_000

  let node: IngestionNode
  let forms: CompiledForms
  /// The zone of customers' days.
  let zone: Zone
  /// Records of a connector's chunk: many, so that each partition's owner gets enough of them at a time.
  let chunkRecords: Int

  /// `ingestion.v1/records`.
  func records(_ request: Request) async throws -> Frames {
    let asked = try RecordsRequest(request.payloads, recordsMax: IngestionLimits.recordsMax)
    let form = try await form(of: asked)
    guard let run = asked.run, let to = asked.to else {
      throw WireError.invalid("'run' and 'to' are missing")
    }
    return try await bring(asked, form, try ChunkName(source: form.name, run: run, from: asked.from, to: to))
  }

  /// `ingestion.v1/push`: the run is the key, or else the request itself.
  func push(_ request: Request) async throws -> Frames {
    let asked = try RecordsRequest(request.payloads, recordsMax: IngestionLimits.recordsMax)
    let name = asked.source ?? BuiltInSources.push
    let form = try await pushForm(name, type: asked.sourceType)
    let run = asked.run ?? request.head.key ?? request.head.id
    let chunk = try ChunkName(source: name, run: run, from: 0, to: Int64(asked.records.count))
    return try await bring(asked, form, chunk)
  }

  /// `ingestion.v1/preview`.
  func preview(_ request: Request) async throws -> Frames {
    let asked = try RecordsRequest(request.payloads, recordsMax: IngestionLimits.previewRecordsMax)
    let form = try await form(of: asked)
    let reader = try reader(asked, form)
    return Frames([
      Preview.encoded(asked.records, form: form, reader: reader, now: asked.now ?? node.settings.clock.now())
    ])
  }

  private func form(of asked: RecordsRequest) async throws -> RecordForm {
    if let text = asked.definition { return RecordForm(try SourceDefinition.compile(text)) }
    guard let source = asked.source else { throw WireError.invalid("'source' is missing") }
    guard let definition = try await definition(of: source) else {
      throw WireError.notFound("there is no source '\(source)'")
    }
    return try forms.form(of: definition)
  }

  /// A source's definition, unless it was deleted.
  func definition(of source: String) async throws -> SourceDefinition? {
    let known = try await known(source)
    return known?.isDeleted == true ? nil : known
  }

  /// From its journal's owner if that is here, else as the partitions here know it.
  func known(_ source: String) async throws -> SourceDefinition? {
    if node.definitions.isOpen(node.definitionsPartition) {
      return try await node.definitions.read(node.definitionsPartition) {
        try $0.row(SourcesFold.prefix + source)
      }
    }
    guard let partition = node.main.open.first else {
      throw WireError.unavailable("no partition is open here yet")
    }
    return try await node.main.read(partition) { reader in
      guard case .source(let definition) = try reader.row(IngestionRow.sourceKey(source)) else { return nil }
      return definition
    }
  }

  func reader(_ asked: RecordsRequest, _ form: RecordForm) throws -> RawRecordReader {
    if form.hasHeader, asked.header == nil {
      throw WireError.invalid("'header' is missing: the source's files begin with one")
    }
    return form.reader(header: asked.header)
  }

  /// All definitions, deleted ones too.
  func definitions() async throws -> [SourceDefinition] {
    let limit = IngestionLimits.sourcesMax
    if node.definitions.isOpen(node.definitionsPartition) {
      return try await node.definitions.read(node.definitionsPartition) { reader in
        Array(try reader.rows(try reader.keys(prefix: SourcesFold.prefix, limit: limit)).values)
      }
    }
    guard let partition = node.main.open.first else {
      throw WireError.unavailable("no partition is open here yet")
    }
    return try await node.main.read(partition) { reader in
      let keys = try reader.keys(prefix: IngestionRow.sourceKey(""), limit: limit)
      return try reader.rows(keys).values.compactMap { if case .source(let row) = $0 { row } else { nil } }
    }
  }
}
