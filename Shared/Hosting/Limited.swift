import Synchronization

/// Work took longer than it may.
struct TookTooLong: Error, CustomStringConvertible {
  let limit: Duration
  var description: String { "took longer than \(limit)" }
}

/// Waits for work up to a limit, then cancels it and leaves it behind: work that ignores its cancellation
/// must not keep a process alive.
///
/// Cancelling the waiting task cancels the work. Throws what the work throws, or `TookTooLong`.
func limited(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
  let first = FirstResult()
  let working = Task { first.settle(await Result(of: work)) }
  let timing = Task {
    try await Task.sleep(for: limit)
    working.cancel()
    first.settle(.failure(TookTooLong(limit: limit)))
  }
  defer { timing.cancel() }
  try await withTaskCancellationHandler {
    try await first.value()
  } onCancel: {
    working.cancel()
  }
}

extension Result where Success == Void, Failure == any Error {
  fileprivate init(of work: @Sendable () async throws -> Void) async {
    do {
      self = .success(try await work())
    } catch {
      self = .failure(error)
    }
  }
}

/// The first of several results; the others are dropped.
private final class FirstResult: Sendable {
  private enum State {
    case open
    case waiting(CheckedContinuation<Void, any Error>)
    case settled(Result<Void, any Error>)
  }

  private let state = Mutex(State.open)

  func settle(_ result: Result<Void, any Error>) {
    let waiting: CheckedContinuation<Void, any Error>? = state.withLock { state in
      switch state {
      case .settled: return nil
      case .open:
        state = .settled(result)
        return nil
      case .waiting(let continuation):
        state = .settled(result)
        return continuation
      }
    }
    waiting?.resume(with: result)
  }

  /// Waits for the first result; called once.
  func value() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let settled: Result<Void, any Error>? = state.withLock { state in
        if case .settled(let result) = state { return result }
        state = .waiting(continuation)
        return nil
      }
      if let settled { continuation.resume(with: settled) }
    }
  }
}
