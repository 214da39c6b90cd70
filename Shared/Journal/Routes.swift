import Contracts
import Messaging
import Wire

extension Node {
  /// The methods that every service with journals answers (wire.md).
  public var routes: [Route] {
    [
      Route("health/check", idempotent: true) { [self] _ in health() },
      Route("journal/heads", idempotent: true) { [self] in try heads($0) },
      Route("journal/read", idempotent: true) { [self] in try await pages($0) },
      Route("journal/sum", idempotent: true) { [self] in try await sums($0) },
      Route("settled/wait", idempotent: true) { [self] in try await wait($0) },
      Route("clock/read", idempotent: true) { [self] _ in clock() },
      Route("clock/advance", idempotent: true) { [self] in try advance($0) },
      Route("status/read", idempotent: true) { [self] _ in await status() },
      Route("rebuild/run", idempotent: true) { [self] in try await rebuild($0) },
      Route("audit/run", idempotent: true) { [self] in try await audit($0) },
      Route("retention/read", idempotent: true) { [self] _ in try await needs() },
      Route("retention/drop", idempotent: true) { [self] in try await drop($0) },
      Route("parked/unpark") { [self] in try await unpark($0) },
      Route(Method.secure, idempotent: true) { [self] in try await secure($0) },
      Route(Method.erase, idempotent: true) { [self] in try await erase($0) },
      Route(Method.adjust, idempotent: true) { [self] in try await adjust($0) },
    ]
  }

  /// Ready when no partition stopped and every partition that should be here is open.
  public func health() -> Frames {
    let stopped = main.stopped.merging(definitions.stopped) { first, _ in first }
    let payload = JSONWriter.object { writer in
      writer.member("service", settings.service.rawValue)
      writer.member("instance", settings.instance)
      writer.member("status", stopped.isEmpty ? (main.open.isEmpty ? "starting" : "ok") : "failing")
      writer.member("partitions", main.open.count)
      writer.key("stopped")
      writer.object { writer in
        for (partition, error) in stopped.sorted(by: { $0.key < $1.key }) {
          writer.key(text: String(partition))
          writer.string("\(error.status.rawValue): \(error.message)")
        }
      }
    }
    return Frames([payload])
  }

  private func heads(_ request: Request) throws -> Frames {
    let journal = try JournalRequest(request).journal
    return Frames([
      HeadsMessage(
        journal: journal, incarnation: installation.incarnation,
        heads: keeper.tenure.isCurrent ? try reports(journal) : []
      ).encoded()
    ])
  }

  private func reports(_ journal: JournalName) throws -> [HeadReport] {
    if journal == main.fold.journal { return main.settlement.reports() }
    if journal == definitions.fold.journal { return definitions.settlement.reports() }
    throw WireError.notFound(
      "this service keeps the journals \(main.fold.journal.rawValue) and \(definitions.fold.journal.rawValue)"
    )
  }

  private func mayGive(_ journal: JournalName) throws {
    _ = try reports(journal)
    guard keeper.tenure.isCurrent else {
      throw WireError.unavailable("the leases of \(settings.instance) have run out")
    }
  }

  private func pages(_ request: Request) async throws -> Frames {
    guard let payload = request.payloads.first else { throw WireError.invalid("the payload is missing") }
    let asked = try readable { try PagesRequest(payload) }
    try mayGive(asked.journal)
    var reply = PagesReply(incarnation: installation.incarnation)
    for (partition, after) in asked.after.sorted(by: { $0.key < $1.key }) {
      if asked.journal == main.fold.journal {
        try await reply.add(main, partition, after, bytes: asked.share)
      } else {
        try await reply.add(definitions, partition, after, bytes: asked.share)
      }
    }
    try reply.requireSome(of: asked)
    if reply.parts.isEmpty, let partition = asked.after.keys.first {
      throw asked.journal == main.fold.journal ? main.refusal(partition) : definitions.refusal(partition)
    }
    return reply.encoded()
  }

  private func wait(_ request: Request) async throws -> Frames {
    let asked = try WaitRequest(request)
    defer { waiting.subtract(1, ordering: .relaxed) }
    guard waiting.add(1, ordering: .relaxed).newValue <= Self.waitingMax else {
      throw WireError.exhausted("\(Self.waitingMax) requests wait already", retryAfterMilliseconds: 50)
    }
    let left = request.head.deadline - settings.clock.machine()
    let goal = Settlement.Goal(positions: asked.positions, time: asked.time)
    let milliseconds = Int(max(1, min(left - 20, Int64(WaitRequest.millisecondsMax))))
    guard await main.settlement.wait(goal, milliseconds: milliseconds) else {
      throw WireError.deadlineExceeded(
        "\(settings.service.rawValue) has not settled up to what was asked for")
    }
    return Frames([JSONWriter.object { $0.member("settled", true) }])
  }

  /// Waits until the main fold has settled up to positions; false when so many milliseconds were not enough.
  public func settled(_ positions: [Position], milliseconds: Int) async -> Bool {
    await main.settlement.wait(Settlement.Goal(positions: positions), milliseconds: milliseconds)
  }

  private func clock() -> Frames {
    Frames([
      JSONWriter.object { writer in
        writer.member("now", settings.clock.now())
        writer.member("stepped", settings.clock.isStepped)
      }
    ])
  }

  private func advance(_ request: Request) throws -> Frames {
    guard let to = try WaitRequest(request).time else {
      throw WireError.invalid("'to' is missing (unix microseconds)")
    }
    try settings.advance(to)
    timePassed()
    return clock()
  }
}

extension PagesReply {
  /// Adds what a group has of a partition, when it is open here.
  ///
  /// Nothing behind the head that is told: the store may have more for a moment, and who took that would
  /// hear of a smaller head next, as of a journal that was cut.
  mutating func add<F: Fold>(_ group: Group<F>, _ partition: Int, _ after: Int64, bytes: Int) async throws {
    guard let report = group.settlement.report(partition) else { return }
    let page =
      report.head > after && report.oldest <= after + 1
      ? try await group.page(
        partition, group.fold.journal.rawValue, after: after, to: report.head, bytesMax: bytes) : nil
    parts.append(
      Part(
        partition: partition, page: page ?? Page(first: after + 1, entries: Frames()), head: report.head,
        oldest: report.oldest, settled: report.settled))
  }

  /// Refuses when all that was asked for is gone; a part that is gone among others says so by `oldest`.
  func requireSome(of asked: PagesRequest) throws {
    let gone = parts.filter(\.isGone)
    guard let first = gone.first, gone.count == parts.count else { return }
    throw DroppedPart(number: first.oldest - 1).refusal(first.partition, asked.journal.rawValue)
  }
}

/// `{"journal"}`.
struct JournalRequest {
  let journal: JournalName

  init(_ request: Request) throws {
    var name: String?
    try readable {
      guard let payload = request.payloads.first else { return }
      var scanner = JSONScanner(payload)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if case "journal" = key { name = try scanner.string() } else { try scanner.skip() }
      }
    }
    guard let journal = JournalName(rawValue: name ?? "") else {
      throw WireError.invalid("'journal' must be one of \(JournalName.allCases.map(\.rawValue))")
    }
    self.journal = journal
  }
}

/// Runs a reader of peers' text; what it cannot read is `invalid_argument`.
func readable<T>(_ body: () throws -> T) throws -> T {
  do { return try body() } catch let error as JSONError { throw WireError.invalid("the payload: \(error)") }
}

/// `settled/wait {"positions": [...], "time"}` and `clock/advance {"to"}`.
struct WaitRequest {
  /// The longest wait, milliseconds.
  static let millisecondsMax = 60_000
  var positions: [Position] = []
  var time: Int64?

  init(_ request: Request) throws {
    guard let payload = request.payloads.first else { return }
    var positions: [Position] = []
    var time: Int64?
    try readable {
      var scanner = JSONScanner(payload)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "time", "to": time = try scanner.integer()
        case "positions":
          try scanner.beginArray()
          while try scanner.nextElement() { positions.append(try Position(&scanner)) }
        default: try scanner.skip()
        }
      }
    }
    self.positions = positions
    self.time = time
  }
}
