import Contracts
import Testing
import Wire

@testable import Missions

@Suite struct SumTests {
  @Test func remembersWhenTheTargetWasReached() {
    var tally = Sum()
    for (amount, time) in [(2, 30), (1, 10), (4, 20)] { tally.add(Decimal6(amount), at: Int64(time)) }
    #expect(tally.value == Decimal6(7))
    #expect([1, 2, 5, 6, 7, 8].map { tally.reached(Decimal6($0)) } == [10, 20, 20, 30, 30, nil])
  }

  @Test func whatIsTakenBackLeavesNoTrace() {
    var tally = Sum()
    tally.add(Decimal6(3), at: 5)
    tally.add(Decimal6(1), at: 5)
    tally.add(Decimal6(-3), at: 5)
    tally.add(Decimal6(-1), at: 5)
    #expect(tally == Sum())
  }

  @Test func anyOrderGivesTheSame() {
    let seed = UInt64.random(in: 0 ... .max)
    print("SumTests seed \(seed)")
    var random = Seeded(state: seed)
    for _ in 0..<200 {
      let parts = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        (
          Decimal6(millionths: .random(in: -5_000_000...5_000_000, using: &random)),
          Int64.random(in: 0...9, using: &random)
        )
      }
      var first = Sum()
      var second = Sum()
      for (amount, time) in parts { first.add(amount, at: time) }
      for (amount, time) in parts.shuffled(using: &random) { second.add(amount, at: time) }
      #expect(first == second)
      var writer = PackedWriter()
      first.pack(&writer)
      var reader = PackedReader(writer.bytes)
      #expect((try? Sum(&reader)) == first)
    }
  }

  @Test func noAmountTraps() {
    var tally = Sum()
    for time in 0..<4 as Range<Int64> { tally.add(Decimal6(millionths: .max), at: time) }
    for time in 0..<4 as Range<Int64> { tally.add(Decimal6(millionths: -.max), at: time) }
    #expect(tally == Sum())
  }

  @Test func manyPartsStaySmallAndExact() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("SumTests merge seed \(seed)")
    var random = Seeded(state: seed)
    let parts = (0..<3_000).map { _ in
      (
        amount: Decimal6(millionths: .random(in: 1...9_000_000, using: &random)),
        at: At.monday + .random(in: 0..<30 * Micros.day, using: &random)
      )
    }
    var total: Int64 = 0
    var sums = [Sum(), Sum()]
    for part in parts { sums[0].add(part.amount, at: part.at) }
    for part in parts.shuffled(using: &random) { sums[1].add(part.amount, at: part.at) }
    for part in parts.prefix(1_000) {
      for place in sums.indices {
        sums[place].add(Decimal6(millionths: -part.amount.millionths), at: part.at)
      }
    }
    for part in parts.dropFirst(1_000) { total += part.amount.millionths }
    for sum in sums {
      #expect(sum.value == Decimal6(millionths: total), "seed \(seed)")
      #expect(sum.times.count <= 31 + Sum.aloneMax, "seed \(seed)")
      #expect(sum.times == sum.times.sorted(), "seed \(seed)")
      var writer = PackedWriter()
      sum.pack(&writer)
      #expect(writer.bytes.count < 1_000, "\(writer.bytes.count) bytes")
      var reader = PackedReader(writer.bytes)
      #expect(try Sum(&reader) == sum)
    }
    // All taken back, nothing is left.
    for part in parts.dropFirst(1_000) {
      sums[0].add(Decimal6(millionths: -part.amount.millionths), at: part.at)
    }
    #expect(sums[0].value == .zero)
    #expect(sums[0].times.isEmpty, "seed \(seed)")
  }

  @Test func amongNewPartsTheTimeOfReachingIsExact() {
    var sum = Sum()
    for minute in 0..<200 { sum.add(Decimal6(1), at: At.day(0) + Int64(minute) * Micros.minute) }
    #expect(sum.reached(Decimal6(200)) == At.day(0) + 199 * Micros.minute)
    #expect(sum.reached(Decimal6(190)) == At.day(0) + 189 * Micros.minute)
    // Of merged parts it is the last one's of their day: no time that never was, and none too early.
    let early = sum.reached(Decimal6(1)) ?? 0
    #expect(early >= At.day(0))
    #expect(early < At.day(0) + 189 * Micros.minute)
  }
}
