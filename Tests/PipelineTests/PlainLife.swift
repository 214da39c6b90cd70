import Contracts
import Foundation
import Wire

/// What one customer did up to a day.
struct PlainLife: Sendable {
  /// Days back from today of the windows, today included.
  static let (month, quarter, streak, half, year) = (30, 90, 92, 180, 365)

  let records: [Record]
  /// Counted from the story's first day.
  let today: Int

  func all(_ types: EventType...) -> [Record] { records.filter { types.contains($0.type) } }

  func last(_ days: Int, _ types: EventType...) -> [Record] {
    records.filter { types.contains($0.type) && $0.day > today - days }
  }

  var activities: [Record] { records.filter(\.type.isActivity) }
  /// Ascending.
  var activeDays: [Int] { Set(activities.map(\.day)).sorted() }
  func activeDays(within days: Int) -> [Int] { activeDays.filter { $0 > today - days } }

  var transactions: [Record] { all(.recharge, .topUp, .bundlePurchase, .payment, .billPaid) }
  func revenue(_ first: Int, _ last: Int) -> Decimal6 {
    transactions.filter { (today - last...today - first).contains($0.day) }.total
  }

  var payments: [Record] { all(.payment, .billPaid) }
  var birth: Int? { all(.activation).map(\.day).min() }

  /// The last of the records that say something, and what it says; of one instant the one with the last id.
  func said<Value>(_ value: (Record) -> Value?) -> (record: Record, value: Value)? {
    records.compactMap { record in value(record).map { (record, $0) } }.max {
      ($0.0.at, $0.0.id) < ($1.0.at, $1.0.id)
    }
  }

  /// What the warehouse said last of a feature, if it can be.
  func updated(_ names: String..., isGood: (Decimal6) -> Bool = { _ in true }) -> (
    record: Record, value: Decimal6
  )? {
    said { record in
      names.lazy.compactMap { record.notes["features"]?.members[$0]?.number }.first { isGood($0) }
    }
  }
}

extension PlainLife {
  var age: Int? {
    if let (record, value) = updated("tenure", "customer_age_days") {
      return Int(value.millionths / Decimal6.one) + today - record.day
    }
    return birth.map { today - $0 }
  }

  /// Days since the last activity or transaction; without one since birth.
  var idle: Int? { (activeDays.last ?? birth).map { today - $0 } }
  var unpaid: Int? { (transactions.map(\.day).max() ?? birth).map { today - $0 } }

  var churn: Decimal6? {
    guard let (record, value) = updated("churn_probability", isGood: { $0 <= Decimal6(1) }),
      record.day > today - Self.month
    else { return nil }
    return value
  }

  /// An opening balance and what is strictly later than it.
  private func balance(_ name: String, _ each: (Record) -> Decimal6) -> Decimal6 {
    let opening = updated(name)
    let later = transactions.filter { opening == nil || $0.at > (opening?.record.at ?? 0) }
    return later.reduce(opening?.value ?? .zero) { $0 + each($1) }
  }

  var totalRevenue: Decimal6 { balance("total_revenue") { $0.value ?? .zero } }
  var transactionCount: Decimal6 { balance("transaction_count") { _ in Decimal6(1) } }

  /// Known as long as it is not older than a month.
  var lifetimeValue: (value: Decimal6, isKnown: Bool) {
    guard let (record, value) = updated("lifetime_value") else { return (totalRevenue, true) }
    return (value, record.day > today - Self.month)
  }

  var arpu: Decimal6 {
    let days = Int64(min(max(age ?? Self.quarter, Self.month), Self.quarter))
    let sum = revenue(0, Self.quarter - 1).millionths * Int64(Self.month)
    return Decimal6(millionths: (2 * sum + days) / (2 * days))
  }

  /// Since the first time in a row that it was switched on; 0 while it is off.
  var renewal: (isOn: Bool, days: Int)? {
    let switches = all(.autoRenewEnabled, .autoRenewDisabled).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    guard let last = switches.last else { return nil }
    if last.type == .autoRenewDisabled { return (false, 0) }
    let run = switches.reversed().prefix { $0.type == .autoRenewEnabled }
    return (true, today - (run.last ?? last).day)
  }

  /// Days to the next return of the date of birth.
  var daysToAnniversary: Int? {
    guard let age else { return nil }
    func date(_ day: Int) -> Date { Date(timeIntervalSince1970: Double(Story.midnight(day) / 1_000_000)) }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for years in 1... {
      let birth = date(today - age)
      guard let next = calendar.date(byAdding: .year, value: years, to: birth) else { return nil }
      let days = Int(next.timeIntervalSince(date(today)) / 86_400)
      if days >= 0 { return days }
    }
    return nil
  }

  var channels: Set<String> { Set(last(Self.month, activities).compactMap(\.channel)) }
  func last(_ days: Int, _ records: [Record]) -> [Record] { records.filter { $0.day > today - days } }

  /// The longest run of days that follow each other.
  static func run(_ days: [Int]) -> Int {
    days.map { first in (0...).first { !days.contains(first + $0) } ?? 0 }.max() ?? 0
  }

  var currentStreak: Int {
    let days = Set(activeDays(within: Self.streak))
    let end = days.contains(today) ? today : today - 1
    return (0...).first { !days.contains(end - $0) } ?? 0
  }

  var longestGap: Int {
    let days = activeDays(within: Self.year)
    return zip(days, days.dropFirst()).map { $1 - $0 - 1 }.max() ?? 0
  }

  /// The day by which a payment is on time; nil where nothing says it.
  func due(_ payment: Record) -> Int? {
    if payment.due != nil || payment.bill == nil { return payment.due }
    return all(.billIssued).filter { $0.bill == payment.bill }.map { $0.due ?? $0.day }.max()
  }

  var arrears: Decimal6 {
    let owed = all(.billIssued).filter { ($0.due ?? $0.day) < today }.total
    return max(.zero, owed - payments.total)
  }
}

extension Record {
  var bill: String? { notes["bill_id"]?.text }
  /// The due day, counted from the story's first.
  var due: Int? {
    notes["due_date"]?.text.flatMap { Day($0) }.map { Record.day(Int64($0.number) * Story.dayMicros) }
  }
  var isRoaming: Bool { notes["roaming"] == .flag(true) || notes["roaming"] == .text("true") }

  var channel: String? {
    guard type.isActivity else { return nil }
    if let name = notes["channel"]?.text { return name.lowercased() }
    return switch type {
    case .appInstall, .appLogin, .appFeatureUse: "app"
    case .webLogin: "web"
    case .ussdSession: "ussd"
    default: nil
    }
  }
}

extension [Record] {
  var total: Decimal6 { reduce(.zero) { $0 + ($1.value ?? .zero) } }
}
