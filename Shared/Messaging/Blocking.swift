import Dispatch

/// Runs what waits in C on a thread that may wait, off the cooperative pool and off nng's threads.
func onBlockingThread(_ body: @escaping @Sendable () -> Void) async {
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async {
      body()
      continuation.resume()
    }
  }
}

/// Runs it a little later on a thread that may wait.
func afterPause(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
  DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
}
