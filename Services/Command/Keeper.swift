import Glibc

/// Runs something while the services are up, and stops them whatever comes.
struct Keeper: Sendable {
  /// The exit code after a second signal: 128 and the number of SIGINT.
  static let impatientCode: Int32 = 130

  let supervisor: Supervisor
  let run: String

  /// Starts the services, runs the body when they are ready, and stops them; a signal ends the body early.
  ///
  /// A second signal kills them. Gives nil when a signal came before the body ended.
  func keep<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result? {
    let signals = Interrupts.stream()
    let work = Task {
      supervisor.start()
      try await supervisor.ready(run: run)
      return try await body()
    }
    let watching = Task {
      var count = 0
      for await _ in signals {
        count += 1
        if count > 1 {
          supervisor.kill()
          _exit(Self.impatientCode)
        }
        work.cancel()
      }
    }
    let result = await work.result
    await supervisor.stop()
    watching.cancel()
    switch result {
    case .success(let value): return value
    case .failure(let error):
      if work.isCancelled { return nil }
      throw error
    }
  }
}
