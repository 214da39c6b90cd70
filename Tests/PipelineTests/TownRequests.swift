import Contracts
import Messaging
import Storage
import Wire

/// What a client and an operator do to a town, tried again under the same key until it is done.
extension Town {
  /// How long one try may take, milliseconds.
  private static let tryMilliseconds = 3_000
  private static let pauseMilliseconds = 20

  /// The reply's first payload.
  func ask(
    _ service: ServiceName, _ method: String, _ payloads: [String], partition: Int? = nil, key: String? = nil
  ) async throws -> [UInt8] {
    let frames = Frames(payloads.map { Array($0.utf8) })
    let deadline = ContinuousClock.now + .milliseconds(Self.patienceMilliseconds)
    while true {
      do throws(WireError) {
        let reply = try await client.call(
          service.rawValue, method, partition: partition, frames, timeoutMilliseconds: Self.tryMilliseconds,
          key: key, retry: true)
        return Array(reply.first ?? [])
      } catch {
        let mayPass = error.status == .unavailable || error.status == .deadlineExceeded
        guard mayPass, ContinuousClock.now < deadline else { throw error }
      }
      try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
    }
  }

  /// Brings records in as one pushed batch; gives where they stand.
  @discardableResult
  func push(_ records: [Record], key: String) async throws -> Pushed {
    try Cold.decode(
      Pushed.self,
      await ask(.ingestion, Method.push, [#"{"source":"town"}"#] + records.map(\.text), key: key))
  }

  /// Missions by the rules, or one of a template.
  @discardableResult
  func generate(
    _ customer: String, _ template: String? = nil, force: Bool = false, key: String
  ) async throws -> Generated {
    let named = template.map { #","template":"\#($0)""# } ?? ""
    let text = try await ask(
      .missions, Method.generate, [#"{"customer_id":"\#(customer)","force_regenerate":\#(force)\#(named)}"#],
      partition: Self.partition(of: customer), key: key)
    return try Cold.decode(Generated.self, text)
  }

  /// Changes a definition and waits until all who follow it have taken it.
  func change(_ change: DefinitionChange, key: String) async throws {
    let answer = try Cold.decode(
      Positioned.self, await ask(change.service, change.method, [change.text], key: key))
    for service in change.followers { try await wait(service, for: [answer.position]) }
  }

  /// Moves the clocks of all services, each when the one before has done all that was due.
  func advance(to instant: Int64) async throws {
    for service in Self.services {
      _ = try await ask(service, "clock/advance", [#"{"to":\#(instant)}"#])
      _ = try await ask(service, "settled/wait", [#"{"time":\#(instant)}"#])
    }
  }

  /// Waits until badging has all effects of these positions.
  func settle(_ positions: [Position]) async throws { try await wait(.badging, for: positions) }

  private func wait(_ service: ServiceName, for positions: [Position]) async throws {
    let payload = JSONWriter.object { writer in
      writer.key("positions")
      writer.array { writer in for position in positions { position.write(&writer) } }
    }
    _ = try await ask(service, "settled/wait", [String(decoding: payload, as: UTF8.self)])
  }

  /// Removes what can be derived again from the stores of services that are down.
  func forgetState() throws {
    for database in [ingestion.database, scoring.database, missions.database, badging.database] {
      let session = try Session.open(database)
      defer { session.close() }
      for table in ["state", "folded", "identity", "timer"] { try session.script("DELETE FROM \(table)") }
    }
  }
}
