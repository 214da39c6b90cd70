import Contracts
import Journal
import Synchronization

/// Breaks services off at named points, one at a time, and tells who was broken off.
final class Cutter: Sendable {
  /// Stands for a process that is no more.
  struct Cut: Error {}

  private struct Plan {
    let service: ServiceName
    let point: CutPoint
    /// How often the point is passed before the cut.
    var passages: Int
  }

  private struct State {
    var plan: Plan?
    var fired = 0
  }

  /// The services that were broken off, as it happens.
  let broken: AsyncStream<ServiceName>
  private let tell: AsyncStream<ServiceName>.Continuation
  private let state = Mutex(State())

  init() { (broken, tell) = AsyncStream.makeStream() }

  /// How many cuts there were.
  var fired: Int { state.withLock(\.fired) }

  /// Cuts a service once, when it passes a point for the n-th time from now on.
  func arm(_ point: CutPoint, of service: ServiceName, passage: Int) {
    state.withLock { $0.plan = Plan(service: service, point: point, passages: passage - 1) }
  }

  /// What the nodes of a service call.
  func cut(_ service: ServiceName) -> @Sendable (CutPoint) throws -> Void {
    { [self] point in
      let isCut = state.withLock { state in
        guard let plan = state.plan, plan.service == service, plan.point == point else { return false }
        if plan.passages > 0 {
          state.plan?.passages -= 1
          return false
        }
        state.plan = nil
        state.fired += 1
        return true
      }
      guard isCut else { return }
      tell.yield(service)
      throw Cut()
    }
  }

  /// Cuts nobody any more.
  func end() {
    state.withLock { $0.plan = nil }
    tell.finish()
  }
}
