import Foundation
import Hosting
import Messaging
import Synchronization
import Wire

/// Keeps the processes of an installation running until it is told to stop.
final class Supervisor: Sendable {
  /// How long all may take to be ready, in milliseconds.
  static let readyMilliseconds: Int64 = 120_000
  /// The pause between two questions whether they are, in milliseconds.
  static let askMilliseconds = 50
  /// How long one answer may take, in milliseconds.
  static let answerMilliseconds = 1_000
  /// How long they may take to end before they are killed.
  static let stopLimit: Duration = .seconds(10)

  private struct State {
    var isReady = false
    /// The first process that ended before all were ready.
    var failure: (name: String, reason: String)?
  }

  let children: [ServiceChild]
  private let tails: [String: LogTail]
  private let state: SharedState
  private final class SharedState: Sendable {
    let value = Mutex(State())
  }

  /// `tell` hears, once all are ready, when one ends and is started again.
  init(_ plans: [ProcessPlan], tell: @escaping @Sendable (String) -> Void) {
    let state = SharedState()
    self.state = state
    tails = Dictionary(uniqueKeysWithValues: plans.map { ($0.name, LogTail($0.log)) })
    children = plans.map { plan in
      ServiceChild(plan) { event in
        guard let (reason, pause) = Self.reason(event) else { return }
        let isReady = state.value.withLock { state in
          if !state.isReady, state.failure == nil { state.failure = (plan.name, reason) }
          return state.isReady
        }
        if isReady { tell("\(plan.name) ended (\(reason)); it starts again in \(pause) ms, see \(plan.log)") }
      }
    }
  }

  private static func reason(_ event: ServiceChild.Event) -> (String, Int)? {
    switch event {
    case .started, .stopped: nil
    case .ended(let ending, let pause): (ending.description, pause)
    case .refused(let text, let pause): (text, pause)
    }
  }

  /// Starts all, in order.
  func start() { for child in children { child.start() } }

  /// Waits until the gateway says that all are well; a process that ends before that is a fault.
  func ready(run: String) async throws {
    let health = try Endpoints.urls(listen: "ipc", run: run, instance: "gateway").health
    let caller = try Caller(url: health, name: Cluster.name)
    do {
      try await wait(caller)
      await caller.close()
    } catch {
      await caller.close()
      throw error
    }
  }

  private func wait(_ caller: Caller) async throws {
    let end = Monotonic.milliseconds() + Self.readyMilliseconds
    var last = "the gateway does not answer"
    while Monotonic.milliseconds() < end {
      if let failure = state.value.withLock(\.failure) { throw Self.fault(failure, tails[failure.name]) }
      try Task.checkCancellation()
      switch await health(caller) {
      case nil:
        state.value.withLock { $0.isReady = true }
        return
      case .some(let text): last = text
      }
      try await Task.sleep(for: .milliseconds(Self.askMilliseconds))
    }
    throw Fault("the services are not ready after \(Self.readyMilliseconds / 1_000) s: \(last)")
  }

  /// nil when all is well, else what is missing.
  private func health(_ caller: Caller) async -> String? {
    do {
      let reply = try await caller.call(HealthProbe.method, timeoutMilliseconds: Self.answerMilliseconds)
      let answer = try JSONTree(reply.first ?? [])
      return answer["status"].text == "ok" ? nil : answer.shown
    } catch { return "\(error)" }
  }

  private static func fault(_ failure: (name: String, reason: String), _ tail: LogTail?) -> Fault {
    let lines = tail?.lines ?? []
    let said = lines.isEmpty ? "it said nothing" : "it said: " + lines.joined(separator: " | ")
    return Fault("\(failure.name) did not start (\(failure.reason))", advice: said)
  }

  /// Ends all: the gateway first, which lets nobody in any more, then against the stream.
  ///
  /// Who does not end in time is killed.
  func stop(within limit: Duration = stopLimit) async {
    let order = Self.stopOrder(children)
    for child in order { child.stop() }
    let killing = Task {
      try await Task.sleep(for: limit)
      for child in order { child.kill() }
    }
    for child in order { await child.ended() }
    killing.cancel()
  }

  /// The first one, then the others from the last.
  static func stopOrder<Element>(_ elements: [Element]) -> [Element] {
    elements.prefix(1) + elements.dropFirst().reversed()
  }

  /// Ends all at once.
  func kill() { for child in children { child.kill() } }
}
