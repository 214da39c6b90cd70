import Foundation
import Glibc
import Synchronization

/// What is shown while something goes on: a line that is written over, on a terminal only.
///
/// It goes to standard error, so that standard output holds results alone.
final class Terminal: Sendable {
  /// The shortest time between two lines that are written over, in milliseconds.
  private static let pauseMilliseconds: Int64 = 100

  private struct State {
    var open = false
    var last: Int64 = 0
  }

  let isTerminal: Bool
  private let state = Mutex(State())

  init() { isTerminal = isatty(STDERR_FILENO) == 1 }

  /// Writes over the line; too soon after the last one it is left out.
  func progress(_ text: @autoclosure () -> String) {
    guard isTerminal else { return }
    let now = Monotonic.milliseconds()
    let due = state.withLock { state in
      guard now - state.last >= Self.pauseMilliseconds else { return false }
      state.last = now
      state.open = true
      return true
    }
    if due { Self.write("\r\u{1B}[K\(text())") }
  }

  /// A whole line that stays.
  func say(_ text: String) {
    clear()
    Self.write(text + "\n")
  }

  /// Takes the line away that is written over.
  func clear() {
    let open = state.withLock { state in
      defer { state = State() }
      return state.open
    }
    if open { Self.write("\r\u{1B}[K") }
  }

  private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Results, to standard output.
  static func result(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  /// `[#####.....]` of a part between 0 and 1.
  static func bar(_ part: Double, width: Int = 24) -> String {
    let filled = Int((min(max(part, 0), 1) * Double(width)).rounded())
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
  }
}

/// The machine's clock for durations and deadlines.
enum Monotonic {
  static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
