import Contracts
import Storage
import Wire

extension Owner {
  /// Takes what is ready in a partition, in the fixed order: due instants, commands, pages by upstream.
  ///
  /// Nil when nothing could be taken.
  func step(_ number: Int, now: Int64) throws -> Step? {
    guard let partition = owned[number] else { return nil }
    let session = try usableSession()
    let store = StateStore(session: session, partition: number)
    var batch = Batch(
      fold: fold, partition: number, progress: partition.progress, registers: partition.registers,
      definitions: partition.definitions, cache: partition.cache, store: store)
    try takeDue(&batch, partition, now: now)
    var step = Step(partition: number, batch: batch)
    let waiting = inbox.take(number)
    do {
      return try take(waiting, &step, session, now: now)
    } catch {
      for command in waiting.commands { command.reply(.failure(Self.refusal(error, number))) }
      throw error
    }
  }

  private func take(
    _ waiting: (pages: [[Inbox.WaitingPage]], commands: [Inbox.WaitingCommand]), _ step: inout Step,
    _ session: Session, now: Int64
  ) throws -> Step? {
    let number = step.partition
    try step.batch.passGates(settlement)
    let pages = try step.takeGates(waiting.pages, fold.gates, now: now)
    try step.batch.passGates(settlement)
    guard step.batch.progress.opened else {
      inbox.putBack(number, pages.flatMap { $0 }, waiting.commands)
      return step.batch.isEmpty ? nil : step.closed()
    }
    try take(waiting.commands, &step, session, now: now)
    let rest = try step.take(pages, fold.upstreams, now: now)
    inbox.putBack(number, rest.flatMap { $0 }, [])
    return step.batch.isEmpty && step.replies.isEmpty ? nil : step.closed()
  }

  private func takeDue(_ batch: inout Batch<F>, _ partition: Owned, now: Int64) throws {
    guard let next = partition.dueNext, next <= now else { return }
    let isStepped = settings.clock.isStepped
    for _ in 0..<StepLimits.dueEntriesMax {
      guard try batch.takeDue(upTo: now, now: { isStepped ? $0 : now }) != nil else { return }
    }
  }

  private func take(
    _ commands: [Inbox.WaitingCommand], _ step: inout Step, _ session: Session, now: Int64
  ) throws {
    let keys = commands.map { $0.command.key }.filter { !$0.isEmpty }
    let stored = try ReplyStore.read(session, step.partition, keys)
    for waiting in commands {
      let result =
        try stored[waiting.command.key]?.answer(to: waiting.command, asked: fold.asked(waiting.command))
        ?? step.batch.take(waiting.command, now: now)
      step.replies.append((waiting.reply, result))
    }
  }
}

extension Owner.Step {
  /// Takes the pages of the gate journals alone, until the gates have been passed once.
  mutating func takeGates(
    _ pages: [[Inbox.WaitingPage]], _ gates: [JournalName], now: Int64
  ) throws -> [[Inbox.WaitingPage]] {
    batch.progress.opened ? pages : try take(pages, gates, now: now)
  }

  /// Takes waiting pages of some journals, in their order; gives back what may not be taken yet.
  mutating func take(
    _ pages: [[Inbox.WaitingPage]], _ journals: [JournalName], now: Int64
  ) throws -> [[Inbox.WaitingPage]] {
    var rest = pages
    var entries = 0
    for journal in journals where !pages.isEmpty {
      while var waiting = rest[journal.index].first, entries < StepLimits.entriesMax {
        let known = batch.progress[journal].incarnation
        guard known.isEmpty || known == waiting.incarnation else { throw Self.replaced(journal) }
        let taken = try batch.take(waiting.page, of: journal, incarnation: waiting.incarnation, now: now)
        entries += taken
        rest[journal.index].removeFirst()
        if taken < waiting.page.entries.count {
          guard let left = waiting.page.after(waiting.page.first + Int64(taken) - 1) else { break }
          waiting.page = left
          rest[journal.index].insert(waiting, at: 0)
          break
        }
      }
    }
    return rest
  }

  static func replaced(_ journal: JournalName) -> WireError {
    .dataLoss(
      """
      the journal '\(journal.rawValue)' of \(journal.owner.rawValue) is not the one that was followed: \
      it was replaced or cut. Restore the database of \(journal.owner.rawValue), or begin this service \
      again with an empty database
      """)
  }

  func closed() -> Self {
    var step = self
    step.batch.close()
    return step
  }
}

extension Batch {
  /// Marks the partition open once every gate journal has been read to a head that is not empty.
  mutating func passGates(_ settlement: Settlement) throws {
    guard !progress.opened else { return }
    let partition = work.partition
    let passed = fold.gates.allSatisfy { gate in
      guard let head = settlement.knownHead(of: gate, partition) else { return false }
      return head > 0 && progress[gate].number >= head
    }
    if passed { progress.opened = true }
  }
}
