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
    let form: RecordForm
    if let defined = try await definition(of: name).map(forms.form(of:)), defined.isJSON {
      form = defined
    } else {
      form = try forms.ownForm(name: name, type: asked.sourceType)
    }
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

  /// A source's definition: from its journal's owner if that is here, else as the partitions here know it.
  func definition(of source: String) async throws -> SourceDefinition? {
    if node.definitions.open.contains(node.definitionsPartition) {
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

  private func reader(_ asked: RecordsRequest, _ form: RecordForm) throws -> RawRecordReader {
    if form.hasHeader, asked.header == nil {
      throw WireError.invalid("'header' is missing: the source's files begin with one")
    }
    return form.reader(header: asked.header)
  }
}

extension SourceRun {
  private func bring(_ asked: RecordsRequest, _ form: RecordForm, _ chunk: ChunkName) async throws -> Frames {
    let reader = try reader(asked, form)
    var plan = ChunkPlan(
      form: form, partitions: node.settings.partitions, zone: zone, now: node.settings.clock.now(),
      names: asked.detail)
    for record in asked.records { plan.take(reader.read(record)) }
    if let answer = try await open(chunk, asked.digest, plan.rejected) { return Frames([answer]) }
    var outcome = ChunkOutcome(plan)
    for (part, reply) in try await append(plan.parts, chunk, detail: asked.detail) {
      outcome.add(reply, of: part, source: chunk.source) { asked.records[$0] }
    }
    return Frames([try await close(chunk, outcome, outcome.encoded(detail: asked.detail))])
  }

  private func open(_ chunk: ChunkName, _ digest: String, _ rejected: [RejectedRow]) async throws -> [UInt8]?
  {
    let request = ChunkRequest(chunk: chunk.description, source: chunk.source, digest: digest)
    var payloads = Frames([request.encoded()])
    for row in rejected { row.append(to: &payloads) }
    let reply = try await hand(Method.openChunk, home(of: chunk.source), payloads)
    return reply.array().dropFirst().first.map { Array($0) }
  }

  private func append(
    _ parts: [ChunkPlan.Part], _ chunk: ChunkName, detail: Bool
  ) async throws -> [(ChunkPlan.Part, AppendReply)] {
    let name = chunk.description
    return try await withThrowingTaskGroup(of: (ChunkPlan.Part, AppendReply).self) { group in
      for part in parts {
        let request = AppendRequest(
          partition: part.partition, of: node.settings.partitions, chunk: name, source: chunk.source,
          detail: detail, reversals: part.reversals)
        group.addTask {
          var payloads = Frames([request.encoded()])
          payloads.append(contentsOf: part.drafts)
          return (part, try AppendReply(try await hand(Method.append, part.partition, payloads).first))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func close(_ chunk: ChunkName, _ outcome: ChunkOutcome, _ answer: [UInt8]) async throws -> [UInt8] {
    let request = ChunkRequest(chunk: chunk.description, source: chunk.source, counts: outcome.counts)
    var payloads = Frames([request.encoded(), answer])
    for row in outcome.refused { row.append(to: &payloads) }
    let reply = try await hand(Method.closeChunk, home(of: chunk.source), payloads)
    guard let given = reply.array().dropFirst().first else {
      throw WireError.internal("a closed chunk has no answer")
    }
    return Array(given)
  }

  private func home(of source: String) -> Int {
    Partitioning.partition(of: source, count: node.settings.partitions)
  }

  /// Gives a command to the owner of a partition: here, or wherever it is.
  private func hand(_ method: String, _ partition: Int, _ payloads: Frames) async throws -> Frames {
    if node.main.open.contains(partition) {
      do { return try await take(method, partition, payloads) } catch let error as WireError
        where error.owner != nil
      {
        // The partition moved in between.
      }
    }
    return try await node.directory.call(
      ServiceName.ingestion.rawValue, method, partition: partition, payloads,
      timeoutMilliseconds: Self.partMilliseconds, retry: true)
  }

  /// Takes a command of an open partition.
  func take(_ method: String, _ partition: Int, _ payloads: Frames) async throws -> Frames {
    if method == Method.append { return try await PartHandler(node: node).append(payloads) }
    return try await node.main.submit(partition, Command(method: method, key: "", payloads: payloads))
  }
}
