import Contracts
import Journal
import Messaging
import Wire

/// The definitions of sources.
struct SourcesHandler: Sendable {
  let run: SourceRun
  let sync: SyncHandler

  private var node: IngestionNode { run.node }

  /// `ingestion.v1/put-source {"definition": {...}, "replaces"?}`: completes it and compiles the mapping
  /// first, so that a bad one is refused naming its member. What is not given stays, unless it `replaces` the
  /// source.
  func put(_ request: Request) async throws -> Frames {
    let draft = try SourceDraft(try SourceCommand.mapping(request.payloads.first))
    var replaces = false
    try Payload.read(request.payloads.first) { key, scanner in
      if case "replaces" = key { replaces = try scanner.bool() } else { try scanner.skip() }
    }
    let definition = try draft.definition(over: try await run.known(draft.name), replaces: replaces)
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
    let found = try await run.definitions().filter { !$0.isDeleted && (name == nil || $0.sourceName == name) }
    var lives: [SourceLife] = []
    let sorted = found.sorted { $0.sourceName < $1.sourceName }
    for definition in sorted { lives.append(await sync.life(definition.sourceName)) }
    let (now, zone) = (node.settings.clock.now(), run.zone)
    return Frames([
      JSONWriter.object { writer in
        writer.key("sources")
        writer.array { writer in
          for (row, life) in zip(sorted, lives) { row.write(life, now: now, zone, &writer) }
        }
      }
    ])
  }
}
