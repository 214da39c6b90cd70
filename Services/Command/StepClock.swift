import Contracts
import Messaging
import Wire

/// Moves the services' stepped clock and waits until everything has had its effects.
struct StepClock: Sendable {
  /// How long one try may take, in milliseconds.
  static let timeoutMilliseconds = 60_000
  /// How long all tries together may take, in milliseconds.
  static let patienceMilliseconds: Int64 = 600_000

  let cluster: Cluster

  /// Steps to an instant (unix microseconds); one that has passed changes nothing. All timers up to it have
  /// had their effects in all services then.
  func advance(to instant: Int64) async throws {
    let payload = Frames([JSONWriter.object { $0.member("to", instant) }])
    try await patiently("the clock does not reach \(RFC3339.text(micros: instant))") { () throws(WireError) in
      _ = try await cluster.gateway.call(
        "clock/advance", payload, timeoutMilliseconds: Self.timeoutMilliseconds)
    }
  }

  /// Waits until what was written at these positions has had its effects as far as Badging, the last service.
  func settle(_ positions: [Position]) async throws {
    var last: [Int: Position] = [:]
    for position in positions where position.number > last[position.partition]?.number ?? 0 {
      last[position.partition] = position
    }
    guard !last.isEmpty else { return }
    let payload = Frames([
      JSONWriter.object { writer in
        writer.key("positions")
        writer.array { writer in for position in last.values { position.write(&writer) } }
      }
    ])
    for replica in try cluster.replicas(of: .badging) {
      try await patiently("\(replica.instance) does not settle") { () throws(WireError) in
        guard let caller = cluster.directory.caller(of: replica.service, instance: replica.instance) else {
          throw .unavailable("\(replica.instance) is gone")
        }
        _ = try await caller.call("settled/wait", payload, timeoutMilliseconds: Self.timeoutMilliseconds)
      }
    }
  }

  private func patiently(_ what: String, _ body: () async throws(WireError) -> Void) async throws {
    let end = Monotonic.milliseconds() + Self.patienceMilliseconds
    while true {
      do throws(WireError) { return try await body() } catch {
        guard Cluster.mayPass(error), Monotonic.milliseconds() < end else {
          throw Fault(what, error, advice: "`laurel status` shows who is behind")
        }
      }
      try await Task.sleep(for: .milliseconds(Cluster.pausesMilliseconds[0]))
      try await cluster.refresh()
    }
  }
}
