import Contracts
import Hosting
import Messaging
import Wire

/// The methods of the gateway.
func gatewayRoutes(_ roster: Roster, _ steps: ClockSteps, _ gateway: GatewayHealth, _ metrics: Metrics)
  -> [Route]
{
  [
    Route(Announcement.method, placement: .inline, idempotent: true) { try announce($0, roster) },
    Route("registry/list", placement: .inline, idempotent: true) { _ in try members(roster.members) },
    Route("clock/advance", idempotent: true) { try await advance($0, steps) },
    Route("clock/read", idempotent: true) { _ in try await readClock(steps) },
  ] + healthRoutes(gateway, metrics)
}

/// The methods that are answered at the health address too.
func healthRoutes(_ gateway: GatewayHealth, _ metrics: Metrics) -> [Route] {
  [
    Route(HealthProbe.method, placement: .inline, idempotent: true) { _ in gateway.reply },
    Route("metrics/read", idempotent: true) { _ in Frames([metrics.json]) },
  ]
}

/// What the gateway says of its health.
struct GatewayHealth: Sendable {
  let instance: String
  let readiness: @Sendable () -> Readiness

  /// `{"service", "instance", "status", "missing": [...]}`.
  var reply: Frames {
    let readiness = readiness()
    return Frames([
      JSONWriter.object { writer in
        writer.member("service", ServiceName.gateway.rawValue)
        writer.member("instance", instance)
        readiness.write(&writer)
      }
    ])
  }
}

private func announce(_ request: Request, _ roster: Roster) throws(WireError) -> Frames {
  try members(roster.announce(Announcement.replica(request.payloads.first ?? [])))
}

private func members(_ members: [Replica]) throws(WireError) -> Frames {
  Frames([try Announcement.encode(members: members)])
}

private func advance(_ request: Request, _ steps: ClockSteps) async throws(WireError) -> Frames {
  guard let to = try ObjectText(request.payloads.first ?? []).integer("to") else {
    throw .invalid("'to' is missing (unix microseconds)")
  }
  // The head's deadline is the machine's wall clock; waiting goes by the one that only goes forward.
  let left = request.head.deadline - Machine.unixMilliseconds()
  let now = try await steps.advance(to: to, deadline: Machine.milliseconds() + left)
  return clock(now, isStepped: true)
}

private func readClock(_ steps: ClockSteps) async throws(WireError) -> Frames {
  let reading = try await steps.read()
  return clock(reading.now, isStepped: reading.stepped)
}

private func clock(_ now: Int64, isStepped: Bool) -> Frames {
  Frames([
    JSONWriter.object { writer in
      writer.member("now", now)
      writer.member("stepped", isStepped)
    }
  ])
}
