import Contracts
import Storage
import Wire

/// Owns partitions of one store: takes what waits, steps in memory, commits, answers and rings.
///
/// One per session. On SQLite one transaction carries all ready partitions; on PostgreSQL each has its own.
actor Owner<F: Fold> {
  struct Owned {
    let epoch: Int64
    var progress: Progress
    var registers: F.Registers
    var definitions: F.Definitions
    let cache: RowCache<F.Row>
    var dueNext: Int64?
    var isHeld = false
  }

  struct Step {
    let partition: Int
    var batch: Batch<F>
    var replies: [(@Sendable (Result<Frames, WireError>) -> Void, Result<Frames, WireError>)] = []
    /// The earliest timer after this step, known once it is written.
    var dueNext: Int64?
  }

  private let executor: BlockingExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  nonisolated let fold: F
  nonisolated let inbox = Inbox()
  nonisolated let settlement: Settlement
  nonisolated let committed: Committed<F>
  let settings: OwnerSettings
  var owned: [Int: Owned] = [:]
  private var session: Session?
  private var isStopped = false

  init(fold: F, settlement: Settlement, committed: Committed<F>, settings: OwnerSettings) {
    self.fold = fold
    self.settlement = settlement
    self.committed = committed
    self.settings = settings
    executor = BlockingExecutor(label: "laurel.owner.\(fold.journal.rawValue)")
  }

  /// Wide rows are looked up at random: the owner's session gets most of the page cache.
  private static var options: SessionOptions {
    var options = SessionOptions()
    options.cacheKilobytes = 65_536
    options.copiesBeside = true
    return options
  }

  /// The session, opened again after a lost connection.
  func usableSession() throws -> Session {
    if let session, session.isUsable { return session }
    let opened = try Session.open(settings.database, Self.options)
    session = opened
    return opened
  }

  /// Takes a partition over under a lease's epoch: its state is folded up to the intake first.
  func open(_ partition: Int, epoch: Int64, fetch: @escaping PageSource) async throws {
    let session = try usableSession()
    try ProgressStore.create(session, partition)
    try await recover(partition, fetch: fetch)
    try load(partition, epoch: epoch)
  }

  private func recover(_ partition: Int, fetch: @escaping PageSource) async throws {
    let session = try usableSession()
    guard let progress = try ProgressStore.read(session, partition) else { return }
    let store = StateStore(session: session, partition: partition)
    let folded = try store.folded()
    let mark = progress.mark(fold)
    if (folded == nil && mark == 0) || folded?.version == fold.version && folded?.mark == mark { return }
    let snapshots = SnapshotStore(session: session, partition: partition, version: fold.version)
    try requireReach(snapshots, mark: mark, session)
    try session.transaction { _ in try store.clear() }
    let restored = try snapshots.restore(upTo: mark, into: session)
    if restored == nil, try ErasureBase.read(session, partition) != nil { throw ErasureBase.lost(partition) }
    let start = restored ?? Progress()
    var refold = Refold(
      fold: fold, partition: partition, live: session, scratch: session, from: start, fetch: fetch)
    try await refold.run(until: progress)
    if let first = refold.differences.first {
      throw WireError.dataLoss("partition \(partition) cannot be folded again: \(first)")
    }
  }

  /// Reads what is committed and opens the inbox after it.
  private func load(_ partition: Int, epoch: Int64) throws {
    let session = try usableSession()
    let store = StateStore(session: session, partition: partition)
    guard let progress = try ProgressStore.read(session, partition) else { return }
    let registers = try store.row(StateStore.registers).map(F.Registers.unpack)
    let definitions = try store.row(StateStore.definitions).map(F.Definitions.unpack)
    owned[partition] = Owned(
      epoch: epoch, progress: progress,
      registers: registers ?? fold.initialRegisters(partition: partition),
      definitions: definitions ?? fold.initialDefinitions(), cache: RowCache(limit: StepLimits.cachedRowsMax),
      dueNext: try store.earliestTimer())
    publish(partition)
    let dropped = try RetentionStore.read(session, partition, fold.journal.rawValue)
    settlement.dropped(partition, through: dropped.number)
    inbox.open(partition, taken: progress.cursors.map { $0.number })
  }

  /// Lets a partition go; what waits is answered with the error.
  func close(_ partition: Int, _ error: WireError) {
    owned[partition] = nil
    inbox.close(partition, error)
    settlement.drop(partition)
    committed.drop(partition)
  }

  /// Stops for good after the step in hand, or gives back the thread of a stopped loop.
  func stop() {
    isStopped = true
    for partition in owned.keys { close(partition, .unavailable("the service is stopping")) }
    inbox.bell.ring()
    session?.close()
    session = nil
  }

  /// Keeps a partition still while a rebuild compares it.
  func hold(_ partition: Int, _ isHeld: Bool) -> Progress? {
    owned[partition]?.isHeld = isHeld
    if !isHeld { inbox.bell.ring() }
    return owned[partition]?.progress
  }

  func progress(of partition: Int) -> Progress? { owned[partition]?.progress }

  /// The loop: waits for the bell, and works until nothing more is ready.
  func run() async {
    while !isStopped {
      await inbox.bell.wait()
      while !isStopped, round() { await Task.yield() }
    }
  }

  /// One round over the ready partitions; false when there was nothing to do.
  private func round() -> Bool {
    let now = settings.clock.now()
    let due = owned.filter { $0.value.dueNext.map { $0 <= now } ?? false }.map { $0.key }
    let ready = Set(inbox.ready() + due).sorted().filter { owned[$0]?.isHeld == false }
    let steps = steps(ready, now: now)
    guard !steps.isEmpty else { return false }
    do { try settings.cut(.stepped) } catch {
      die(steps)
      return false
    }
    commit(steps)
    return !isStopped
  }

  /// Steps of several partitions. On SQLite they read in one transaction: to begin one for each look-up costs
  /// as much as the look-up itself.
  private func steps(_ ready: [Int], now: Int64) -> [Step] {
    var steps: [Step] = []
    func stepAll() {
      for partition in ready {
        do {
          if let step = try step(partition, now: now) { steps.append(step) }
        } catch {
          fail(partition, error, [])
        }
      }
    }
    guard ready.count > 1, let session = try? usableSession(), session.engine == .sqlite else {
      stepAll()
      return steps
    }
    // An error of one of them has been told to its partition.
    try? session.transaction(.snapshot) { _ in stepAll() }
    return steps
  }

  func commit(_ waiting: [Step]) {
    var steps = waiting
    do {
      let session = try usableSession()
      if session.engine == .sqlite, steps.count > 1 {
        try session.transaction { session in
          for index in steps.indices { try write(&steps[index], session) }
        }
        for step in steps { finish(step) }
        return
      }
    } catch is CutError {
      return die(steps)
    } catch {
      // Written together they failed: each is tried alone, so that one cannot stop the others.
    }
    for index in steps.indices {
      do {
        if isStopped { throw CutError() }
        try usableSession().transaction { session in try write(&steps[index], session) }
        finish(steps[index])
      } catch is CutError {
        die([steps[index]])
      } catch {
        fail(steps[index].partition, error, steps[index].replies.map { $0.0 })
      }
    }
  }

  private func write(_ step: inout Step, _ session: Session) throws {
    try step.batch.write(session)
    guard let epoch = owned[step.partition]?.epoch else { throw Fenced(partition: step.partition) }
    try LeaseStore.check(session, step.partition, holder: settings.holder, epoch: epoch)
    if !step.batch.work.timers.isEmpty {
      step.dueNext = try StateStore(session: session, partition: step.partition).earliestTimer()
    }
    do { try settings.cut(.written) } catch { throw CutError() }
  }

  /// After a commit: the state becomes the partition's, callers are answered, the bell is rung.
  private func finish(_ step: Step) {
    guard !isStopped, var partition = owned[step.partition] else { return leave([step]) }
    let work = step.batch.work
    partition.progress = step.batch.progress
    partition.registers = work.registers
    partition.definitions = work.definitions
    fold.keepAll(work)
    if !work.timers.isEmpty { partition.dueNext = step.dueNext }
    owned[step.partition] = partition
    do { try settings.cut(.committed) } catch { return die([step]) }
    committed.put(
      step.partition, registers: work.registersChanged ? work.registers : nil,
      definitions: work.definitionsChanged ? work.definitions : nil)
    publish(step.partition, stateToo: false)
    for (reply, result) in step.replies { reply(result) }
    do { try settings.cut(.replied) } catch { return die([]) }
  }

  private func publish(_ number: Int, stateToo: Bool = true) {
    guard let partition = owned[number] else { return }
    if stateToo {
      committed.put(number, registers: partition.registers, definitions: partition.definitions)
    }
    let unanswered = fold.unanswered(partition.registers)
    let pending = [partition.dueNext, unanswered].compactMap { $0 }.min()
    settlement.committed(number, partition.progress, pending: pending)
  }

  /// Nothing of a step was kept: the partition is read again, or given up when that would not help.
  private func fail(
    _ partition: Int, _ error: any Error, _ replies: [@Sendable (Result<Frames, WireError>) -> Void]
  ) {
    let refusal = Self.refusal(error, partition)
    for reply in replies { reply(.failure(refusal)) }
    let epoch = owned[partition]?.epoch
    let isTransient = (error as? StorageError)?.isTransient ?? false
    if !isTransient { settings.fault(partition, refusal) }
    close(partition, refusal)
    if isTransient, let epoch { try? load(partition, epoch: epoch) }
  }

  static func refusal(_ error: any Error, _ partition: Int) -> WireError {
    switch error {
    case let error as WireError: error
    case is Fenced: .failedPrecondition("partition \(partition) has another owner now")
    case let error as StorageError: .unavailable("the store refused a commit: \(error)", cause: error)
    default: .internal("partition \(partition) stopped: \(error)", cause: error)
    }
  }

  /// As a crash: what is in memory is gone, and callers know only that nobody answered.
  private func die(_ steps: [Step]) {
    isStopped = true
    leave(steps)
    for partition in owned.keys { inbox.close(partition, Self.gone) }
    owned = [:]
    session?.close()
    session = nil
  }

  private static var gone: WireError { .unavailable("the connection was lost") }

  /// Answers the callers of steps of which this owner does not know any more what became of them.
  private func leave(_ steps: [Step]) {
    for (reply, _) in steps.flatMap(\.replies) { reply(.failure(Self.gone)) }
  }
}
