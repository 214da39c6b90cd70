import Contracts
import Journal
import Messaging
import Wire

extension MissionsHandlers {
  var jobRoutes: [Route] {
    [
      Route(JobMethod.generateList) { try await generateList($0) },
      Route(JobMethod.chunk, idempotent: true) { request in
        let left = request.head.deadline - node.settings.clock.machine()
        let chunk = try ChunkRequest(request.payloads.first)
        return try await self.chunk(chunk, milliseconds: max(1, Int(clamping: left)))
      },
      Route(JobMethod.get, idempotent: true) { try await job($0) },
      Route(Method.jobs, idempotent: true) { try await jobs($0) },
      Route(JobMethod.cancel) { try await cancelJob($0) },
    ]
  }

  /// `{"customers": [...] or "segment_id", "max_missions"?}`; the owner of the definitions keeps the job.
  private func generateList(_ request: Request) async throws -> Frames {
    var asked = try JobRequest(request.payloads.first)
    var rule: String?
    if let segment = asked.segment {
      switch try await SegmentSource(node: node).segment(segment) {
      case .rule(let text): rule = text
      case .customers(let customers):
        asked.customers = customers
        try asked.check()
      }
    }
    let command = Command(
      method: JobMethod.start, key: request.head.key ?? "",
      payloads: asked.payloads(partitions: node.settings.partitions, rule: rule))
    return try await node.definitions.submit(node.definitionsPartition, command)
  }

  /// `{"id"}`.
  private func job(_ request: Request) async throws -> Frames {
    let id = try JobID.request(request.payloads.first)
    return try await node.definitions.read(node.definitionsPartition) { reader in
      guard let number = JobID.number(id, partition: reader.partition),
        case .job(let job)? = try reader.row(DefinitionsRow.job(number))
      else { throw WireError.notFound("there is no job '\(id)'") }
      return Frames([JSONWriter.object { job.write(&$0, partition: reader.partition) }])
    }
  }

  /// `{"limit"}`: `{"results": [...]}`, newest first.
  private func jobs(_ request: Request) async throws -> Frames {
    var limit = JobLimits.listMax
    try Payload.read(request.payloads.first) { key, scanner in
      if case "limit" = key { limit = Int(try scanner.integer()) } else { try scanner.skip() }
    }
    let most = min(max(limit, 1), JobLimits.listMax)
    return try await node.definitions.read(node.definitionsPartition) { reader in
      let keys = try reader.keys(prefix: DefinitionsRow.jobPrefix, limit: JobLimits.listMax)
      let jobs = try reader.rows(keys).values.compactMap { if case .job(let job) = $0 { job } else { nil } }
      return Frames([
        JSONWriter.object { writer in
          writer.key("results")
          writer.array { writer in
            for job in jobs.sorted(by: { $0.number > $1.number }).prefix(most) {
              writer.object { job.write(&$0, partition: reader.partition) }
            }
          }
        }
      ])
    }
  }

  private func cancelJob(_ request: Request) async throws -> Frames {
    try await node.definitions.submit(
      node.definitionsPartition,
      Command(method: JobMethod.cancel, key: request.head.key ?? "", payloads: request.payloads))
  }

  /// Generates for a chunk's customers, once: asked again, the mark of the first time answers.
  func chunk(_ request: ChunkRequest, milliseconds: Int) async throws -> Frames {
    let partition = request.part.partition
    let done = try await node.main.read(partition) { try $0.row(RowKey.chunk(request.job, request.chunk)) }
    if case .chunk(let mark)? = done { return Frames([mark.encoded()]) }
    var payloads = Frames([GenerationOrder(answering: request).encoded()])
    payloads.append(
      contentsOf: try await SnapshotSource(node: node).snapshots(
        partition, request.part.customers, timeoutMilliseconds: milliseconds))
    return try await node.main.submit(
      partition, Command(method: Method.generateCommand, key: request.key, payloads: payloads))
  }
}
