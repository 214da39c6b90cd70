import Glibc
import Synchronization

/// Writes whole lines to a file descriptor, and gives a line up rather than wait for a stuck reader.
final class LogOutput: Sendable {
  /// The longest wait for a reader, in milliseconds; after it, lines do not wait until one reads again.
  static let waitMilliseconds: Int32 = 50

  private struct State {
    var stuck = false
    var dropped = 0
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  /// Standard error.
  static let standardError = LogOutput(descriptor: STDERR_FILENO)

  /// The descriptor stays the caller's.
  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Lines that no reader took.
  var dropped: Int { state.withLock(\.dropped) }

  /// Writes one line of at most `LogLine.bytesMax` bytes, or counts it as dropped.
  func write(_ line: [UInt8]) {
    state.withLock { state in
      state.stuck = !isReady(milliseconds: state.stuck ? 0 : Self.waitMilliseconds)
      if state.stuck || !writeAll(line) { state.dropped += 1 }
    }
  }

  private func isReady(milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, milliseconds) == 1 && request.revents & Int16(POLLOUT) != 0
  }

  private func writeAll(_ line: [UInt8]) -> Bool {
    var rest = line[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        guard errno == EINTR else { return false }
      } else {
        rest = rest.dropFirst(written)
      }
    }
    return true
  }
}
