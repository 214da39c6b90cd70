import Synchronization

/// One value that somebody waits for: given once, or never before the time is over.
final class Waiter<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case waiting(CheckedContinuation<Value?, Never>)
    case given(Value?)
    case over
  }

  private let state = Mutex(State.empty)

  /// Gives the value; false when it was given before, or nobody waits any more.
  @discardableResult
  func give(_ value: Value?) -> Bool {
    let (accepted, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Value?, Never>?) in
      switch state {
      case .empty:
        state = .given(value)
        return (true, nil)
      case .waiting(let continuation):
        state = .over
        return (true, continuation)
      case .given, .over: return (false, nil)
      }
    }
    continuation?.resume(returning: value)
    return accepted
  }

  /// The value, or nil when the time is over or the task is cancelled. Once.
  func value(withinMilliseconds timeout: Int) async -> Value? {
    let timer = Task {
      try? await Task.sleep(for: .milliseconds(timeout))
      give(nil)
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let value = state.withLock { state -> Value?? in
          if case .given(let value) = state {
            state = .over
            return .some(value)
          }
          state = .waiting(continuation)
          return nil
        }
        if let value { continuation.resume(returning: value) }
      }
    } onCancel: {
      give(nil)
    }
  }
}
