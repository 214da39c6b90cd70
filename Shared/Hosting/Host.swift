import Glibc
import Logging
import Synchronization
import UnixSignals

/// Runs the parts of a service: starts them in order, waits for a signal, stops them in reverse.
public final class Host: Sendable {
  /// Why it stops, and the exit code that says so.
  private struct Reason: Sendable {
    let text: String
    let code: Int32
  }

  /// The exit code after a signal that came while stopping: 128 and the number of SIGINT.
  public static let impatientCode: Int32 = 130

  private let logger: Logger
  private let reason = Mutex<Reason?>(nil)
  private let stopping: AsyncStream<Void>
  private let stopped: AsyncStream<Void>.Continuation

  /// A host that has not begun.
  public init(logger: Logger) {
    self.logger = logger
    (stopping, stopped) = AsyncStream.makeStream()
  }

  /// Asks for the end: `run` stops all parts and returns this code; the first reason counts.
  ///
  /// For a part that cannot go on, such as a follower that lost data. Code 0 is an ordinary stop.
  public func stop(_ text: String, code: Int32 = 1) {
    reason.withLock { if $0 == nil { $0 = Reason(text: text, code: code) } }
    stopped.finish()
  }

  /// Runs the parts until SIGTERM, SIGINT or `stop`, and gives the exit code; called once.
  ///
  /// 0 after a signal, also one that came while starting; 1 when a part did not start: those before it are
  /// stopped, and one log line says why. A second signal ends the process at once, with `impatientCode`.
  public func run(_ parts: [Part]) async -> Int32 {
    // A peer that went away is an error of that write, never the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let watching = Task { await watch(signals) }
    defer { watching.cancel() }
    let starting = Task { await start(parts) }
    let waiting = Task {
      for await _ in stopping {}
      starting.cancel()
    }
    let started = await starting.value
    await waiting.value
    await stop(started)
    let code = reason.withLock(\.self)?.code ?? 0
    logger.notice("stopped", metadata: ["code": "\(code)"])
    return code
  }

  private func watch(_ signals: UnixSignalsSequence) async {
    var count = 0
    for await signal in signals {
      count += 1
      if count > 1 { _exit(Self.impatientCode) }
      stop("\(signal)", code: 0)
    }
  }

  /// The parts that are up, in order.
  private func start(_ parts: [Part]) async -> [Part] {
    var started: [Part] = []
    for part in parts {
      if Task.isCancelled { return started }
      do {
        try await limited(part.startLimit, part.start)
        started.append(part)
        logger.debug("started", metadata: ["part": "\(part.name)"])
      } catch {
        if !Task.isCancelled { refuse(part, error) }
        return started
      }
    }
    if !Task.isCancelled { logger.notice("ready") }
    return started
  }

  private func refuse(_ part: Part, _ error: any Error) {
    let text = "\(part.name) did not start: \(error)"
    logger.critical("\(text.split(whereSeparator: \.isNewline).joined(separator: "; "))")
    stop(text, code: 1)
  }

  private func stop(_ started: [Part]) async {
    if let reason = reason.withLock(\.self) {
      logger.notice("stopping", metadata: ["reason": "\(reason.text)"])
    }
    for part in started.reversed() {
      do {
        try await limited(part.stopLimit) { await part.stop() }
        logger.debug("stopped", metadata: ["part": "\(part.name)"])
      } catch {
        logger.warning("\(part.name) did not stop: \(error)")
      }
    }
  }
}
