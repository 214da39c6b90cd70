import Logging
import Messaging
import Synchronization
import Wire

/// Tells every gateway each second that this replica is there, and hears from them who else is.
///
/// When no gateway answers, nothing is handed on: the service goes on with the membership it last saw.
public final class Announcer: Sendable {
  /// The time between two announcements.
  public static let interval: Duration = .seconds(1)
  /// The time to the next try when no gateway answered.
  public static let retryInterval: Duration = .milliseconds(200)
  /// A gateway that takes longer does not count in this round, in milliseconds.
  public static let timeoutMilliseconds = 900

  private let callers: [Caller]
  private let replica: @Sendable () -> Replica
  private let members: @Sendable ([Replica]) -> Void
  private let logger: Logger
  private let ticks: AsyncStream<Void>
  private let tick: AsyncStream<Void>.Continuation
  private let running = Mutex<Task<Void, Never>?>(nil)

  /// Prepares to announce; `replica` is asked each time, `members` is told each time that a gateway answered.
  ///
  /// Throws when a URL cannot be dialled.
  public init(
    gateways: [String], name: String, logger: Logger, replica: @escaping @Sendable () -> Replica,
    members: @escaping @Sendable ([Replica]) -> Void
  ) throws(WireError) {
    var callers: [Caller] = []
    for url in gateways { callers.append(try Caller(url: url, name: name)) }
    self.callers = callers
    self.replica = replica
    self.members = members
    self.logger = logger
    (ticks, tick) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Begins, with the first announcement at once.
  public func start() {
    running.withLock { if $0 == nil { $0 = Task { await announce() } } }
  }

  /// Announces now rather than within a second: for a replica whose partitions have changed.
  public func nudge() { tick.yield() }

  /// Ends, and closes the connections.
  public func stop() async {
    let task = running.withLock { running in
      defer { running = nil }
      return running
    }
    task?.cancel()
    tick.finish()
    await task?.value
    for caller in callers { await caller.close() }
  }

  /// This announcer as a part of a service.
  public var part: Part { Part("announcer", start: { self.start() }, stop: { await self.stop() }) }

  private func announce() async {
    var roll = Roll()
    var answered: Bool?
    var iterator = ticks.makeAsyncIterator()
    while !Task.isCancelled {
      let answers = await round()
      if Task.isCancelled { return }
      if !answers.isEmpty { members(roll.take(answers, now: ServiceClock.machineMilliseconds())) }
      tell(answered, !answers.isEmpty)
      answered = !answers.isEmpty
      let timer = Task { [tick] in
        try await Task.sleep(for: answers.isEmpty ? Self.retryInterval : Self.interval)
        tick.yield()
      }
      _ = await iterator.next()
      timer.cancel()
    }
  }

  /// One line when the gateways go, one when they are back.
  private func tell(_ before: Bool?, _ now: Bool) {
    if before == false, now { logger.notice("a gateway answers") }
    if before != false, !now { logger.warning("no gateway answers; the membership last seen stays") }
  }

  /// The answers of all gateways that answered.
  private func round() async -> [[Replica]] {
    let payload: Frames
    do {
      payload = Frames([try Announcement.encode(replica())])
    } catch {
      logger.error("cannot announce: \(error)")
      return []
    }
    return await withTaskGroup(of: [Replica]?.self) { group in
      for caller in callers { group.addTask { await self.answer(of: caller, payload) } }
      var answers: [[Replica]] = []
      for await answer in group { if let answer { answers.append(answer) } }
      return answers
    }
  }

  private func answer(of caller: Caller, _ payload: Frames) async -> [Replica]? {
    do {
      let reply = try await caller.call(
        Announcement.method, payload, timeoutMilliseconds: Self.timeoutMilliseconds)
      return try Announcement.members(reply.first ?? [])
    } catch {
      logger.debug("no answer", metadata: ["gateway": "\(caller.url)", "error": "\(error)"])
      return nil
    }
  }
}
