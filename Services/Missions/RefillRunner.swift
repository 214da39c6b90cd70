import Contracts
import Journal
import Messaging
import Wire

/// Asks Scoring for snapshots of customers, as of not before what this service has taken.
struct SnapshotSource: Sendable {
  let node: MissionsNode

  /// One snapshot a payload, in the order of the customers.
  func snapshots(
    _ partition: Int, _ customers: [String], timeoutMilliseconds: Int
  ) async throws -> Frames {
    guard let events = node.main.taken(.events, partition) else {
      // Not open here: the read says who has it.
      return try await node.main.read(partition) { _ in Frames() }
    }
    let request = JSONWriter.object { writer in
      writer.member("partition", partition)
      writer.member("after_events", events)
      writer.key("customers")
      writer.array { writer in for customer in customers { writer.string(customer) } }
    }
    let reply = try await node.directory.call(
      ServiceName.scoring.rawValue, Method.snapshots, partition: partition, Frames([request]),
      timeoutMilliseconds: timeoutMilliseconds, retry: true)
    guard reply.count == customers.count else {
      throw WireError.internal("Scoring gave \(reply.count) snapshots for \(customers.count) customers")
    }
    return reply
  }
}

/// Answers the wants of the daily refill: asks Scoring for the snapshots and submits the generation.
///
/// A want stands in the committed registers until its command has taken it away, so it is asked again after a
/// crash; the command's key and the want itself make the effect happen once.
struct RefillRunner: Sendable {
  /// How long one batch may wait for Scoring, milliseconds.
  static let timeoutMilliseconds = 30_000
  let node: MissionsNode

  /// Looks at the open partitions on every tick, until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      for partition in node.main.open where !Task.isCancelled {
        for want in node.main.registers(partition)?.wants ?? [] {
          guard await answer(want, partition) else { break }
        }
      }
      try? await Task.sleep(for: .milliseconds(node.settings.tickMilliseconds))
    }
  }

  /// Answers one want; false when it must be tried again.
  private func answer(_ want: Want, _ partition: Int) async -> Bool {
    do {
      let row = try await node.main.read(partition) { try $0.row(RowKey.want(want)) }
      // Answered since the registers were read.
      guard case .want(let customers)? = row else { return true }
      let snapshots = try await SnapshotSource(node: node).snapshots(
        partition, customers, timeoutMilliseconds: Self.timeoutMilliseconds)
      var payloads = Frames([GenerationOrder(answering: want).encoded()])
      payloads.append(contentsOf: snapshots)
      let key = want.key(partition: partition)
      _ = try await node.main.submit(
        partition, Command(method: Method.generateCommand, key: key, payloads: payloads))
      return true
    } catch {
      if !Task.isCancelled { node.settings.log("refill of partition \(partition) waits: \(error)") }
      return false
    }
  }
}
