import Support
import Testing
import Wire

@testable import Measures

@Suite struct MoneyTests {
  private func at(_ day: Int, _ seconds: Int64 = 43_200) -> Int64 {
    Int64(march(day).number) * Day.micros + seconds * 1_000_000
  }

  private func repacked(_ money: Money) throws -> Money {
    var writer = PackedWriter()
    money.pack(&writer)
    var reader = PackedReader(writer.bytes)
    let read = try Money(&reader)
    #expect(reader.isAtEnd)
    return read
  }

  /// A fold of (day, kind, amount) on day 0.
  private func money(_ list: [(Int, Money.Kind, String)]) throws -> Money {
    var money = Money()
    for (day, kind, amount) in list {
      let value = try #require(Decimal6(amount))
      money.add(kind, value, at: at(day), on: march(day), sign: 1, today: march(0))
    }
    return money
  }

  @Test func theLargestIsExactUnderReversal() throws {
    var money = try money([
      (0, .recharge, "10"), (0, .recharge, "30"), (0, .bundle, "12"), (0, .payment, "99"),
      (-9, .recharge, "50"),
    ])
    let week = DayWindow(endingOn: march(0), days: 7)
    #expect(money.largest(in: week) == Decimal6(30))
    #expect(money.largest(in: DayWindow(endingOn: march(0), days: 10)) == Decimal6(50))
    money.add(.recharge, Decimal6(30), at: at(0), on: march(0), sign: -1, today: march(0))
    #expect(money.largest(in: week) == Decimal6(12))
    money.add(.bundle, Decimal6(12), at: at(0), on: march(0), sign: -1, today: march(0))
    #expect(money.largest(in: week) == Decimal6(10))
    #expect(money.sum(in: week) == Money.Sum(amount: 109 * Decimal6.one, count: 2))
  }

  /// The same amount twice at the same instant is two transactions.
  @Test func transactionsAreAMultiset() throws {
    var money = try money([(0, .recharge, "10"), (0, .recharge, "10")])
    #expect(money.entries.count == 1)
    #expect(money.sum(through: march(0)).count == 2)
    #expect(money.largest(in: DayWindow(endingOn: march(0), days: 1)) == Decimal6(10))
    money.add(.recharge, Decimal6(10), at: at(0), on: march(0), sign: -1, today: march(0))
    #expect(money.sum(through: march(0)) == Money.Sum(amount: 10 * Decimal6.one, count: 1))
  }

  @Test func oldDaysAreSums() throws {
    let money = try money([
      (-93, .recharge, "1"), (-93, .recharge, "2.5"), (-93, .payment, "4"), (-92, .recharge, "1"),
      (-92, .recharge, "2.5"), (-183, .recharge, "100"), (-184, .recharge, "100"),
    ])
    #expect(money.entries.map { march(0) - $0.day } == [93, 93, 92, 92])
    #expect(money.sum(through: march(0)) == Money.Sum(amount: 211 * Decimal6.one, count: 7))
    #expect(money.sum(in: DayWindow(endingOn: march(-93), days: 1)).amount == 7_500_000)
    #expect(money.last(through: march(-94)) == march(-183))
    #expect(try repacked(money) == money)
  }

  @Test func laterIsStrictlyLater() throws {
    var money = Money()
    for seconds: Int64 in [99, 100, 101] {
      money.add(.recharge, Decimal6(1), at: at(-5, seconds), on: march(-5), sign: 1, today: march(0))
    }
    money.add(.payment, Decimal6(7), at: at(-1), on: march(-1), sign: 1, today: march(0))
    #expect(money.sum(laterThan: at(-5, 100), on: march(-5)).amount == 8 * Decimal6.one)
    #expect(money.sum(laterThan: at(-5, 100), on: march(-5), after: march(-2)).amount == 7 * Decimal6.one)
  }

  @Test func ordinaryTransactionsTakeFewBytes() throws {
    func size(_ money: Money) -> Int {
      var writer = PackedWriter()
      money.pack(&writer)
      return writer.bytes.count
    }
    let one = size(try money([(-6, .recharge, "10")]))
    let two = size(try money([(-6, .recharge, "10"), (-1, .recharge, "20")]))
    #expect(two - one <= 7)
  }

  @Test func damagedMoneyIsRefusedOrRead() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("damagedMoneyIsRefusedOrRead: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var writer = PackedWriter()
    try money([(-120, .bundle, "3.000001"), (-9, .recharge, "10"), (0, .payment, "7.5")]).pack(&writer)
    var refused = 0
    for _ in 0..<5_000 {
      var bytes = writer.bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var reader = PackedReader(bytes)
      guard var read = try? Money(&reader) else {
        refused += 1
        continue
      }
      read.add(.recharge, Decimal6(1), at: at(0), on: march(0), sign: 1, today: march(1))
      _ = read.largest(in: DayWindow(endingOn: march(1), days: 90))
      _ = read.sum(laterThan: 0, on: march(-50))
    }
    #expect(refused > 0)
  }
}
