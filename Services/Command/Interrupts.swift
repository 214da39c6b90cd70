import Foundation
import Glibc
import Synchronization

/// Signals as they come, instead of ending the process.
///
/// The handler writes the signal's number into a pipe and a thread reads it there. (A dispatch source loses a
/// signal on Linux when a pool thread takes it and ends before the source was looked at.)
enum Interrupts {
  private struct Listener {
    let numbers: [Int32]
    let continuation: AsyncStream<Int32>.Continuation
  }

  private static let listeners = Mutex<[Listener]>([])
  /// The write end is made before any handler is set, so that a handler only reads it.
  private static let writeEnd = open()

  /// Each of these signals as it comes, from now on; all streams hear all of theirs.
  static func stream(of numbers: [Int32] = [SIGINT, SIGTERM]) -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    listeners.withLock { $0.append(Listener(numbers: numbers, continuation: continuation)) }
    guard writeEnd >= 0 else { return stream }
    for number in numbers {
      signal(number) { number in
        let kept = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Interrupts.writeEnd, &byte, 1)
        errno = kept
      }
    }
    return stream
  }

  /// Makes the pipe and the thread that reads it; both live as long as the process. -1 when there is none.
  private static func open() -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return -1 }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let readEnd = ends[0]
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = read(readEnd, &byte, 1)
        if count == 1 { tell(Int32(byte)) } else if count == 0 || errno != EINTR { return }
      }
    }
    return ends[1]
  }

  private static func tell(_ number: Int32) {
    for listener in listeners.withLock({ $0 }) where listener.numbers.contains(number) {
      listener.continuation.yield(number)
    }
  }
}
