import Contracts
import Journal
import Messaging
import Wire

typealias BadgingNode = Node<BadgingFold, BadgesFold>

/// The methods of Badging.
func badgingRoutes(_ node: BadgingNode) -> [Route] {
  [
    Route(Method.awards, idempotent: true) { try await node.awards($0) },
    Route(Method.points, idempotent: true) { try await node.points($0) },
    Route(Method.badges, idempotent: true) { try await node.badges($0) },
    Route(Method.offers, idempotent: true) { _ in try await node.offers() },
    Route(Method.grants, idempotent: true) { try await node.grants($0) },
    Route(Method.badgingTotals, idempotent: true) { _ in try await node.totals() },
    Route(Method.checkAndAward) { try await node.checkAndAward($0) },
    Route(Method.redeem) { try await node.redeem($0) },
    Route(Method.patchBadge) { try await node.define($0, Method.patchBadge) },
    Route(Method.putOffer) { try await node.define($0, Method.putOffer) },
  ]
}

extension Node where Main == BadgingFold, Defs == BadgesFold {
  private func partition(of customer: String) -> Int {
    Partitioning.partition(of: customer, count: settings.partitions)
  }

  fileprivate func awards(_ request: Request) async throws -> Frames {
    let asked = try AwardsRequest(request.payloads)
    return try await main.read(partition(of: asked.list.customer)) { try $0.awards(asked) }
  }

  fileprivate func points(_ request: Request) async throws -> Frames {
    let asked = try ListRequest(request.payloads)
    return try await main.read(partition(of: asked.customer)) { try $0.points(asked) }
  }

  fileprivate func badges(_ request: Request) async throws -> Frames {
    let filter = try BadgeFilter(request.payloads)
    return try await definitions.read(definitionsPartition) { try $0.badges(filter) }
  }

  fileprivate func offers() async throws -> Frames {
    try await definitions.read(definitionsPartition) { try $0.offers() }
  }

  fileprivate func grants(_ request: Request) async throws -> Frames {
    let asked = try GrantsRequest(request.payloads)
    return try await main.read(partition(of: asked.list.customer)) { try $0.grants(asked) }
  }

  fileprivate func redeem(_ request: Request) async throws -> Frames {
    let asked = try RedeemRequest(request.payloads)
    guard let partition = asked.partition, partition < settings.partitions else {
      throw WireError.notFound("no grant '\(asked.id)'")
    }
    return try await main.submit(partition, command(request, Method.redeem))
  }

  fileprivate func totals() async throws -> Frames {
    var totals = BadgingTotals()
    for partition in main.open { totals.add(try await main.read(partition) { $0.registers }) }
    return Frames([JSONWriter.object(totals.write)])
  }

  fileprivate func define(_ request: Request, _ method: String) async throws -> Frames {
    try await definitions.submit(definitionsPartition, command(request, method))
  }

  private func command(_ request: Request, _ method: String) -> Command {
    Command(method: method, key: request.head.key ?? "", payloads: request.payloads)
  }

  /// The decision is the partition's; how far a failing condition is off, Scoring knows.
  fileprivate func checkAndAward(_ request: Request) async throws -> Frames {
    let asked = try CheckRequest(request.payloads)
    let partition = partition(of: asked.customer)
    let reply = try await main.submit(partition, command(request, Method.checkAndAward))
    guard let answer = reply.first, let snapshot = await snapshot(asked.customer, partition) else {
      return reply
    }
    return Frames([try CheckAnswer.explained(answer, by: snapshot)])
  }

  /// What Scoring knows of a customer; nil when it does not answer in time: the answer is whole without it.
  private func snapshot(_ customer: String, _ partition: Int) async -> Snapshot? {
    let question = JSONWriter.object { writer in
      writer.member("partition", partition)
      writer.member("after_events", 0)
      writer.key("customers")
      writer.array { $0.string(customer) }
    }
    let reply = try? await directory.call(
      ServiceName.scoring.rawValue, Method.snapshots, partition: partition, Frames([question]),
      timeoutMilliseconds: CheckLimits.snapshotMilliseconds, retry: true)
    guard let text = reply?.first else { return nil }
    var scanner = JSONScanner(text)
    return try? Snapshot(&scanner)
  }
}

/// Limits of `check-and-award`.
enum CheckLimits {
  /// How long Scoring may take to say what it knows, milliseconds.
  static let snapshotMilliseconds = 2_000
}
