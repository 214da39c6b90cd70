import Measures
import Support
import Testing
import Wire

@Suite struct BucketPropertyTests {
  /// Days and signs of one customer over a year; each removal has its addition.
  private func steps(_ random: inout SeededGenerator) -> [(day: Int, share: DayTotals)] {
    var steps: [(Int, DayTotals)] = []
    for _ in 0..<Int.random(in: 1...60, using: &random) {
      let day = Int.random(in: -420...1, using: &random)
      let share = DayTotals(
        of: [.callOutgoing, .callIncoming, .activation, .planChange].randomElement(using: &random)!)
      steps.append((day, share))
      if Int.random(in: 0..<4, using: &random) == 0 { steps.append((day, -share)) }
    }
    return steps
  }

  /// The same steps, the days going by in between as they like, end in the same answers.
  @Test func anyOrderGivesTheSameAnswers() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("anyOrderGivesTheSameAnswers: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let steps = steps(&random)
      var plain = DayBuckets()
      for step in steps { plain.add(step.share, on: march(step.day), today: march(0)) }
      var other = DayBuckets()
      var today = -200
      for step in steps.shuffled(using: &random) {
        today = min(0, today + Int.random(in: 0...40, using: &random))
        other.add(step.share, on: march(step.day), today: march(today))
        if Bool.random(using: &random) { other = try repacked(other) }
      }
      for asOf in [0, -1, -30, -60] { same(plain, other, asOf, seed) }
      // And the same as counting by hand.
      let window = DayWindow(endingOn: march(-7), days: 30)
      let made = steps.filter { window.contains(march($0.day)) }.reduce(0) { $0 + $1.share.callsMade }
      #expect(plain.totals(in: window).callsMade == made, "seed \(seed)")
    }
  }

  private func same(_ left: DayBuckets, _ right: DayBuckets, _ asOf: Int, _ seed: UInt64) {
    let day = march(asOf)
    for days in [7, 30, 92] {
      let window = DayWindow(endingOn: day, days: days)
      if asOf == 0 || days <= 30 {
        #expect(left.totals(in: window) == right.totals(in: window), "seed \(seed)")
      }
      #expect(left.activeDays(in: window) == right.activeDays(in: window), "seed \(seed)")
      #expect(left.currentStreak(in: window) == right.currentStreak(in: window), "seed \(seed)")
      #expect(left.longestStreak(in: window) == right.longestStreak(in: window), "seed \(seed)")
    }
    #expect(left.totals(through: day) == right.totals(through: day), "seed \(seed)")
    #expect(left.lastActive(through: day) == right.lastActive(through: day), "seed \(seed)")
    // Of what is older than all buckets, some day.
    let oldest = march(-DayLimits.bucketDays)
    #expect(
      left.firstEvent(through: day).map { max($0, oldest) }
        == right.firstEvent(through: day).map { max($0, oldest) }, "seed \(seed)")
    let gaps = DayWindow(endingOn: day, days: 365)
    #expect(left.longestGap(in: gaps) == right.longestGap(in: gaps), "seed \(seed)")
  }

  @Test func damagedBytesAreRefusedOrRead() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("damagedBytesAreRefusedOrRead: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var writer = PackedWriter()
    active([-300, -40, -2, 0]).pack(&writer)
    var refused = 0
    for _ in 0..<5_000 {
      var bytes = writer.bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      var reader = PackedReader(bytes)
      guard var read = try? DayBuckets(&reader) else {
        refused += 1
        continue
      }
      read.add(calls(), on: march(0), today: march(1))
      #expect(read.longestStreak(in: DayWindow(endingOn: march(1), days: 92)) <= 92)
    }
    #expect(refused > 0)
  }
}
