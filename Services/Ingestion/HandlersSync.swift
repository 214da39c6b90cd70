import Contracts
import Journal
import Messaging
import Wire

/// Runs of connectors; asked for anywhere, done by the owner of the source's home partition.
struct SyncHandler: Sendable {
  /// How long another replica may take for an answer, milliseconds.
  static let askMilliseconds = 10_000

  let run: SourceRun
  let tokens = LoginTokens()

  var node: IngestionNode { run.node }
  /// Tells this process from others, and from an earlier one of the same name.
  var holder: String { "\(node.settings.instance)#\(node.settings.start)" }

  /// `ingestion.v1/sync {"source"}`: `{"id": "j-..."}`; a run that is under way is named again.
  func sync(_ request: Request) async throws -> Frames {
    let source = try SourceCommand.name(request.payloads.first)
    let home = run.home(of: source)
    guard node.main.isOpen(home) else { return try await forward(IngestionMethod.sync, home, request) }
    guard let definition = try await run.definition(of: source) else {
      throw WireError.notFound("there is no source '\(source)'")
    }
    let id = JobID.text(home, try await begin(definition, isScheduled: false))
    return Frames([JSONWriter.object { $0.member("id", id) }])
  }

  /// Begins a run at the home partition, which is open here; gives its job's number.
  func begin(_ definition: SourceDefinition, isScheduled: Bool) async throws -> Int64 {
    let connection = try Self.checked(definition)
    let payload = JSONWriter.object { writer in
      writer.member("source", definition.sourceName)
      writer.member("holder", holder)
      writer.member("unit", (connection.kind == .file ? JobRow.Unit.bytes : .records).rawValue)
      writer.member("scheduled", isScheduled)
    }
    let home = run.home(of: definition.sourceName)
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
      let sync = SyncRun(
        run: run, definition: definition, job: JobRef(number: number, holder: holder), tokens: tokens)
      // It ends by itself: with what there is, or at the first step that the home refuses.
      Task { await sync.perform() }
    }
    return number
  }

  private static func checked(_ definition: SourceDefinition) throws -> Connection {
    let name = definition.sourceName
    guard definition.isActive else {
      throw WireError.failedPrecondition("the source '\(name)' is not active")
    }
    let connection = try Connection(definition.connection.utf8)
    guard connection.isPulled else {
      throw WireError.failedPrecondition(
        "nothing is fetched for the source '\(name)': its connection is of kind \(connection.kind.rawValue)"
      )
    }
    if let missing = connection.missing {
      throw WireError.failedPrecondition("'connection_config.\(missing)' of the source '\(name)' is missing")
    }
    return connection
  }

  /// Asks the owner of a partition that is not open here.
  func forward(_ method: String, _ partition: Int, _ request: Request) async throws -> Frames {
    try await node.directory.call(
      ServiceName.ingestion.rawValue, method, partition: partition, request.payloads,
      timeoutMilliseconds: Self.askMilliseconds, retry: true)
  }
}
