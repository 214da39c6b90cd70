import Contracts
import Synchronization
import Wire

/// What waits for an owner: pages of upstream journals and commands, by partition.
final class Inbox: Sendable {
  /// Bytes of pages of one journal that may wait in a partition; more are not fetched.
  static let waitingBytesMax = 512 * 1024
  /// Commands that may wait in a partition; more are answered `resource_exhausted`.
  static let commandsMax = 1_024

  struct WaitingPage: Sendable {
    var journal: JournalName
    var incarnation: String
    var page: Page
  }

  struct WaitingCommand: Sendable {
    let command: Command
    let reply: @Sendable (Result<Frames, WireError>) -> Void
  }

  private struct Slot {
    /// The last number that waits or was taken, by journal.
    var fetched: [Int64]
    var pages: [[WaitingPage]]
    var bytes: [Int]
    var commands: [WaitingCommand] = []
  }

  private let slots = Mutex<[Int: Slot]>([:])
  /// Wakes the owner.
  let bell = Bell()
  private let listeners = Mutex<[Bell]>([])

  /// Rings a bell whenever room was made.
  func onTake(_ bell: Bell) { listeners.withLock { $0.append(bell) } }

  func open(_ partition: Int, taken: [Int64]) {
    let count = JournalName.allCases.count
    slots.withLock {
      $0[partition] = Slot(
        fetched: taken, pages: .init(repeating: [], count: count), bytes: .init(repeating: 0, count: count))
    }
    bell.ring()
  }

  /// Lets go of a partition; its waiting commands are answered.
  func close(_ partition: Int, _ error: WireError) {
    let slot = slots.withLock { $0.removeValue(forKey: partition) }
    for command in slot?.commands ?? [] { command.reply(.failure(error)) }
  }

  /// For each partition that has room: the number after which entries of a journal are wanted.
  func wanted(_ journal: JournalName) -> [Int: Int64] {
    slots.withLock { slots in
      slots.compactMapValues {
        $0.bytes[journal.index] < Self.waitingBytesMax ? $0.fetched[journal.index] : nil
      }
    }
  }

  /// Puts in a page; what is already there or taken is cut off, a page after a gap is ignored.
  func deliver(_ partition: Int, _ page: WaitingPage) {
    let journal = page.journal.index
    let taken = slots.withLock { slots -> Bool in
      guard var slot = slots[partition], let rest = page.page.after(slot.fetched[journal]),
        rest.first == slot.fetched[journal] + 1
      else { return false }
      slot.fetched[journal] = rest.next - 1
      slot.bytes[journal] += rest.entries.bytes.count
      slot.pages[journal].append(
        WaitingPage(journal: page.journal, incarnation: page.incarnation, page: rest))
      slots[partition] = slot
      return true
    }
    if taken { bell.ring() }
  }

  func submit(_ partition: Int, _ command: WaitingCommand) -> WireError? {
    let refusal = slots.withLock { slots -> WireError? in
      guard let count = slots[partition]?.commands.count else {
        return .failedPrecondition("partition \(partition) is not owned here")
      }
      guard count < Self.commandsMax else {
        return .exhausted("\(count) commands wait in partition \(partition)", retryAfterMilliseconds: 200)
      }
      slots[partition]?.commands.append(command)
      return nil
    }
    if refusal == nil { bell.ring() }
    return refusal
  }

  /// Takes everything that waits in a partition.
  func take(_ partition: Int) -> (pages: [[WaitingPage]], commands: [WaitingCommand]) {
    defer { for bell in listeners.withLock({ $0 }) { bell.ring() } }
    return slots.withLock { slots in
      guard var slot = slots[partition] else { return ([], []) }
      let waiting = (slot.pages, slot.commands)
      slot.pages = .init(repeating: [], count: slot.pages.count)
      slot.bytes = .init(repeating: 0, count: slot.bytes.count)
      slot.commands = []
      slots[partition] = slot
      return waiting
    }
  }

  /// Puts back what could not be taken yet, before what came since.
  func putBack(_ partition: Int, _ pages: [WaitingPage], _ commands: [WaitingCommand]) {
    let isOpen = slots.withLock { slots in
      guard var slot = slots[partition] else { return false }
      slot.commands = commands + slot.commands
      for page in pages.reversed() {
        slot.pages[page.journal.index].insert(page, at: 0)
        slot.bytes[page.journal.index] += page.page.entries.bytes.count
      }
      slots[partition] = slot
      return true
    }
    if isOpen { return }
    for command in commands { command.reply(.failure(.unavailable("partition \(partition) was let go"))) }
  }

  /// Partitions in which something waits.
  func ready() -> [Int] {
    slots.withLock { slots in
      slots.filter { !$0.value.commands.isEmpty || $0.value.pages.contains { !$0.isEmpty } }.map(\.key)
    }
  }

  func isOpen(_ partition: Int) -> Bool { slots.withLock { $0[partition] != nil } }

  var partitions: [Int] { slots.withLock { $0.keys.sorted() } }
}

/// Wakes one waiting task; rung before the wait, the wait returns at once.
final class Bell: Sendable {
  private struct State {
    var rung = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func ring() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      let waiter = state.waiter
      state.waiter = nil
      state.rung = waiter == nil
      return waiter
    }
    waiter?.resume()
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let rung = state.withLock { state in
        if state.rung {
          state.rung = false
          return true
        }
        state.waiter = continuation
        return false
      }
      if rung { continuation.resume() }
    }
  }
}
