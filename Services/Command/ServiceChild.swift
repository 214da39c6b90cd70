import Foundation
import Glibc
import Synchronization

/// One service's process, started again whenever it ends by itself.
///
/// A thread of its own starts it and waits for it. The thread lives as long as the process, because the
/// kernel ends the process with the thread that started it (`HoldCommand`).
final class ServiceChild: Sendable {
  /// What happened to it.
  enum Event: Sendable {
    case started(pid_t)
    /// It ended by itself; the next start is after a pause, in milliseconds.
    case ended(Ending, pauseMilliseconds: Int)
    /// It could not be started; the next try is after a pause, in milliseconds.
    case refused(String, pauseMilliseconds: Int)
    /// It ended because it was asked to, or will not be started any more.
    case stopped
  }

  private struct State {
    var process: pid_t?
    var stopping = false
    var finished = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let plan: ProcessPlan
  private let hear: @Sendable (Event) -> Void
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)

  /// `hear` is called on the child's own thread.
  init(_ plan: ProcessPlan, hear: @escaping @Sendable (Event) -> Void) {
    self.plan = plan
    self.hear = hear
  }

  /// Begins; once.
  func start() { Thread.detachNewThread { self.run() } }

  /// The process id while it runs.
  var process: pid_t? { state.withLock { $0.process } }

  private func run() {
    var backoff = Backoff()
    while !state.withLock(\.stopping) {
      let begin = Monotonic.milliseconds()
      do {
        let ending = try once()
        if state.withLock(\.stopping) { break }
        let pause = backoff.pause(afterRunning: Monotonic.milliseconds() - begin)
        hear(.ended(ending, pauseMilliseconds: pause))
        rest(pause)
      } catch {
        let pause = backoff.pause(afterRunning: 0)
        hear(.refused("\(error)", pauseMilliseconds: pause))
        rest(pause)
      }
    }
    hear(.stopped)
    let waiting = state.withLock { state in
      state.finished = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Waits, unless told to stop.
  private func rest(_ milliseconds: Int) { _ = wake.wait(timeout: .now() + .milliseconds(milliseconds)) }

  private func once() throws -> Ending {
    let process = try state.withLock { state throws in
      let process = try Spawn.start(plan)
      state.process = process
      if state.stopping { kill(process, SIGTERM) }
      return process
    }
    hear(.started(process))
    // Waits without collecting: until it is collected under the lock its number cannot be another process's.
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    return state.withLock { state in
      var status: Int32 = 0
      while waitpid(process, &status, 0) == -1, errno == EINTR {}
      state.process = nil
      return Ending(status: status)
    }
  }

  /// Asks it to end, for good.
  func stop() { signal(SIGTERM) }

  /// Ends it at once, for good.
  func kill() { signal(SIGKILL) }

  private func signal(_ number: Int32) {
    state.withLock { state in
      state.stopping = true
      if let process = state.process { _ = Glibc.kill(process, number) }
    }
    wake.signal()
  }

  /// Waits until it has ended and will not be started any more.
  func ended() async {
    await withCheckedContinuation { continuation in
      let finished = state.withLock { state in
        if !state.finished { state.waiting.append(continuation) }
        return state.finished
      }
      if finished { continuation.resume() }
    }
  }

  private func kill(_ process: pid_t, _ number: Int32) { _ = Glibc.kill(process, number) }
}
