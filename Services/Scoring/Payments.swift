import Contracts
import Measures
import Wire

/// Bills, and payments by whether they were on time.
struct Payments: Sendable, Hashable {
  /// A year, and as-of.
  static let keptDays = DayLimits.activityDays

  /// How a payment is judged.
  enum Due: UInt8, Sendable { case late, onTime, byBill }

  struct Paid: Sendable, Hashable {
    var day: Day
    var due: Due
    /// The bill by whose due day it is judged, else 0.
    var bill: UInt64
    var count: Int64
  }

  struct Bill: Sendable, Hashable {
    var day: Day
    /// The bill's own due date.
    var due: Day?
    /// Its id's key, or 0.
    var bill: UInt64
    /// Millionths; of all bills that agree in the rest.
    var amount: Int64
    var count: Int64

    /// A bill without a due date is due on its day of issue.
    var owed: Day { due ?? day }
  }

  private(set) var paid: [Paid] = []
  private(set) var bills: [Bill] = []
  /// What bills that are no longer kept came to, millionths.
  private(set) var settled: Int64 = 0

  init() {}

  /// Folds a payment; one without a due date and a bill is neither on time nor late.
  mutating func pay(_ details: EventDetails, on day: Day, sign: Int64, today: Day) {
    drop(today)
    guard details.due != nil || details.bill != 0, today - day <= Self.keptDays else { return }
    let due: Due = details.due.map { day <= $0 ? .onTime : .late } ?? .byBill
    let bill = due == .byBill ? details.bill : 0
    if let place = paid.firstIndex(where: { $0.day == day && $0.due == due && $0.bill == bill }) {
      paid[place].count &+= sign
      if paid[place].count == 0 { paid.remove(at: place) }
    } else {
      let place = paid.firstIndex { $0.day > day } ?? paid.count
      paid.insert(Paid(day: day, due: due, bill: bill, count: sign), at: place)
    }
  }

  mutating func bill(_ details: EventDetails, _ amount: Int64, on day: Day, sign: Int64, today: Day) {
    drop(today)
    let bill = Bill(day: day, due: details.due, bill: details.bill, amount: amount &* sign, count: sign)
    if Self.isOld(bill, today) {
      settled &+= bill.amount
    } else if let place = bills.firstIndex(where: { ($0.day, $0.due, $0.bill) == (day, bill.due, bill.bill) })
    {
      bills[place].amount &+= bill.amount
      bills[place].count &+= sign
      if bills[place].count == 0, bills[place].amount == 0 { bills.remove(at: place) }
    } else {
      bills.insert(bill, at: bills.firstIndex { $0.day > day } ?? bills.count)
    }
  }

  private static func isOld(_ bill: Bill, _ today: Day) -> Bool {
    today - max(bill.day, bill.owed) > Self.keptDays
  }

  private mutating func drop(_ today: Day) {
    if let first = paid.first, today - first.day > Self.keptDays {
      paid.removeAll { today - $0.day > Self.keptDays }
    }
    for bill in bills where Self.isOld(bill, today) { settled &+= bill.amount }
    bills.removeAll { Self.isOld($0, today) }
  }
}

extension Payments {
  /// How many payments of a window were on time and how many late, as known at its end.
  func judged(in window: DayWindow) -> (onTime: Int64, late: Int64) {
    var (onTime, late): (Int64, Int64) = (0, 0)
    for payment in paid where window.contains(payment.day) {
      var verdict = payment.due
      if verdict == .byBill {
        guard let due = due(of: payment.bill, asOf: window.last) else { continue }
        verdict = payment.day <= due ? .onTime : .late
      }
      if verdict == .onTime { onTime &+= payment.count } else { late &+= payment.count }
    }
    return (onTime, late)
  }

  /// The day by which a bill is to be paid; the latest where it was issued more than once.
  private func due(of bill: UInt64, asOf day: Day) -> Day? {
    var latest: Day?
    for issued in bills where issued.bill == bill && issued.count > 0 && issued.day <= day {
      latest = max(latest ?? issued.owed, issued.owed)
    }
    return latest
  }

  /// What bills whose due day is before a day came to, millionths.
  func owed(before day: Day) -> Int64 {
    bills.reduce(settled) { $1.day <= day && $1.owed < day ? $0 &+ $1.amount : $0 }
  }
}

extension Payments {
  func pack(_ writer: inout PackedWriter) {
    writer.signed(settled)
    writer.array(paid) { writer, paid in
      writer.signed(Int64(paid.day.number))
      writer.count(Int(paid.due.rawValue))
      if paid.due == .byBill { writer.unsigned(paid.bill) }
      writer.signed(paid.count)
    }
    writer.array(bills) { writer, bill in
      writer.signed(Int64(bill.day.number))
      writer.optional(bill.due) { $0.signed(Int64($1.number)) }
      writer.unsigned(bill.bill)
      writer.signed(bill.amount)
      writer.signed(bill.count)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    settled = try reader.signed()
    paid = try reader.array { (reader) throws(PackedError) in
      let day = try reader.day()
      guard let due = Due(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned())) else {
        throw PackedError(offset: 0, reason: "an unknown kind of payment")
      }
      let bill = due == .byBill ? try reader.unsigned() : 0
      return Paid(day: day, due: due, bill: bill, count: try reader.signed())
    }
    bills = try reader.array { (reader) throws(PackedError) in
      let day = try reader.day()
      let due = try reader.optional { (reader) throws(PackedError) in try reader.day() }
      return Bill(
        day: day, due: due, bill: try reader.unsigned(), amount: try reader.signed(),
        count: try reader.signed())
    }
  }
}
