import Contracts
import Messaging
import Wire

/// Asks the services for one HTTP request: finds the owner, waits for what the client has written, passes on
/// who asks and until when.
struct Peers: Sendable {
  let directory: Directory
  /// The number of customer partitions; the definitions' one follows the last.
  let partitions: Int

  /// Where the definitions are.
  var definitions: Int { partitions }

  func partition(of customer: String) -> Int { Partitioning.partition(of: customer, count: partitions) }

  /// A read of one partition, after the client's own writes have arrived there.
  func read(
    _ service: ServiceName, _ method: String, partition: Int, _ payload: [UInt8], for call: Call
  ) async throws(WireError) -> ArraySlice<UInt8> {
    try await readAll(service, method, partition: partition, payload, for: call).first ?? []
  }

  /// The same for an answer of several payloads.
  func readAll(
    _ service: ServiceName, _ method: String, partition: Int, _ payload: [UInt8], for call: Call
  ) async throws(WireError) -> Frames {
    try checkKnown(service)
    try await settle(service, partition, call)
    return try await directory.call(
      service.rawValue, method, partition: partition, Frames([payload]), timeoutMilliseconds: call.left,
      traceparent: call.identity.traceparent, id: call.identity.id, retry: true)
  }

  /// A write; without a partition any replica takes it. It is tried again only with a key.
  ///
  /// What it decides on must be there as well: a generation sees the template that was changed before.
  func write(
    _ service: ServiceName, _ method: String, partition: Int?, _ payloads: Frames, key: String?,
    for call: Call
  ) async throws(WireError) -> ArraySlice<UInt8> {
    try checkKnown(service)
    try await settle(service, partition, call)
    let reply = try await directory.call(
      service.rawValue, method, partition: partition, payloads, timeoutMilliseconds: call.left, key: key,
      traceparent: call.identity.traceparent, id: call.identity.id, retry: key != nil)
    return reply.first ?? []
  }

  /// A service that has been silent for seconds is not waited for; one that is taken over is.
  private func checkKnown(_ service: ServiceName) throws(WireError) {
    if directory.replicas(of: service.rawValue).isEmpty {
      throw .unavailable("no replica of \(service.rawValue) is known")
    }
  }

  private func settle(_ service: ServiceName, _ partition: Int?, _ call: Call) async throws(WireError) {
    let customers = partition == definitions ? nil : partition
    let settling = Settling(call.position.positions, reading: service, partition: customers)
    let results = await withTaskGroup(of: Result<Void, WireError>.self) { group in
      for wait in settling.waits {
        group.addTask {
          do throws(WireError) { return .success(try await self.wait(wait, call)) } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for result in results { try result.get() }
  }

  private func wait(_ wait: Settling.Wait, _ call: Call) async throws(WireError) {
    let payload = Frames([Self.payload(wait.positions)])
    try checkKnown(wait.service)
    do throws(WireError) {
      if let partition = wait.partition {
        _ = try await directory.call(
          wait.service.rawValue, "settled/wait", partition: partition, payload,
          timeoutMilliseconds: waiting(call), traceparent: call.identity.traceparent, id: call.identity.id,
          retry: true)
      } else {
        try await askAll(wait.service, payload, call)
      }
    } catch  where error.status == .deadlineExceeded {
      throw .deadlineExceeded("\(wait.service.rawValue) is behind: it has not taken what you wrote in time")
    }
  }

  /// Every replica has partitions of its own, and all of them follow the definitions.
  private func askAll(_ service: ServiceName, _ payload: Frames, _ call: Call) async throws(WireError) {
    for replica in directory.replicas(of: service.rawValue) {
      guard let caller = directory.caller(of: service.rawValue, instance: replica.instance) else { continue }
      _ = await caller.waitConnected(timeoutMilliseconds: min(waiting(call), Self.connectMilliseconds))
      _ = try await caller.call(
        "settled/wait", payload, timeoutMilliseconds: waiting(call), traceparent: call.identity.traceparent,
        id: call.identity.id)
    }
  }

  /// A replica that has just announced itself is given so long to be connected, in milliseconds.
  private static let connectMilliseconds = 500

  private func waiting(_ call: Call) -> Int { max(call.left - GatewayLimits.readReserveMilliseconds, 1) }

  private static func payload(_ positions: [Position]) -> [UInt8] {
    JSONWriter.object { writer in
      writer.key("positions")
      writer.array { writer in for position in positions { position.write(&writer) } }
    }
  }
}
