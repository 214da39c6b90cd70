import Foundation
import Glibc
import Synchronization

/// Another process of a benchmark; it prints what it did as lines of JSON, and ends with this process.
final class BenchChild: Sendable {
  /// How long one may take until it has printed what is waited for, milliseconds.
  static let patienceMilliseconds: Int64 = 600_000
  /// The pause between two looks, milliseconds.
  private static let lookMilliseconds = 2

  private let plan: ProcessPlan
  private let ending: Task<Ending, any Error>
  private let state: Shared

  private final class Shared: Sendable {
    let process = Mutex<pid_t?>(nil)
    let isOver = Atomic<Bool>(false)
  }

  /// Starts it; what it prints goes to a file of the folder that no other child writes.
  init(_ executable: String, _ arguments: [String], folder: String) {
    let name = UUID().uuidString
    let own = ServicePlans.ownExecutable
    let plan = ProcessPlan(
      name: executable, executable: own,
      arguments: ["hold", "--parent", String(getpid()), executable] + arguments,
      environment: ProcessInfo.processInfo.environment, log: "\(folder)/\(name).out")
    let state = Shared()
    self.plan = plan
    self.state = state
    ending = Task {
      try await withCheckedThrowingContinuation { continuation in
        // The kernel ends the child with the thread that started it, so this thread waits for it.
        Thread.detachNewThread { continuation.resume(with: Result { try Self.run(plan, state) }) }
      }
    }
  }

  private static func run(_ plan: ProcessPlan, _ state: Shared) throws -> Ending {
    defer { state.isOver.store(true, ordering: .sequentiallyConsistent) }
    let process = try state.process.withLock { mine in
      let process = try Spawn.start(plan)
      mine = process
      return process
    }
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    return state.process.withLock { mine in
      var status: Int32 = 0
      while waitpid(process, &status, 0) == -1, errno == EINTR {}
      mine = nil
      return Ending(status: status)
    }
  }

  /// Waits until something is so; a child that ends before, or takes too long, is a fault.
  func until(_ what: String, _ isSo: () -> Bool) async throws {
    let end = Monotonic.milliseconds() + Self.patienceMilliseconds
    while !isSo() {
      guard !state.isOver.load(ordering: .sequentiallyConsistent), Monotonic.milliseconds() < end else {
        if isSo() { return }
        throw Fault("\(plan.name): \(what) did not come", advice: "it said: \(said)")
      }
      try await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
    }
  }

  /// The line at a place, from 0, once it is there.
  func line(_ place: Int) async throws -> BenchRate {
    try await until("line \(place)") { lines.count > place }
    return try BenchRate(try JSONTree(Array(lines[place].utf8)[...]))
  }

  private var said: String {
    FileManager.default.contents(atPath: plan.log).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Whole lines that it has printed.
  private var lines: [Substring] {
    let text = said
    guard let end = text.lastIndex(of: "\n") else { return [] }
    return text[..<end].split(separator: "\n").filter { $0.hasPrefix("{") }
  }

  /// Asks it to end, and waits until it has.
  func stop() async throws {
    state.process.withLock { process in if let process { _ = kill(process, SIGTERM) } }
    try await ended()
  }

  /// Waits until it has ended by itself and well.
  func ended() async throws {
    let ending = try await ending.value
    guard ending == .exited(code: 0) else {
      throw Fault("\(plan.name) ended with \(ending)", advice: "it said: \(said)")
    }
  }

  /// Ends it at once, whatever it does.
  func kill() { state.process.withLock { process in if let process { _ = Glibc.kill(process, SIGKILL) } } }

  private func kill(_ process: pid_t, _ number: Int32) -> Int32 { Glibc.kill(process, number) }
}

/// A temporary folder of a benchmark with a short path, removed at its end.
final class BenchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "laurel-bench-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The loops in C, which stand beside this program.
  static func reference() throws -> String {
    let folder = URL(fileURLWithPath: ServicePlans.ownExecutable).deletingLastPathComponent().path
    let path = folder + "/laurel-reference"
    guard access(path, X_OK) == 0 else {
      throw Fault("\(path) is not there", advice: "build it with `swift build -c release`")
    }
    return path
  }
}
