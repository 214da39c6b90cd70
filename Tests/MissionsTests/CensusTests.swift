import Contracts
import Measures
import Testing
import Wire

@testable import Missions

/// Days, names and amounts with multiplicity, by numbers worked out by hand.
@Suite struct CensusTests {
  private func census(_ keys: [Int64]) -> Census {
    var census = Census()
    for (place, key) in keys.enumerated() { _ = census.add(1, key, at: Int64(place)) }
    return census
  }

  @Test(
    arguments: [
      ([], 0), ([5], 1), ([5, 5], 1), ([5, 6, 7], 3), ([7, 5, 6], 3), ([1, 2, 4, 5, 6, 9], 3),
      ([1, 3, 5], 1),
    ] as [([Int64], Int)])
  func theLongestRun(_ days: [Int64], _ run: Int) {
    #expect(census(days).value(.run, origin: 0) == Decimal6(run))
  }

  /// The first day is 100. Seven inactive days in a row are allowed, eight are not, also before the first.
  @Test(
    arguments: [
      ([], 0), ([100], 1), ([107], 8), ([108], 0), ([100, 108], 9), ([100, 109], 1), ([108, 104], 9),
      ([107, 115, 123], 24), ([107, 116, 123], 8), ([99], 1), ([100, 101, 159], 2),
    ] as [([Int64], Int)])
  func theReachWithoutALongGap(_ days: [Int64], _ reach: Int) {
    #expect(census(days).value(.reach, origin: 100) == Decimal6(reach))
  }

  /// Whether an addition or a removal changed who is there.
  private func changed(_ census: inout Census, _ count: Int64, _ key: Int64, at time: Int64) -> Bool {
    census.add(count, key, at: time)
  }

  @Test func aReachClosesWhenTheMissingDayComesLate() {
    var census = census([100, 116])
    #expect(census.value(.reach, origin: 100) == Decimal6(1))
    #expect(changed(&census, 1, 108, at: 9))
    #expect(census.value(.reach, origin: 100) == Decimal6(17))
    #expect(changed(&census, -1, 108, at: 9))
    #expect(census.value(.reach, origin: 100) == Decimal6(1))
  }

  @Test func theLargestFallsBackToTheNext() {
    var census = census([50_000_000, 120_000_000, 120_000_000])
    #expect(census.value(.largest, origin: 0) == Decimal6(120))
    #expect(changed(&census, -1, 120_000_000, at: 1) == false)
    #expect(census.value(.largest, origin: 0) == Decimal6(120))
    #expect(changed(&census, -1, 120_000_000, at: 2))
    #expect(census.value(.largest, origin: 0) == Decimal6(50))
  }

  @Test func aTargetIsReachedAtTheFirstEventThatDidIt() {
    var days = Census()
    for (key, time) in [(3, 33), (1, 10), (2, 25), (2, 20), (5, 50)] as [(Int64, Int64)] {
      _ = days.add(1, key, at: time)
    }
    #expect(days.reached(Decimal6(2), .distinct, origin: 1) == 20)
    #expect(days.reached(Decimal6(3), .run, origin: 1) == 33)
    #expect(days.reached(Decimal6(5), .reach, origin: 1) == 50)
    #expect(days.reached(Decimal6(5), .distinct, origin: 1) == nil)
    #expect(days.reached(Decimal6(millionths: 2), .largest, origin: 1) == 20)
  }

  @Test(arguments: [Metric.Form.distinct, .run, .reach, .largest])
  func anyOrderAndAnyReversalGiveTheSame(_ form: Metric.Form) throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("CensusTests \(form) seed \(seed)")
    var random = Seeded(state: seed)
    for _ in 0..<200 {
      let kept = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        (key: Int64.random(in: 0...40, using: &random), at: Int64.random(in: 0...99, using: &random))
      }
      let undone = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        Int64.random(in: 0...40, using: &random)
      }
      var plain = Census()
      for event in kept { _ = plain.add(1, event.key, at: event.at) }
      var mixed = Census()
      for key in undone { _ = mixed.add(1, key, at: 1) }
      for event in kept.shuffled(using: &random) { _ = mixed.add(1, event.key, at: event.at) }
      for key in undone.shuffled(using: &random) { _ = mixed.add(-1, key, at: 1) }
      #expect(mixed.value(form, origin: 0) == plain.value(form, origin: 0), "seed \(seed)")
      #expect(mixed.members.map(\.key) == plain.members.map(\.key), "seed \(seed)")
      var writer = PackedWriter()
      mixed.pack(&writer)
      var reader = PackedReader(writer.bytes)
      #expect(try Census(&reader) == mixed)
    }
  }
}
