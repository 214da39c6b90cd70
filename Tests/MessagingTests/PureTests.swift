import Testing
import Wire

@testable import Messaging

/// What decides, without any socket.
struct PureTests {
  private func standing(_ outstanding: Int, connected: Bool = true, ejected: Bool = false) -> Standing {
    Standing(connected: connected, ejected: ejected, outstanding: outstanding)
  }

  @Test func theBestReplica() {
    #expect(Standing.best([], turn: 0) == nil)
    #expect(Standing.best([standing(3), standing(1), standing(2)], turn: 0) == 1)
    #expect((0..<4).map { Standing.best([standing(1), standing(1)], turn: $0) } == [0, 1, 0, 1])
    #expect(Standing.best([standing(0, ejected: true), standing(9)], turn: 0) == 1)
    #expect(Standing.best([standing(0, connected: false), standing(9, ejected: true)], turn: 0) == 1)
    #expect(Standing.best([standing(5, ejected: true), standing(4, ejected: true)], turn: 0) == 1)
    #expect(Standing.best([standing(1), standing(1)], turn: -1) == 1)
    #expect(Standing.best([standing(1), standing(1)], turn: .min) == 0)
  }

  @Test func attemptsThatMayRepeat() {
    var attempts = Attempts(mayRepeat: true)
    let gone = WireError.unavailable("gone")
    let pauses = (0..<7).map { _ in attempts.after(gone, remainingMilliseconds: 10_000) }
    #expect(pauses == [10, 20, 40, 80, 160, 200, 200].map { .again($0) })
    #expect(attempts.after(gone, remainingMilliseconds: 200) == .fail)
    #expect(attempts.after(.invalid("no"), remainingMilliseconds: 10_000) == .fail)
    #expect(attempts.after(.exhausted("full"), remainingMilliseconds: 10_000) == .fail)
    let later = WireError(.unavailable, "later", retryAfterMilliseconds: 700)
    #expect(attempts.after(later, remainingMilliseconds: 10_000) == .again(700))
    #expect(attempts.after(later, remainingMilliseconds: 600) == .fail)
  }

  @Test func attemptsThatMayNot() {
    var attempts = Attempts(mayRepeat: false)
    #expect(attempts.after(.unavailable("gone"), remainingMilliseconds: 10_000) == .fail)
    #expect(attempts.after(.failedPrecondition("no"), remainingMilliseconds: 10_000) == .fail)
    #expect(attempts.after(.owned(by: "b", "no"), remainingMilliseconds: 10_000) == .redirect("b"))
    #expect(attempts.after(.owned(by: "a", "no"), remainingMilliseconds: 10_000) == .fail)
  }

  @Test func ownersThatMoveAreFollowed() {
    var attempts = Attempts(mayRepeat: true)
    #expect(attempts.after(.owned(by: "b", "no"), remainingMilliseconds: 10_000) == .redirect("b"))
    #expect(attempts.after(.owned(by: "a", "no"), remainingMilliseconds: 10_000) == .again(10))
    #expect(attempts.after(.owned(by: "b", "no"), remainingMilliseconds: 10_000) == .redirect("b"))
  }

  @Test func slotsGoInTurn() async {
    var pool = SlotPool<Int>(slotsMax: 1, waitersMax: 2)
    guard case .new = pool.take() else { return #expect(Bool(false), "the first slot is new") }
    pool.add(7)
    guard case .wait(let first) = pool.take(), case .wait(let second) = pool.take() else {
      return #expect(Bool(false), "two wait")
    }
    guard case .full = pool.take() else { return #expect(Bool(false), "a third is refused") }
    #expect(pool.outstanding == 3)
    #expect(pool.release(7) === first)
    #expect(pool.release(7) === second)
    #expect(pool.outstanding == 1)
    #expect(pool.release(7) == nil)
    #expect(pool.outstanding == 0)
    guard case .free(7) = pool.take() else { return #expect(Bool(false), "the slot is free again") }
    guard case .wait(let third) = pool.take() else { return #expect(Bool(false), "one waits") }
    #expect(pool.dismiss().map { $0 === third } == [true])
    #expect(pool.outstanding == 1)
  }

  @Test func aWaiterIsGivenOneValue() async {
    let early = Waiter<Int>()
    #expect(early.give(1))
    #expect(!early.give(2))
    #expect(await early.value(withinMilliseconds: 60_000) == 1)
    #expect(!early.give(3))
    let never = Waiter<Int>()
    #expect(await never.value(withinMilliseconds: 5) == nil)
    #expect(!never.give(1))
    let cancelled = Task { await Waiter<Int>().value(withinMilliseconds: 60_000) }
    cancelled.cancel()
    #expect(await cancelled.value == nil)
  }

  @Test func requestIdsLookLikeUUIDs() {
    let ids = RequestID(random: 0x0123_4567_89AB_CDEF, start: 0xABC)
    #expect(ids.next() == "01234567-89ab-8def-8000-000000000abc")
    #expect(ids.next() == "01234567-89ab-8def-8000-000000000abd")
  }

  @Test func deadlinesDoNotOverflow() {
    #expect(Machine.later(5, by: 7) == 12)
    #expect(Machine.later(5, by: -7) == 5)
    #expect(Machine.later(.max - 1, by: 7) == .max)
    #expect(Machine.remaining(until: 10, now: 20) == 1)
    #expect(Machine.remaining(until: .max, now: 0) == .max)
  }
}
