import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM as they come, instead of ending the process.
enum Interrupts {
  private struct State {
    /// A source works as long as it is kept.
    var sources: [any DispatchSourceSignal] = []
    var listeners: [AsyncStream<Int32>.Continuation] = []
  }

  private static let state = Mutex(State())

  /// Each signal's number, from now on; all streams hear all signals.
  static func stream() -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    state.withLock { state in
      state.listeners.append(continuation)
      if state.sources.isEmpty { state.sources = [SIGINT, SIGTERM].map(source) }
    }
    return stream
  }

  /// Once for each signal: on Linux the source puts its own handler in place of the one set here, and setting
  /// it again would make the source deaf.
  private static func source(_ number: Int32) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      for listener in state.withLock(\.listeners) { listener.yield(number) }
    }
    source.resume()
    return source
  }
}
