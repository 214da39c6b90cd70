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
}
