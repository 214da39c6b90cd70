import Contracts
import Synchronization
import Wire

/// What is committed and settled in each owned partition, and who waits for it.
///
/// For each upstream it takes the last (head, settled) pair whose head has been reached (house.md 1).
final class Settlement: Sendable {
  /// What a caller may wait for.
  struct Goal: Sendable {
    var positions: [Position] = []
    /// All owned partitions' timers have had their effects up to this instant, unix microseconds.
    var time: Int64?
  }

  private struct Pair {
    var reached: HeadReport?
    var next: HeadReport?
    var latest: HeadReport?

    mutating func hear(_ report: HeadReport, taken: Int64) {
      if report.head <= taken {
        if report.head >= reached?.head ?? 0 { reached = report }
      } else if next == nil {
        next = report
      } else {
        latest = report
      }
    }

    mutating func move(_ taken: Int64) {
      while let waiting = next, waiting.head <= taken {
        reached = waiting
        next = latest
        latest = nil
      }
    }
  }

  private struct Slot {
    var head: Int64
    /// The number of the oldest entry that is kept.
    var oldest: Int64 = 1
    var taken: [Int64]
    var incarnations: [String]
    var pairs = [Pair](repeating: Pair(), count: JournalName.allCases.count)
    /// The earliest instant whose effects are not all in the journal.
    var pending: Int64?
  }

  private struct Waiter {
    let goal: Goal
    let resume: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var slots: [Int: Slot] = [:]
    var waiters: [UInt64: Waiter] = [:]
    var waiterNext: UInt64 = 0
    var moved: Set<Int> = []
  }

  private let state = Mutex(State())
  private let journal: JournalName
  private let upstreams: [JournalName]
  private let now: @Sendable () -> Int64
  private let ring: @Sendable () -> Void

  /// `ring` is called, outside of any lock, when a head or a settled number moved.
  init(
    journal: JournalName, upstreams: [JournalName], now: @escaping @Sendable () -> Int64,
    ring: @escaping @Sendable () -> Void
  ) {
    self.journal = journal
    self.upstreams = upstreams
    self.now = now
    self.ring = ring
  }

  /// A commit, or a partition newly owned.
  func committed(_ partition: Int, _ progress: Progress, pending: Int64?) {
    let taken = progress.cursors.map(\.number)
    let incarnations = progress.cursors.map(\.incarnation)
    change { state in
      var slot = state.slots[partition] ?? Slot(head: 0, taken: taken, incarnations: incarnations)
      slot.incarnations = incarnations
      slot.head = progress.head
      slot.taken = taken
      slot.pending = pending
      for upstream in upstreams { slot.pairs[upstream.index].move(taken[upstream.index]) }
      state.slots[partition] = slot
      state.moved.insert(partition)
    }
  }

  /// Heads that an upstream told; gives the partitions whose upstream is not the one that they followed.
  ///
  /// `floor` is what had been taken when the heads were asked for: a head below it was cut. A bell has none,
  /// since it may be overtaken by a page.
  func heard(_ message: HeadsMessage, floor: [Int: Int64] = [:]) -> [Int] {
    let index = message.journal.index
    var replaced: [Int] = []
    change { state in
      for report in message.heads {
        // A definitions journal has one partition, which every customer partition follows.
        for partition in message.journal.isDefinitions ? Array(state.slots.keys) : [report.partition] {
          guard var slot = state.slots[partition] else { continue }
          let known = slot.incarnations[index]
          if report.head < floor[partition] ?? 0 || !known.isEmpty && known != message.incarnation {
            replaced.append(partition)
            continue
          }
          let before = slot.pairs[index].reached
          slot.pairs[index].hear(report, taken: slot.taken[index])
          if slot.pairs[index].reached != before { state.moved.insert(partition) }
          state.slots[partition] = slot
        }
      }
    }
    return replaced
  }

  /// How far each owned partition has taken an upstream.
  func taken(_ journal: JournalName) -> [Int: Int64] {
    state.withLock { $0.slots.mapValues { $0.taken[journal.index] } }
  }

  /// The greatest head of an upstream that a partition has heard of.
  func knownHead(of journal: JournalName, _ partition: Int) -> Int64? {
    state.withLock { state in
      guard let pair = state.slots[partition]?.pairs[journal.index] else { return nil }
      return [pair.reached, pair.next, pair.latest].compactMap { $0?.head }.max()
    }
  }

  /// The own journal's entries up to a number are gone.
  func dropped(_ partition: Int, through number: Int64) {
    state.withLock { state in state.slots[partition]?.oldest = number + 1 }
  }

  /// The clock moved: settled times may have.
  func timePassed() {
    change { state in state.moved.formUnion(state.slots.keys) }
  }

  func drop(_ partition: Int) {
    state.withLock { _ = $0.slots.removeValue(forKey: partition) }
  }

  /// Heads and settled vectors of all owned partitions.
  func reports() -> [HeadReport] {
    state.withLock { state in state.slots.keys.sorted().compactMap { report($0, state) } }
  }

  func report(_ partition: Int) -> HeadReport? { state.withLock { report(partition, $0) } }

  /// Heads and settled vectors of the partitions that moved since the last call.
  func takeMoved() -> [HeadReport] {
    state.withLock { state in
      defer { state.moved.removeAll(keepingCapacity: true) }
      return state.moved.sorted().compactMap { report($0, state) }
    }
  }

  private func report(_ partition: Int, _ state: State) -> HeadReport? {
    guard let slot = state.slots[partition] else { return nil }
    return HeadReport(
      partition: partition, head: slot.head, oldest: slot.oldest, settled: settled(slot))
  }

  private func settled(_ slot: Slot) -> Settled {
    let now = now()
    var settled = Settled(time: min(now, slot.pending.map { $0 - 1 } ?? now))
    for upstream in upstreams {
      settled.meet(upstream, slot.taken[upstream.index])
      guard !upstream.isDefinitions else { continue }
      let pair = slot.pairs[upstream.index].reached
      settled.time = min(settled.time, pair?.settled.time ?? 0)
      for indirect in JournalName.allCases where !indirect.isDefinitions {
        if let number = pair?.settled[indirect] {
          settled.meet(indirect, number)
        } else if indirect.isAbove(upstream) {
          settled.meet(indirect, 0)
        }
      }
    }
    settled[journal] = slot.head
    return settled
  }

  private func change(_ body: (inout State) -> Void) {
    let (resumed, rings) = state.withLock { state in
      body(&state)
      var resumed: [CheckedContinuation<Bool, Never>] = []
      for (id, waiter) in state.waiters where reached(waiter.goal, state) {
        state.waiters[id] = nil
        resumed.append(waiter.resume)
      }
      return (resumed, !state.moved.isEmpty)
    }
    for continuation in resumed { continuation.resume(returning: true) }
    if rings { ring() }
  }

  private func reached(_ goal: Goal, _ state: State) -> Bool {
    if let time = goal.time {
      for slot in state.slots.values where settled(slot).time < time { return false }
    }
    return goal.positions.allSatisfy { position in
      if position.journal.isDefinitions, position.journal != journal {
        return state.slots.values.allSatisfy { $0.taken[position.journal.index] >= position.number }
      }
      guard let slot = state.slots[position.partition] else { return true }
      return (settled(slot)[position.journal] ?? .max) >= position.number
    }
  }

  /// Waits until a goal is reached; false when the deadline (a machine duration) came first.
  func wait(_ goal: Goal, milliseconds: Int) async -> Bool {
    let id = state.withLock { state in
      state.waiterNext += 1
      return state.waiterNext
    }
    let timer = Task { [weak self] in
      try await Task.sleep(for: .milliseconds(milliseconds))
      self?.expire(id)
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      let done = state.withLock { state in
        if reached(goal, state) { return true }
        state.waiters[id] = Waiter(goal: goal, resume: continuation)
        return false
      }
      if done { continuation.resume(returning: true) }
    }
  }

  private func expire(_ id: UInt64) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.resume.resume(returning: false)
  }
}

extension JournalName {
  /// Whether a journal is reached through another: its effects arrive by that way.
  func isAbove(_ journal: JournalName) -> Bool {
    switch journal {
    case .crossings: self == .events
    case .outcomes: self == .events || self == .crossings
    case .awards: self == .events || self == .crossings || self == .outcomes
    default: false
    }
  }
}
