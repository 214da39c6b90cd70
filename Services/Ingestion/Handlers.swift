import Contracts
import Journal
import Messaging
import Wire

/// The methods of Ingestion; `zone` is the operator's, that of customers' days; a connector reads as many
/// records at a time as `chunkRecords` says.
func ingestionRoutes(
  _ node: IngestionNode, zone: Zone, chunkRecords: Int = IngestionLimits.chunkRecordsMax
) -> [Route] {
  let sync = syncHandler(node, zone: zone, chunkRecords: chunkRecords)
  let run = sync.run
  let query = QueryHandler(node: node)
  let history = HistoryHandler(node: node)
  let forgetting = ForgetHandler(node: node)
  let sources = SourcesHandler(run: run, sync: sync)
  return [
    Route(Method.records, idempotent: true) { try await run.records($0) },
    Route(Method.push, idempotent: true) { try await run.push($0) },
    Route(Method.preview, idempotent: true) { try await run.preview($0) },
    Route(Method.append, idempotent: true) { try await PartHandler(node: node).append($0.payloads) },
    Route(Method.openChunk, idempotent: true) { try await chunk(Method.openChunk, $0, run) },
    Route(Method.closeChunk, idempotent: true) { try await chunk(Method.closeChunk, $0, run) },
    Route(Method.putSource) { try await sources.put($0) },
    Route(IngestionMethod.deleteSource) { try await sources.delete($0) },
    Route(Method.sources, idempotent: true) { try await sources.list($0) },
    Route(IngestionMethod.sync) { try await sync.sync($0) },
    Route(IngestionMethod.job, idempotent: true) { try await sync.job($0) },
    Route(Method.jobs, idempotent: true) { try await sync.jobs($0) },
    Route(IngestionMethod.cancelJob, idempotent: true) { try await sync.cancel($0) },
    Route(IngestionMethod.sourceTotals, idempotent: true) { try await sync.totals($0) },
    Route(Method.totals, idempotent: true) { _ in try await query.totals() },
    Route(Method.events, idempotent: true) { try await history.events($0.payloads) },
    Route(IngestionMethod.entries, idempotent: true) { try await history.entries($0.payloads) },
    Route(IngestionMethod.normalize, idempotent: true) { try await run.normalize($0) },
    Route(Method.rejected, idempotent: true) { try await query.rejected($0.payloads) },
    Route(Method.forget, idempotent: true) { try await forgetting.forget($0.payloads) },
    Route(Method.forgotten, idempotent: true) { try await forgetting.forgotten($0.payloads) },
    Route(Method.blankRejected, idempotent: true) { try await forgetting.blank($0.payloads) },
  ]
}

/// What begins runs of connectors: the routes, and beside them the schedule.
func syncHandler(
  _ node: IngestionNode, zone: Zone, chunkRecords: Int = IngestionLimits.chunkRecordsMax
) -> SyncHandler {
  SyncHandler(
    run: SourceRun(node: node, forms: CompiledForms(zone: zone), zone: zone, chunkRecords: chunkRecords))
}

/// The books of a chunk are kept at the home of its source.
private func chunk(_ method: String, _ request: Request, _ run: SourceRun) async throws -> Frames {
  let source = try ChunkRequest(request.payloads.first).source
  let home = Partitioning.partition(of: source, count: run.node.settings.partitions)
  return try await run.take(method, home, request.payloads)
}
