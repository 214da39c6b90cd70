import Contracts
import Journal
import Messaging
import Wire

/// Versions of the score definition, segments, thresholds and jobs: at the owner of the definitions.
extension Node where Main == ScoringFold, Defs == ScoringDefinitionsFold {
  var definitionRoutes: [Route] {
    let commands = [
      ScoringMethod.patchDefinition, ScoringMethod.draftDefinition, ScoringMethod.activateDefinition,
      ScoringMethod.putSegment, ScoringMethod.deleteSegment, ScoringMethod.putThreshold,
      ScoringMethod.deleteThreshold, Method.cancelJob,
    ]
    return commands.map { method in Route(method) { try await self.submit(method, $0, $0.payloads) } }
      + [
        Route(ScoringMethod.startJob) { try await self.startJob($0) },
        Route(ScoringMethod.versions, idempotent: true) { _ in try await self.versions() },
        Route(Method.segments, idempotent: true) { try await self.segments($0) },
        Route(Method.thresholds, idempotent: true) { try await self.thresholds($0) },
        Route(Method.job, idempotent: true) { try await self.job($0) },
        Route(Method.jobs, idempotent: true) { _ in try await self.jobs() },
      ]
  }

  private func submit(_ method: String, _ request: Request, _ payloads: Frames) async throws -> Frames {
    try await definitions.submit(
      definitionsPartition, Command(method: method, key: request.head.key ?? "", payloads: payloads))
  }

  /// How many partitions there are is the installation's to say.
  private func startJob(_ request: Request) async throws -> Frames {
    guard let payload = request.payloads.first, let end = payload.lastIndex(of: UInt8(ascii: "}")) else {
      throw WireError.invalid("the payload is missing")
    }
    var writer = JSONWriter(continuing: Array(payload[..<end]))
    writer.member("partitions", settings.partitions)
    let command = Frames([writer.bytes + [UInt8(ascii: "}")]])
    _ = try StartRequest(command)
    return try await submit(ScoringMethod.startJob, request, command)
  }

  private func versions() async throws -> Frames {
    let (active, versions) = try await definitions.read(definitionsPartition) { reader in
      let keys = try reader.keys(prefix: DefinitionsRow.versions, after: "", limit: HandlerLimits.listedMax)
      let rows = try reader.rows(keys)
      return (try reader.row(DefinitionsRow.scores)?.active, keys.reversed().compactMap { rows[$0] })
    }
    return try Self.list(versions) { row, writer in
      guard case .version(let definition, let createdAt) = row else { return }
      writer.member("version", definition.version)
      writer.member("origin", definition.origin.rawValue)
      writer.member("is_active", definition == active)
      writer.member("full_marks", raw: try Cold.encode(definition.fullMarks))
      writer.member("created_at", createdAt)
    }
  }

  /// `{"id"?, "customers"?}`.
  private func segments(_ request: Request) async throws -> Frames {
    var (id, withCustomers) = (String?.none, false)
    try request.payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "id": id = try scanner.string()
      case "customers": withCustomers = try scanner.bool()
      default: try scanner.skip()
      }
    }
    let found = try await listed(DefinitionsRow.segments, id).compactMap(\.segment).filter { !$0.isDeleted }
    if let id, found.isEmpty { throw WireError.notFound("there is no segment '\(id)'") }
    let isFull = withCustomers
    return try Self.list(found) { segment, writer in
      segment.write(&writer)
      guard isFull, let customers = segment.customers else { return }
      writer.key("customer_ids")
      writer.array { writer in for customer in customers { writer.string(customer) } }
    }
  }

  private func thresholds(_ request: Request) async throws -> Frames {
    var id: String?
    try request.payloads.object { (key, scanner) throws(JSONError) in
      if case "id" = key { id = try scanner.string() } else { try scanner.skip() }
    }
    let rows = try await listed(DefinitionsRow.thresholds, id)
    let found = rows.compactMap(\.threshold).filter { !$0.isDeleted }
    if let id, found.isEmpty { throw WireError.notFound("there is no threshold '\(id)'") }
    return try Self.list(found) { threshold, writer in threshold.write(&writer) }
  }

  /// The row of an id, or all of a kind, by id.
  private func listed(_ prefix: String, _ id: String?) async throws -> [DefinitionsRow] {
    try await definitions.read(definitionsPartition) { reader in
      if let id { return [try reader.row(prefix + id)].compactMap { $0 } }
      let keys = try reader.keys(prefix: prefix, after: "", limit: HandlerLimits.listedMax)
      let rows = try reader.rows(keys)
      return keys.compactMap { rows[$0] }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ write: (Element, inout JSONWriter) throws -> Void
  ) throws -> Frames {
    Frames([
      try JSONWriter.object { writer in
        writer.key("results")
        try writer.array { writer in
          for element in elements { try writer.object { try write(element, &$0) } }
        }
      }
    ])
  }

  private func job(_ request: Request) async throws -> Frames {
    let id = try NameRequest(request.payloads).id
    return try await definitions.read(definitionsPartition) { reader in
      guard let number = JobID.number(id, partition: reader.partition),
        let job = try reader.row(DefinitionsRow.job(number))?.job
      else { throw WireError.notFound("there is no job '\(id)'") }
      return Frames([JSONWriter.object { job.write(&$0, partition: reader.partition) }])
    }
  }

  /// Those that are remembered, newest first.
  private func jobs() async throws -> Frames {
    let partition = definitionsPartition
    let jobs = try await listed(DefinitionsRow.jobPrefix, nil).compactMap(\.job)
    return try Self.list(jobs.sorted { $0.number > $1.number }) { $0.write(&$1, partition: partition) }
  }
}
