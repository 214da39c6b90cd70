import Contracts
import Journal
import Messaging
import Wire

typealias ScoringNode = Node<ScoringFold, ScoringDefinitionsFold>

/// The methods of Scoring.
func scoringRoutes(_ node: ScoringNode) -> [Route] {
  [
    Route(Method.scores, idempotent: true) { try await node.scores($0) },
    Route(Method.snapshots, idempotent: true) { try await node.snapshots($0) },
    Route(ScoringMethod.batch, idempotent: true) { try await node.batch($0) },
    Route(ScoringMethod.recalculate, idempotent: true) { try await node.recalculate($0) },
    Route(ScoringMethod.totals, idempotent: true) { _ in try await node.totals() },
    Route(ScoringMethod.definition, idempotent: true) { _ in try await node.definition() },
  ] + node.passRoutes + node.definitionRoutes
}

/// Limits of the handlers.
enum HandlerLimits {
  /// Rows that one read looks at, so that other reads come between.
  static let rowsPerRead = 1_000
  /// Definitions of one kind that are listed.
  static let listedMax = 10_000
  /// What is left of a deadline for the answer's way back, milliseconds.
  static let answerMilliseconds: Int64 = 50
  /// The longest wait for events, milliseconds.
  static let waitMilliseconds: Int64 = 30_000
}

extension Node where Main == ScoringFold, Defs == ScoringDefinitionsFold {
  var zones: Zones { main.fold.zones }

  fileprivate func scores(_ request: Request) async throws -> Frames {
    let asked = try ScoreRequest(request.payloads)
    let now = settings.clock.now()
    let partition = Partitioning.partition(of: asked.customer, count: settings.partitions)
    return try await main.read(partition) { [zones] reader in
      guard let row = try reader.row(CustomerRow.key(asked.customer)) else {
        throw WireError.notFound("no events of customer '\(asked.customer)'")
      }
      let definitions = reader.definitions
      let day = try asked.day(now: now, row.history, zones)
      let answer = ScoreAnswer(
        customer: asked.customer, assessment: Assessment(row.history, asOf: day, definitions.marks),
        definitionVersion: definitions.score.version, asOf: asked.asOf ?? now, updatedAt: row.updatedAt,
        events: row.events)
      return Frames([answer.encoded()])
    }
  }

  /// Reads the rows of all customers at one instant.
  fileprivate func batch(_ request: Request) async throws -> Frames {
    let asked = try CustomersRequest(request.payloads, partitions: settings.partitions)
    let now = settings.clock.now()
    return try await main.read(asked.partition) { [zones] reader in
      let rows = try reader.rows(asked.customers.map(CustomerRow.key))
      let (known, unknown) = asked.split { rows[CustomerRow.key($0)] != nil }
      return Frames([
        JSONWriter.object { writer in
          writer.key("results")
          writer.array { writer in
            for customer in known {
              guard let row = rows[CustomerRow.key(customer)] else { continue }
              let assessment = Assessment(
                row.history, asOf: row.history.day(at: now, zones), reader.definitions.marks)
              writer.object { assessment.write(scoresOf: customer, &$0) }
            }
          }
          writer.key("unknown")
          writer.array { writer in for customer in unknown { writer.string(customer) } }
        }
      ])
    }
  }

  /// Waits until the events that the asker has taken are in the rows, and reads them all at one instant.
  fileprivate func snapshots(_ request: Request) async throws -> Frames {
    let asked = try CustomersRequest(request.payloads, partitions: settings.partitions)
    let left = request.head.deadline - settings.clock.machine() - HandlerLimits.answerMilliseconds
    let position = Position(partition: asked.partition, journal: .events, number: asked.afterEvents)
    let wait = Int(max(1, min(left, HandlerLimits.waitMilliseconds)))
    guard await settled([position], milliseconds: wait) else {
      throw WireError.deadlineExceeded(
        "scoring has not taken event \(asked.afterEvents) of partition \(asked.partition)")
    }
    let now = settings.clock.now()
    return try await main.read(asked.partition) { [zones] reader in
      let rows = try reader.rows(asked.customers.map(CustomerRow.key))
      var frames = Frames()
      for customer in asked.customers {
        let snapshot = Snapshot(
          customer, rows[CustomerRow.key(customer)], reader.definitions, zones, now: now,
          afterEvents: asked.afterEvents)
        frames.append(snapshot.encoded())
      }
      return frames
    }
  }

  fileprivate func totals() async throws -> Frames {
    let (now, zones) = (settings.clock.now(), zones)
    var totals = ScoringTotals()
    for partition in main.open {
      var after: String? = ""
      while let key = after {
        let part = try await main.read(partition) { try $0.totals(after: key, now: now, zones) }
        totals.add(part.totals)
        after = part.last
      }
      totals.crossings += main.registers(partition)?.crossings ?? 0
    }
    return Frames([totals.encoded()])
  }

  fileprivate func definition() async throws -> Frames {
    try await definitions.read(definitionsPartition) { reader in
      guard let active = try reader.row(DefinitionsRow.scores)?.active else {
        throw WireError.failedPrecondition("there is no score definition yet")
      }
      return Frames([try Cold.encode(active)])
    }
  }
}

extension StateReader where F == ScoringFold {
  /// The totals of a run of customers, and the last key of it; nil when nothing follows.
  func totals(after key: String, now: Int64, _ zones: Zones) throws -> (totals: ScoringTotals, last: String?)
  {
    var totals = ScoringTotals()
    let last = try scan(prefix: CustomerRow.prefix, after: key, limit: HandlerLimits.rowsPerRead) { _, row in
      totals.add(Assessment(row.history, asOf: row.history.day(at: now, zones), definitions.marks))
    }
    return (totals, last)
  }
}
