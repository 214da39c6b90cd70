import Contracts
import Storage
import Wire

/// Limits of one step.
public enum StepLimits {
  /// Timers that one due entry takes; the next slice is due at once.
  public static let timersMax = 1_000
  /// Due entries that one step takes before it commits.
  static let dueEntriesMax = 16
  /// Upstream entries that one step of a partition takes before it commits.
  static let entriesMax = 16_000
  /// Rows that a partition keeps in memory.
  static let cachedRowsMax = 20_000
  /// Parked entries of a partition; one more stops it.
  static let parkedMax = 1_000
  /// How long a reply is kept for its key, microseconds.
  static let replyMicros = 24 * Micros.hour
}

/// One step of one partition: entries taken in an order, what they changed, and the intake that says so.
///
/// The same code runs live, in recovery and in a rebuild.
struct Batch<F: Fold> {
  let fold: F
  var work: Work<F>
  /// The progress before this step.
  let before: Progress
  /// The progress with this step.
  var progress: Progress
  var intake = Frames()
  var replies: [String: StoredReply] = [:]
  private let store: StateStore

  init(
    fold: F, partition: Int, progress: Progress, registers: F.Registers, definitions: F.Definitions,
    cache: RowCache<F.Row>, store: StateStore
  ) {
    self.fold = fold
    self.store = store
    before = progress
    self.progress = progress
    work = Work(
      partition: partition, head: progress.head, taken: progress.cursors.map { $0.number },
      registers: registers, definitions: definitions, cache: cache, source: store)
  }

  /// Whether nothing was taken.
  var isEmpty: Bool { intake.isEmpty && work.outputs.isEmpty && progress == before }

  private mutating func record(_ entry: IntakeEntry) {
    guard fold.keepsIntake else { return }
    intake.append(entry.encoded())
    progress.intake += 1
  }

  private mutating func begin(_ now: Int64) -> Int64 {
    progress.now = max(progress.now, now)
    work.now = progress.now
    return progress.now
  }

  /// Takes entries of a page from its beginning, as many as are allowed now; gives their count.
  mutating func take(_ page: Page, of journal: JournalName, incarnation: String, now: Int64) throws -> Int {
    let now = begin(now)
    let read = try fold.readAll(
      page, of: journal, taken: work.taken, sum: progress[journal].sum,
      unreadableMax: StepLimits.parkedMax - progress.parked.count)
    guard !read.items.isEmpty else { return 0 }
    progress[journal].sum = read.sum
    progress.parked += read.unreadable.map { ParkedEntry(journal: journal, number: $0) }
    try fold.applyAll(read.items, from: page.first, of: journal, &work)
    if let failure = work.failure { throw failure }
    let last = page.first + Int64(read.items.count) - 1
    progress[journal].number = last
    progress[journal].incarnation = incarnation
    record(.range(journal: journal, from: page.first, to: last, parked: read.unreadable, now: now))
    return read.items.count
  }

  /// Does a command, or gives its refusal with nothing changed.
  mutating func take(_ command: Command, now: Int64) throws -> Result<Frames, WireError> {
    if let stored = replies[command.key] { return stored.answer(to: command, asked: fold.asked(command)) }
    let saved = self
    let now = begin(now)
    do {
      let head = work.nextNumber - 1
      var reply = try fold.command(command, &work)
      if let failure = work.failure { throw failure }
      let number = max(work.nextNumber - 1, head)
      reply = reply.positioned(Position(partition: work.partition, journal: fold.journal, number: number))
      record(.command(command, now: now))
      if !command.key.isEmpty {
        replies[command.key] = StoredReply(to: command, asked: fold.asked(command), reply: reply, at: now)
      }
      return .success(reply)
    } catch let error as WireError {
      self = saved
      return .failure(error)
    }
  }

  /// Takes the timers of the earliest instant up to `limit`; gives that instant, or nil if there is none.
  mutating func takeDue(upTo limit: Int64, now: (Int64) -> Int64) throws -> Int64? {
    let waiting = try timers(upTo: limit)
    guard let at = waiting.first?.at else { return nil }
    let now = begin(now(at))
    for due in waiting.prefix(StepLimits.timersMax) where due.at == at {
      work.cancel(due)
      fold.due(due, &work)
    }
    if let failure = work.failure { throw failure }
    record(.due(at: at, now: now))
    return at
  }

  /// Waiting timers, stored ones and those of this step, in their order.
  private func timers(upTo limit: Int64) throws -> [Due] {
    let cancelled = work.timers.count
    let stored = try store.timers(upTo: limit, limit: StepLimits.timersMax + cancelled)
    var waiting = Set(stored)
    for (due, isSet) in work.timers {
      if !isSet { waiting.remove(due) } else if due.at <= limit { waiting.insert(due) }
    }
    return waiting.sorted()
  }

  /// Folds a parked entry after all, at this place.
  mutating func unpark(_ journal: JournalName, _ number: Int64, _ entry: [UInt8], now: Int64) throws {
    let now = begin(now)
    if let item = try fold.decode(journal, number, entry[...]) { fold.apply(item, &work) }
    if let failure = work.failure { throw failure }
    progress.parked.removeAll { $0.journal == journal && $0.number == number }
    record(.unparked(journal: journal, number: number, entry: entry, now: now))
  }

  /// Closes the step: the head and the checksum of what it put out.
  mutating func close() {
    guard !work.outputs.isEmpty else { return }
    progress.head = before.head + Int64(work.outputs.count)
    for entry in work.outputs { progress.outputs.add(entry) }
  }

  /// Writes everything inside an open transaction; the head row moves first, the lease is checked last.
  func write(_ session: Session) throws {
    let partition = work.partition
    try ProgressStore.move(session, partition, from: before, to: progress)
    try PageStore.append(session, partition, fold.journal.rawValue, after: before.head, work.outputs)
    try PageStore.append(session, partition, PageStore.intake, after: before.intake, intake)
    try store.write(work, of: fold, mark: progress.mark(fold))
    for (key, reply) in replies { try ReplyStore.write(session, partition, key, reply) }
  }
}

extension Frames {
  /// The reply with its position as the last member of its first payload, which is an object.
  func positioned(_ position: Position) -> Frames {
    guard let first, let end = first.lastIndex(of: UInt8(ascii: "}")) else { return self }
    var writer = JSONWriter(continuing: Array(first[..<end]))
    writer.key("position")
    position.write(&writer)
    var result = Frames()
    result.append(writer.bytes + [UInt8(ascii: "}")])
    for payload in self.dropFirst() { result.append(payload) }
    return result
  }
}
