import Contracts
import Messaging
import Wire

/// Moves the stepped clocks of all services, each when the one before it has had all effects of its time.
struct ClockSteps: Sendable {
  /// One wait for a service to settle takes at most this long, in milliseconds; then it is asked again.
  static let sliceMilliseconds = 5_000
  /// The pause before a service that is away is asked again, in milliseconds.
  static let pauseMilliseconds = 100
  /// How long one reading of a clock may take, in milliseconds.
  static let readMilliseconds = 2_000

  let directory: Directory
  /// The number of customer partitions.
  let partitions: Int

  /// Brings all services to an instant, in the order of the flow; gives the time that they then have.
  ///
  /// `deadline` is in machine milliseconds. Throws `failed_precondition` on the system's clock,
  /// `deadline_exceeded` with the name of who is behind, `unavailable` with what is missing.
  func advance(to instant: Int64, deadline: Int64) async throws(WireError) -> Int64 {
    try await waitReady(deadline)
    for service in Readiness.services { try await advance(service, to: instant, deadline) }
    return try await read().now
  }

  private func waitReady(_ deadline: Int64) async throws(WireError) {
    while true {
      let readiness = Readiness(directory.replicas, partitions: partitions)
      if readiness.isReady { return }
      try await pause(deadline) {
        .unavailable("the clock moves when all is there; " + readiness.missing.joined(separator: "; "))
      }
    }
  }

  /// Steps all replicas of a service, also those that come meanwhile.
  private func advance(_ service: ServiceName, to instant: Int64, _ deadline: Int64) async throws(WireError) {
    var done: Set<String> = []
    while let next = instances(of: service).first(where: { !done.contains($0) }) {
      try await step(service, next, "clock/advance", "to", instant, deadline)
      try await step(service, next, "settled/wait", "time", instant, deadline)
      done.insert(next)
    }
  }

  private func instances(of service: ServiceName) -> [String] {
    directory.replicas(of: service.rawValue).map(\.instance)
  }

  /// Asks one replica again and again until it has done it, has gone, or the time is over.
  private func step(
    _ service: ServiceName, _ instance: String, _ method: String, _ member: StaticString, _ instant: Int64,
    _ deadline: Int64
  ) async throws(WireError) {
    let payload = Frames([JSONWriter.object { $0.member(member, instant) }])
    while let caller = directory.caller(of: service.rawValue, instance: instance) {
      let left = Int(deadline - Machine.milliseconds())
      do throws(WireError) {
        let time = min(max(left, 1), Self.sliceMilliseconds)
        _ = try await caller.call(method, payload, timeoutMilliseconds: time)
        return
      } catch  where error.status == .unavailable || error.status == .deadlineExceeded {
        try await pause(deadline) {
          .deadlineExceeded("\(service.rawValue) has not settled up to \(RFC3339.text(micros: instant))")
        }
      }
    }
  }

  private func pause(_ deadline: Int64, _ error: () -> WireError) async throws(WireError) {
    guard Machine.milliseconds() + Int64(Self.pauseMilliseconds) < deadline else { throw error() }
    guard (try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))) != nil else {
      throw .cancelled("the asker went away")
    }
  }

  /// The greatest time of all replicas that answer, and whether it is a stepped one.
  func read() async throws(WireError) -> (now: Int64, stepped: Bool) {
    let callers = Readiness.services.flatMap { service in
      instances(of: service).compactMap { directory.caller(of: service.rawValue, instance: $0) }
    }
    let readings = await withTaskGroup(of: Reading?.self) { group in
      for caller in callers { group.addTask { await Self.read(caller) } }
      var readings: [Reading] = []
      for await reading in group { if let reading { readings.append(reading) } }
      return readings
    }
    guard let now = readings.map(\.now).max() else { throw .unavailable("no service tells the time") }
    return (now, readings.contains { $0.stepped })
  }

  private typealias Reading = (now: Int64, stepped: Bool)

  private static func read(_ caller: Caller) async -> Reading? {
    guard let reply = try? await caller.call("clock/read", timeoutMilliseconds: readMilliseconds),
      let object = try? ObjectText(reply.first ?? []), let now = try? object.integer("now")
    else { return nil }
    return (now, (try? object.bool("stepped")) ?? false)
  }
}
