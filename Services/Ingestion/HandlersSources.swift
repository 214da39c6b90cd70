import Contracts
import Journal
import Messaging
import Wire

/// The definitions of sources.
struct SourcesHandler: Sendable {
  let run: SourceRun
  let sync: SyncHandler

  private var node: IngestionNode { run.node }

  /// `ingestion.v1/put-source {"definition": {...}}`: completes it and compiles the mapping first, so that a
  /// bad one is refused naming its member.
  func put(_ request: Request) async throws -> Frames {
    let draft = try SourceDraft(try SourceCommand.mapping(request.payloads.first))
    let definition = try draft.definition(over: try await run.known(draft.name))
    _ = try SourceDefinition.compile(definition.mapping.utf8)
    return try await submit(Method.putSource, [SourceCommand.encoded(definition)], request)
  }

  /// `ingestion.v1/delete-source {"source"}`.
  func delete(_ request: Request) async throws -> Frames {
    try await submit(IngestionMethod.deleteSource, request.payloads.array().map { Array($0) }, request)
  }

  private func submit(_ method: String, _ payloads: [[UInt8]], _ request: Request) async throws -> Frames {
    let command = Command(method: method, key: request.head.key ?? "", payloads: Frames(payloads))
    return try await node.definitions.submit(node.definitionsPartition, command)
  }

  /// `ingestion.v1/sources {"source"?}`: `{"sources": [...]}`, by name.
  func list(_ request: Request) async throws -> Frames {
    var wanted: String?
    if let payload = request.payloads.first, !payload.isEmpty {
      try Payload.read(payload) { key, scanner in
        if case "source" = key { wanted = try scanner.string() } else { try scanner.skip() }
      }
    }
    let name = wanted
    let found = try await definitions().filter { !$0.isDeleted && (name == nil || $0.sourceName == name) }
    var lasts: [SyncRow?] = []
    let sorted = found.sorted { $0.sourceName < $1.sourceName }
    for definition in sorted { lasts.append(await sync.lastSync(definition.sourceName)) }
    return Frames([
      JSONWriter.object { writer in
        writer.key("sources")
        writer.array { writer in for (row, last) in zip(sorted, lasts) { row.write(last, &writer) } }
      }
    ])
  }

  private func definitions() async throws -> [SourceDefinition] {
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
