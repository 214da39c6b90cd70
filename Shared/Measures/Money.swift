import Contracts
import Wire

/// The customer's transactions of the kept days, and the sums of a whole life.
///
/// Of the last `DayLimits.singleDays` each one is kept by itself, so that the largest stays exact under
/// reversal; older ones by day and kind, and of what is older than `DayLimits.moneyDays` only the newest day.
public struct Money: Sendable, Hashable {
  /// What a transaction is.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// RECHARGE and TOP_UP.
    case recharge
    /// BUNDLE_PURCHASE.
    case bundle
    /// PAYMENT and BILL_PAID.
    case payment

    public init?(_ type: EventType) {
      switch type {
      case .recharge, .topUp: self = .recharge
      case .bundlePurchase: self = .bundle
      case .payment, .billPaid: self = .payment
      default: return nil
      }
    }
  }

  /// How much and how many: of one kind, of a window, of a life.
  public struct Sum: Sendable, Hashable {
    /// Millionths.
    public var amount: Int64 = 0
    public var count: Int64 = 0

    public init(amount: Int64 = 0, count: Int64 = 0) { (self.amount, self.count) = (amount, count) }

    public static func += (left: inout Sum, right: Sum) {
      left.amount &+= right.amount
      left.count &+= right.count
    }
    public static func -= (left: inout Sum, right: Sum) {
      left.amount &-= right.amount
      left.count &-= right.count
    }
    public static prefix func - (sum: Sum) -> Sum { Sum(amount: 0 &- sum.amount, count: 0 &- sum.count) }
    public var isZero: Bool { amount == 0 && count == 0 }
    public var decimal: Decimal6 { Decimal6(millionths: amount) }
  }

  /// A sum for each kind.
  struct Sums: Sendable, Hashable {
    var recharge = Sum()
    var bundle = Sum()
    var payment = Sum()

    subscript(kind: Kind) -> Sum {
      get {
        switch kind {
        case .recharge: recharge
        case .bundle: bundle
        case .payment: payment
        }
      }
      set {
        switch kind {
        case .recharge: recharge = newValue
        case .bundle: bundle = newValue
        case .payment: payment = newValue
        }
      }
    }
  }

  /// Transactions of one kind at one instant and of one amount; of an old day, all of one kind.
  public struct Entry: Sendable, Hashable {
    public var day: Day
    public var kind: Kind
    /// Event time; of an old day, the start of its number in UTC.
    public var at: Int64
    public var sum: Sum

    /// The amount of each.
    var each: Int64 { sum.count == 0 ? sum.amount : sum.amount / sum.count }
  }

  /// Ascending by day, kind and instant.
  public internal(set) var entries: [Entry] = []
  var lifetime = Sums()
  /// The day up to which old days have been thinned.
  var today = Day(number: .min)
  /// Transactions older than all entries, and the newest day of them.
  var ancient: Int64 = 0
  var newest: Day?

  public init() {}

  /// Adds a transaction, or takes one back (`sign` -1).
  public mutating func add(
    _ kind: Kind, _ amount: Decimal6, at: Int64, on day: Day, sign: Int64, today: Day
  ) {
    let one = Sum(amount: amount.millionths &* sign, count: sign)
    lifetime[kind] += one
    if today > self.today { thin(today) }
    take(Entry(day: day, kind: kind, at: at, sum: one), each: amount.millionths)
  }

  private mutating func take(_ entry: Entry, each: Int64) {
    let age = today - entry.day
    if age > DayLimits.moneyDays {
      forget(entry)
    } else if age > DayLimits.singleDays {
      var old = entry
      old.at = Int64(entry.day.number) &* Day.micros
      merge(old) { _ in true }
    } else {
      merge(entry) { $0.each == each }
    }
  }

  /// Adds to an entry of the same day, kind and instant that is meant, or puts it in its place.
  private mutating func merge(_ entry: Entry, _ isMeant: (Entry) -> Bool) {
    var place = entries.count
    while place > 0, !(entries[place - 1].order < entry.order) {
      place -= 1
      guard entries[place].order == entry.order, isMeant(entries[place]) else { continue }
      entries[place].sum += entry.sum
      if entries[place].sum.isZero { entries.remove(at: place) }
      return
    }
    entries.insert(entry, at: place)
  }

  private mutating func forget(_ entry: Entry) {
    ancient &+= entry.sum.count
    if entry.sum.count > 0, entry.day > newest ?? entry.day - 1 { newest = entry.day }
    if ancient == 0 { newest = nil }
  }

  private mutating func thin(_ today: Day) {
    self.today = today
    let limit = today - DayLimits.singleDays
    guard let first = entries.first, first.day < limit else { return }
    let old = entries.prefix { $0.day < limit }
    entries.removeFirst(old.count)
    for entry in old { take(entry, each: 0) }
  }
}

extension Money.Entry {
  /// Where an entry stands.
  var order: (Int32, UInt8, Int64) { (day.number, kind.rawValue, at) }
}

extension Money {
  /// The sum of some kinds over a window that lies within `DayLimits.moneyDays`.
  public func sum(in window: DayWindow, _ isMeant: (Kind) -> Bool = { _ in true }) -> Sum {
    var sum = Sum()
    for entry in entries.reversed() where entry.day <= window.last {
      if entry.day < window.first { break }
      if isMeant(entry.kind) { sum += entry.sum }
    }
    return sum
  }

  /// The sum of some kinds over everything up to the end of a day within `DayLimits.moneyDays`.
  public func sum(through last: Day, _ isMeant: (Kind) -> Bool = { _ in true }) -> Sum {
    var sum = Sum()
    for kind in Kind.allCases where isMeant(kind) { sum += lifetime[kind] }
    for entry in entries.reversed() {
      if entry.day <= last { break }
      if isMeant(entry.kind) { sum -= entry.sum }
    }
    return sum
  }

  /// The sum of what came strictly later than an instant (of old days: on a later day than it), all of it or
  /// only what lies after a day.
  public func sum(laterThan instant: Int64, on day: Day, after last: Day = Day(number: .min)) -> Sum {
    var sum = Sum()
    for entry in entries.reversed() {
      if entry.day <= last { break }
      let isOld = today - entry.day > DayLimits.singleDays
      if isOld ? entry.day > day : entry.at > instant { sum += entry.sum }
    }
    return sum
  }

  /// The newest day with a transaction, not after a day.
  public func last(through last: Day) -> Day? {
    for entry in entries.reversed() where entry.day <= last && entry.sum.count > 0 { return entry.day }
    return newest
  }

  /// The largest single recharge or bundle of a window that lies within `DayLimits.singleDays`, or 0.
  public func largest(in window: DayWindow) -> Decimal6 {
    var largest: Int64 = 0
    for entry in entries where window.contains(entry.day) && entry.kind != .payment && entry.sum.count > 0 {
      largest = max(largest, entry.each)
    }
    return Decimal6(millionths: largest)
  }
}
