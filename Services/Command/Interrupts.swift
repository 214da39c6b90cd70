import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM as they come, instead of ending the process.
enum Interrupts {
  /// A source works as long as it is kept.
  private static let sources = Mutex<[any DispatchSourceSignal]>([])

  /// Each signal's number, from now on.
  static func stream() -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    sources.withLock { sources in
      for number in [SIGINT, SIGTERM] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        sources.append(source)
      }
    }
    return stream
  }
}
