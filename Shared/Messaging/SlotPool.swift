/// Who has which slot, and who waits for one, as a value: free slots first, then new ones, then in turn.
struct SlotPool<Slot: Sendable>: Sendable {
  enum Turn: Sendable {
    case free(Slot)
    case new
    case wait(Waiter<Slot>)
    case full
  }

  private(set) var slots: [Slot] = []
  private var free: [Slot] = []
  private var waiters: [Waiter<Slot>] = []
  /// Those before it have been served; they leave when they are the half.
  private var served = 0
  private var made = 0
  private let slotsMax: Int
  private let waitersMax: Int

  init(slotsMax: Int, waitersMax: Int) {
    precondition(slotsMax > 0)
    self.slotsMax = slotsMax
    self.waitersMax = waitersMax
  }

  /// Slots in use and callers that wait.
  var outstanding: Int { made - free.count + waiters.count - served }

  /// What the next caller gets; after `new` it makes a slot and says so with `add`, or `abandon`.
  mutating func take() -> Turn {
    if let slot = free.popLast() { return .free(slot) }
    if made < slotsMax {
      made += 1
      return .new
    }
    if waiters.count - served >= waitersMax { return .full }
    let waiter = Waiter<Slot>()
    waiters.append(waiter)
    return .wait(waiter)
  }

  mutating func add(_ slot: Slot) { slots.append(slot) }
  mutating func abandon() { made -= 1 }

  /// Puts a slot back, or gives it to the first that still waits.
  mutating func release(_ slot: Slot) -> Waiter<Slot>? {
    guard served < waiters.count else {
      free.append(slot)
      return nil
    }
    served += 1
    let waiter = waiters[served - 1]
    if served * 2 > waiters.count {
      waiters.removeFirst(served)
      served = 0
    }
    return waiter
  }

  /// Everybody who waits, to be told that nothing will come.
  mutating func dismiss() -> [Waiter<Slot>] {
    defer {
      waiters = []
      served = 0
    }
    return Array(waiters[served...])
  }
}
