import Contracts
import Journal
import Messaging
import Wire

/// A chunk on its way into the journal: mapped records and the name under which they count once.
struct ChunkBatch: Sendable {
  let name: ChunkName
  /// Tells its records from others under the same name.
  let digest: String
  let plan: ChunkPlan
  /// The raw records, in their order.
  let records: [ArraySlice<UInt8>]
  /// Whether the answer says of each record what became of it.
  var detail = false
  /// The step of a connector's run.
  var file: FileStep?
  /// The step of a run that takes a page, with the page as it is kept meanwhile.
  var feed: FeedStep?
}

/// Which run takes a page, and the page.
struct FeedStep: Sendable {
  let job: JobRef
  let page: HeldPage
}

extension SourceRun {
  func bring(_ asked: RecordsRequest, _ form: RecordForm, _ name: ChunkName) async throws -> Frames {
    let reader = try reader(asked, form)
    var plan = plan(form, names: asked.detail)
    for record in asked.records { plan.take(reader.read(record)) }
    let batch = ChunkBatch(
      name: name, digest: asked.digest, plan: plan, records: asked.records, detail: asked.detail)
    return Frames([try await bring(batch).answer])
  }

  /// An empty plan at the present instant.
  func plan(_ form: RecordForm, names: Bool = false) -> ChunkPlan {
    ChunkPlan(
      form: form, partitions: node.settings.partitions, zone: zone, now: node.settings.clock.now(),
      names: names)
  }

  /// Opens, appends, closes; a chunk that was closed before only gives its answer again.
  func bring(_ batch: ChunkBatch) async throws -> (answer: [UInt8], isRepeat: Bool) {
    if let answer = try await open(batch) { return (answer, true) }
    var outcome = ChunkOutcome(batch.plan)
    for (part, reply) in try await append(batch) {
      outcome.add(reply, of: part, source: batch.name.source) { batch.records[$0] }
    }
    return (try await close(batch, outcome), false)
  }

  private func open(_ batch: ChunkBatch) async throws -> [UInt8]? {
    let request = ChunkRequest(
      chunk: batch.name.description, source: batch.name.source, digest: batch.digest, file: batch.file,
      feed: batch.feed?.job)
    var payloads = Frames([request.encoded()])
    if let feed = batch.feed { payloads.append(feed.page.packed) }
    for row in batch.plan.rejected { row.append(to: &payloads) }
    let reply = try await hand(Method.openChunk, home(of: batch.name.source), payloads)
    return reply.array().dropFirst().first.map { Array($0) }
  }

  private func append(_ batch: ChunkBatch) async throws -> [(ChunkPlan.Part, AppendReply)] {
    let name = batch.name.description
    return try await withThrowingTaskGroup(of: (ChunkPlan.Part, AppendReply).self) { group in
      for part in batch.plan.parts {
        let request = AppendRequest(
          partition: part.partition, of: node.settings.partitions, chunk: name, source: batch.name.source,
          detail: batch.detail, reversals: part.reversals)
        group.addTask {
          var payloads = Frames([request.encoded()])
          payloads.append(contentsOf: part.drafts)
          return (part, try AppendReply(try await hand(Method.append, part.partition, payloads).first))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func close(_ batch: ChunkBatch, _ outcome: ChunkOutcome) async throws -> [UInt8] {
    let request = ChunkRequest(
      chunk: batch.name.description, source: batch.name.source, counts: outcome.counts, file: batch.file,
      feed: batch.feed?.job)
    var payloads = Frames([request.encoded(), outcome.encoded(detail: batch.detail)])
    for row in outcome.refused { row.append(to: &payloads) }
    let reply = try await hand(Method.closeChunk, home(of: batch.name.source), payloads)
    guard let given = reply.array().dropFirst().first else {
      throw WireError.internal("a closed chunk has no answer")
    }
    return Array(given)
  }

  /// The partition that keeps a source's books.
  func home(of source: String) -> Int {
    Partitioning.partition(of: source, count: node.settings.partitions)
  }

  /// Gives a command to the owner of a partition: here, or wherever it is.
  private func hand(_ method: String, _ partition: Int, _ payloads: Frames) async throws -> Frames {
    if node.main.isOpen(partition) {
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
