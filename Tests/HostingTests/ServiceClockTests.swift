import Synchronization
import Testing
import Wire

@testable import Hosting

/// A machine whose time is set by the test.
private final class Machine: Sendable {
  let time = Atomic<Int64>(0)
  func set(_ micros: Int64) { time.store(micros, ordering: .sequentiallyConsistent) }
  var clock: ServiceClock {
    ServiceClock(.system, machine: { self.time.load(ordering: .sequentiallyConsistent) })
  }
}

@Suite struct ServiceClockTests {
  @Test func neverGoesBackWhateverTheMachineDoes() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let machine = Machine()
    let clock = machine.clock
    var greatest = Int64.min
    for _ in 0..<1000 {
      let time = Int64(random.next() % 1000)
      machine.set(time)
      greatest = max(greatest, time)
      #expect(clock.now() == greatest, "seed \(seed)")
    }
  }

  @Test func startsFromTheStoredGreatest() {
    let machine = Machine()
    machine.set(100)
    let clock = machine.clock
    clock.raise(to: 150)
    #expect(clock.now() == 150)
    machine.set(151)
    #expect(clock.now() == 151)
    clock.raise(to: 7)
    #expect(clock.now() == 151)
  }

  @Test func theSystemsClockCannotBeMoved() {
    let clock = ServiceClock(.system)
    let before = clock.now()
    let error = #expect(throws: WireError.self) { try clock.advance(to: before + 1_000_000_000_000) }
    #expect(error?.status == .failedPrecondition)
    #expect(clock.now() < before + 1_000_000_000)
  }

  @Test func aSteppedClockStandsUntilItIsMoved() throws {
    let clock = ServiceClock(.stepped(start: 500))
    #expect(clock.now() == 500)
    #expect(try clock.advance(to: 800) == 800)
    #expect(try clock.advance(to: 600) == 800)
    #expect(clock.now() == 800)
  }

  @Test func listenersHearEveryMoveOnce() throws {
    let clock = ServiceClock(.stepped(start: 0))
    let heard = Mutex<[Int64]>([])
    clock.onAdvance { time in heard.withLock { $0.append(time) } }
    for instant in [5, 3, 5, 9] as [Int64] { try clock.advance(to: instant) }
    #expect(heard.withLock(\.self) == [5, 9])
  }

  @Test func concurrentReadersSeeRisingTimes() async throws {
    let clock = ServiceClock(.stepped(start: 0))
    await withTaskGroup(of: Bool.self) { group in
      for worker in 0..<4 {
        group.addTask {
          var last = Int64.min
          for step in 0..<2000 {
            if worker == 0 { _ = try? clock.advance(to: Int64(step)) }
            let now = clock.now()
            if now < last { return false }
            last = now
          }
          return true
        }
      }
      for await rising in group { #expect(rising) }
    }
    #expect(clock.now() == 1999)
  }

  @Test func machineTimesAgree() {
    let micros = ServiceClock.machineMicroseconds()
    let milliseconds = ServiceClock.machineMilliseconds()
    #expect((0...60_000).contains(milliseconds - micros / 1000))
    #expect(micros > 1_700_000_000_000_000)
  }
}

/// A small generator of known output, so that a printed seed repeats a run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
