import Contracts
import Journal
import Messaging
import Wire

/// Runs of connectors and their jobs; asked for anywhere, done by the owner of the source's home partition.
struct SyncHandler: Sendable {
  /// How long another replica may take for an answer, milliseconds.
  private static let askMilliseconds = 10_000

  let run: SourceRun

  private var node: IngestionNode { run.node }
  /// Tells this process from others, and from an earlier one of the same name.
  private var holder: String { "\(node.settings.instance)#\(node.settings.start)" }

  /// `ingestion.v1/sync {"source"}`: `{"id": "j-..."}`; a run that is under way is named again.
  func sync(_ request: Request) async throws -> Frames {
    let source = try SourceCommand.name(request.payloads.first)
    let home = run.home(of: source)
    guard node.main.isOpen(home) else { return try await forward(IngestionMethod.sync, home, request) }
    guard let definition = try await run.definition(of: source) else {
      throw WireError.notFound("there is no source '\(source)'")
    }
    try Self.check(definition)
    let payload = JSONWriter.object { writer in
      writer.member("source", source)
      writer.member("holder", holder)
    }
    let reply = try await node.main.submit(
      home, Command(method: IngestionMethod.beginSync, key: "", payloads: Frames([payload])))
    var (number, isNew): (Int64, Bool) = (0, false)
    try Payload.read(reply.first) { key, scanner in
      switch key {
      case "job": number = try scanner.integer()
      case "started": isNew = try scanner.bool()
      default: try scanner.skip()
      }
    }
    if isNew {
      let sync = SyncRun(run: run, definition: definition, job: JobRef(number: number, holder: holder))
      // It ends by itself: with the files, or at the first step that the home refuses.
      Task { await sync.perform() }
    }
    let id = JobID.text(home, number)
    return Frames([JSONWriter.object { $0.member("id", id) }])
  }

  private static func check(_ definition: SourceDefinition) throws {
    let name = definition.sourceName
    guard definition.isActive else {
      throw WireError.failedPrecondition("the source '\(name)' is not active")
    }
    let connection = try Connection(definition.connection.utf8)
    guard connection.kind == .file, connection.isComplete else {
      throw WireError.failedPrecondition(
        "nothing is fetched for the source '\(name)': its connection is of kind \(connection.kind.rawValue)"
      )
    }
  }

  /// `jobs/get {"id"}`.
  func job(_ request: Request) async throws -> Frames {
    let (partition, number, id) = try job(request.payloads.first)
    guard node.main.isOpen(partition) else {
      return try await forward(IngestionMethod.job, partition, request)
    }
    let row = try await node.main.read(partition) { try $0.row(IngestionRow.jobKey(number)) }
    guard case .job(let job) = row else { throw WireError.notFound("there is no job '\(id)'") }
    return Frames([job.seen(by: holder).encoded(id: id)])
  }

  /// `jobs/cancel {"id"}`: the run stops at its next step.
  func cancel(_ request: Request) async throws -> Frames {
    let (partition, number, _) = try job(request.payloads.first)
    guard node.main.isOpen(partition) else {
      return try await forward(IngestionMethod.cancelJob, partition, request)
    }
    let payload = JSONWriter.object { writer in
      writer.member("job", number)
      writer.member("status", JobRow.Status.cancelled.rawValue)
    }
    return try await node.main.submit(
      partition, Command(method: IngestionMethod.endSync, key: "", payloads: Frames([payload])))
  }

  private func job(_ payload: ArraySlice<UInt8>?) throws(WireError) -> (Int, Int64, String) {
    var id = ""
    try Payload.read(payload) { key, scanner in
      if case "id" = key { id = try scanner.string() } else { try scanner.skip() }
    }
    let (partition, number) = try JobID.read(id, partitions: node.settings.partitions)
    return (partition, number, id)
  }

  /// Asks the owner of a partition that is not open here.
  func forward(_ method: String, _ partition: Int, _ request: Request) async throws -> Frames {
    try await node.directory.call(
      ServiceName.ingestion.rawValue, method, partition: partition, request.payloads,
      timeoutMilliseconds: Self.askMilliseconds, retry: true)
  }

  /// `ingestion.v1/source-totals {"source"}`: `{"source", counts, "chunks", "open_chunks", "last_sync_at",
  /// "last_sync_status"}`.
  func totals(_ request: Request) async throws -> Frames {
    let source = try SourceCommand.name(request.payloads.first)
    let home = run.home(of: source)
    guard node.main.isOpen(home) else {
      return try await forward(IngestionMethod.sourceTotals, home, request)
    }
    let (totals, last) = try await node.main.read(home) { reader in
      var totals = TotalsRow()
      if case .totals(let row) = try reader.row(IngestionRow.totalsKey(source)) { totals = row }
      return (totals, try Self.lastSync(source, reader))
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("source", source)
        totals.counts.write(&writer)
        writer.member("chunks", totals.chunks)
        writer.member("open_chunks", totals.open)
        Self.write(last, &writer)
      }
    ])
  }

  private static func write(_ last: SyncRow?, _ writer: inout JSONWriter) {
    guard let last else { return }
    writer.member("last_sync_at", last.at)
    writer.member("last_sync_status", last.status.rawValue)
  }

  private static func lastSync(_ source: String, _ reader: StateReader<IngestionFold>) throws -> SyncRow? {
    if case .sync(let row) = try reader.row(IngestionRow.syncKey(source)) { row } else { nil }
  }

  /// The last run of a source, wherever its home is; nil where there was none, or nobody answers.
  func lastSync(_ source: String) async -> SyncRow? {
    let home = run.home(of: source)
    let holder = holder
    let row: SyncRow?
    if node.main.isOpen(home) {
      row = try? await node.main.read(home) { reader in
        guard var last = try Self.lastSync(source, reader) else { return nil }
        if case .job(let job) = try reader.row(IngestionRow.jobKey(last.job)) {
          last.status = job.seen(by: holder).status
        }
        return last
      }
    } else {
      row = await askLastSync(source, home)
    }
    return row
  }

  private func askLastSync(_ source: String, _ home: Int) async -> SyncRow? {
    let payload = JSONWriter.object { $0.member("source", source) }
    let reply = try? await node.directory.call(
      ServiceName.ingestion.rawValue, IngestionMethod.sourceTotals, partition: home, Frames([payload]),
      timeoutMilliseconds: Self.askMilliseconds, retry: true)
    var last = SyncRow(job: 0, status: .failed, at: 0)
    try? Payload.read(reply?.first) { key, scanner in
      switch key {
      case "last_sync_at": last.at = try scanner.integer()
      case "last_sync_status": last.status = JobRow.Status(rawValue: try scanner.string()) ?? .failed
      default: try scanner.skip()
      }
    }
    return last.at > 0 ? last : nil
  }
}
