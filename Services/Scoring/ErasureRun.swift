import Contracts
import Journal
import Messaging
import Wire

/// The erasure of a forgotten customer through all services. Each step may be taken again.
struct ErasureRun: Sendable {
  static let steps = 4
  /// How long one call may take, milliseconds.
  private static let timeoutMilliseconds = 300_000
  /// How long all may take to settle, milliseconds.
  private static let settleMilliseconds = 30_000

  let node: ScoringNode
  /// The entry of the events that forgets.
  let position: Position

  func take(_ step: Int) async throws {
    switch step {
    case 0: try await settle()
    // Before anything is erased each service checks itself, and begins there from then on.
    case 1:
      try await secure(.ingestion)
      for service in [ServiceName.scoring, .missions, .badging] { try await secure(service) }
    case 2: try await blankRejected()
    default: try await erase()
    }
  }

  /// Waits until everybody has dropped what he keeps.
  private func settle() async throws {
    let payload = JSONWriter.object { writer in
      writer.key("positions")
      writer.array { position.write(&$0) }
    }
    for service in [ServiceName.missions, .badging] {
      _ = try await call(service, "settled/wait", payload, timeout: Self.settleMilliseconds)
    }
  }

  private func secure(_ service: ServiceName) async throws {
    if service == .scoring, node.main.isOpen(position.partition) {
      return try await node.secure(position.partition)
    }
    _ = try await call(
      service, Method.secure, JSONWriter.object { $0.member("partition", position.partition) })
  }

  /// The customer, as long as the entry is there.
  private func customer() async throws -> String? {
    let payload = JSONWriter.object { writer in
      writer.member("partition", position.partition)
      writer.member("number", position.number)
    }
    let reply = try await call(.ingestion, Method.forgotten, payload)
    var customer: String?
    try reply.object { (key, scanner) throws(JSONError) in
      switch key {
      case "customer_id": customer = try scanner.takeNull() ? nil : try scanner.string()
      default: try scanner.skip()
      }
    }
    return customer
  }

  private func blankRejected() async throws {
    guard let customer = try await customer() else { return }
    for partition in 0..<node.settings.partitions {
      let payload = JSONWriter.object { writer in
        writer.member("partition", partition)
        writer.member("customer_id", customer)
      }
      _ = try await call(.ingestion, Method.blankRejected, payload, partition: partition)
    }
  }

  /// Ingestion last: its entry names the customer until all others are done.
  private func erase() async throws {
    if let customer = try await customer() {
      let payload = JSONWriter.object { writer in
        writer.member("partition", position.partition)
        writer.member("customer_id", customer)
      }
      for service in [ServiceName.badging, .missions, .scoring, .ingestion] {
        if service == .scoring, node.main.isOpen(position.partition) {
          _ = try await node.erase(customer, position.partition)
        } else {
          _ = try await call(service, Method.erase, payload)
        }
      }
    }
    let payload = JSONWriter.object { $0.member("partition", position.partition) }
    for service in [ServiceName.scoring, .missions, .badging] {
      if service == .scoring, node.main.isOpen(position.partition) {
        try await node.adjust(position.partition)
      } else {
        _ = try await call(service, Method.adjust, payload)
      }
    }
  }

  private func call(
    _ service: ServiceName, _ method: String, _ payload: [UInt8], partition: Int? = nil,
    timeout: Int = timeoutMilliseconds
  ) async throws -> Frames {
    try await node.directory.call(
      service.rawValue, method, partition: partition ?? position.partition, Frames([payload]),
      timeoutMilliseconds: timeout, retry: true)
  }
}
