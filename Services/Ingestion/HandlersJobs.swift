import Contracts
import Journal
import Messaging
import Wire

/// The jobs of runs: looked at, listed, cancelled.
extension SyncHandler {
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

  /// A job with its id, as it is listed.
  private struct Listed: Sendable {
    let at: Int64
    /// Of jobs of one instant the one with the greater number is the newer.
    let number: Int64
    let text: [UInt8]
  }

  /// `jobs/list {"limit", "own"?}`: `{"results": [...]}`, newest first, of all replicas; with `own` of this
  /// one.
  func jobs(_ request: Request) async throws -> Frames {
    var isOwn = false
    let limit = try QueryHandler.limit(request.payloads) { key, scanner in
      if case "own" = key { isOwn = try scanner.bool() } else { try scanner.skip() }
    }
    var found: [Listed] = []
    for partition in node.main.open { found += try await jobs(of: partition, limit) }
    if !isOwn { found += try await othersJobs(limit) }
    let newest = found.sorted { ($0.at, $0.number) > ($1.at, $1.number) }.prefix(limit)
    return Frames([
      JSONWriter.object { writer in
        writer.key("results")
        writer.array { writer in for job in newest { writer.raw(job.text) } }
      }
    ])
  }

  private func jobs(of partition: Int, _ limit: Int) async throws -> [Listed] {
    let holder = holder
    return try await node.main.read(partition) { reader in
      guard case .counter(let last) = try reader.row(IngestionRow.jobCounterKey) else { return [] }
      let numbers = max(1, last - Int64(limit) + 1)...max(1, last)
      let rows = try reader.rows(numbers.map { IngestionRow.jobKey($0) })
      return numbers.compactMap { number in
        guard case .job(let row) = rows[IngestionRow.jobKey(number)] else { return nil }
        let text = row.seen(by: holder).encoded(id: JobID.text(partition, number))
        return Listed(at: row.startedAt, number: number, text: text)
      }
    }
  }

  private func othersJobs(_ limit: Int) async throws -> [Listed] {
    let payload = JSONWriter.object { writer in
      writer.member("limit", limit)
      writer.member("own", true)
    }
    var found: [Listed] = []
    for replica in node.directory.replicas(of: ServiceName.ingestion.rawValue)
    where replica.instance != node.settings.instance {
      guard let partition = replica.partitions.first else { continue }
      let reply = try await node.directory.call(
        ServiceName.ingestion.rawValue, Method.jobs, partition: partition, Frames([payload]),
        timeoutMilliseconds: Self.askMilliseconds, retry: true)
      try Payload.read(reply.first) { key, scanner in
        guard case "results" = key else {
          _ = try scanner.skip()
          return
        }
        try scanner.beginArray()
        while try scanner.nextElement() { found.append(try Self.listed(try scanner.skip())) }
      }
    }
    return found
  }

  private static func listed(_ text: ArraySlice<UInt8>) throws -> Listed {
    var (at, id): (Int64, String) = (0, "")
    try Payload.read(text) { key, scanner in
      switch key {
      case "created_at": at = try scanner.integer()
      case "id": id = try scanner.string()
      default: try scanner.skip()
      }
    }
    return Listed(at: at, number: id.split(separator: "-").last.flatMap { Int64($0) } ?? 0, text: Array(text))
  }
}
