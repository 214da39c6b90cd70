import Contracts
import Journal
import Messaging
import Wire

/// The methods of Ingestion; `zone` is the operator's, that of customers' days.
func ingestionRoutes(_ node: IngestionNode, zone: Zone) -> [Route] {
  let run = SourceRun(node: node, forms: CompiledForms(zone: zone), zone: zone)
  let query = QueryHandler(node: node)
  return [
    Route(Method.records, idempotent: true) { try await run.records($0) },
    Route(Method.push, idempotent: true) { try await run.push($0) },
    Route(Method.preview, idempotent: true) { try await run.preview($0) },
    Route(Method.append, idempotent: true) { try await PartHandler(node: node).append($0.payloads) },
    Route(Method.openChunk, idempotent: true) { try await chunk(Method.openChunk, $0, run) },
    Route(Method.closeChunk, idempotent: true) { try await chunk(Method.closeChunk, $0, run) },
    Route(Method.putSource) { try await putSource(node, $0) },
    Route(Method.sources, idempotent: true) { _ in try await query.sources() },
    Route(Method.totals, idempotent: true) { _ in try await query.totals() },
    Route(Method.events, idempotent: true) { try await query.events($0.payloads) },
    Route(Method.rejected, idempotent: true) { try await query.rejected($0.payloads) },
  ]
}

/// The books of a chunk are kept at the home of its source.
private func chunk(_ method: String, _ request: Request, _ run: SourceRun) async throws -> Frames {
  let source = try ChunkRequest(request.payloads.first).source
  let home = Partitioning.partition(of: source, count: run.node.settings.partitions)
  return try await run.take(method, home, request.payloads)
}

/// Compiles the mapping first: a bad one is refused naming its member.
private func putSource(_ node: IngestionNode, _ request: Request) async throws -> Frames {
  _ = try SourceDefinition.compile(try SourceCommand.mapping(request.payloads.first))
  let command = Command(method: Method.putSource, key: request.head.key ?? "", payloads: request.payloads)
  return try await node.definitions.submit(node.definitionsPartition, command)
}
