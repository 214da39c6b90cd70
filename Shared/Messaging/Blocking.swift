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
