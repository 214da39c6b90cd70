import Contracts
import Measures
import Wire

/// A customer's features as of a day: an event counts if its day is not after it.
///
/// What nearly every judgement needs is computed at once, the rest when it is asked for.
struct Features: Sendable {
  /// Whole days of the windows, today included.
  enum Window {
    static let week = 7
    static let month = 30
    static let quarter = 90
    static let streak = 92
    static let roaming = 180
    static let year = 365
  }

  /// The unit of `arpu`, and the least and most months over which it is an average.
  private static let arpuMonths = 1...3

  let day: Day
  let history: History
  /// The counters of the last 30 days, and of everything.
  let month: DayTotals
  let life: DayTotals
  let activeDays30d: Int
  /// The earliest ACTIVATION.
  let birth: Day?
  /// Days since birth, or what an update says of it; nil while neither is known.
  let age: Int?
  /// Whole days since the last activity, else since birth.
  let inactive: Int?

  init(_ history: History, asOf day: Day) {
    self.history = history
    self.day = day
    let window = DayWindow(endingOn: day, days: Window.month)
    month = history.days.totals(in: window)
    life = history.days.totals(through: day)
    activeDays30d = history.days.activeDays(in: window)
    birth = history.birth(through: day)
    inactive = (history.days.lastActive(through: day) ?? birth).map { day - $0 }
    if let (update, value) = history.updates.last(.age, through: day) {
      age = value.number.map { Int($0.millionths / Decimal6.one) + (day - update.day) }
    } else {
      age = birth.map { day - $0 }
    }
  }

  func window(_ days: Int) -> DayWindow { DayWindow(endingOn: day, days: days) }
}

/// Money and its balances.
extension Features {
  func recharged(in window: DayWindow) -> Decimal6 {
    history.money.sum(in: window) { $0 == .recharge }.decimal
  }
  func revenue(in window: DayWindow) -> Decimal6 { history.money.sum(in: window).decimal }

  /// The days 31 to 60.
  var before: DayWindow { window(Window.month).earlier(by: 1) }

  /// Whole days since the last transaction, else since birth.
  var idle: Int? { (history.money.last(through: day) ?? birth).map { day - $0 } }

  /// What a balance that an update opens has come to: strictly later transactions add; without an update all.
  private func balance(_ name: SettingName) -> (opening: Int64, later: Money.Sum) {
    guard let (update, value) = history.updates.last(name, through: day) else {
      return (0, history.money.sum(through: day))
    }
    var later = update.later
    later -= history.money.sum(laterThan: update.at, on: update.day, after: day)
    return (value.number?.millionths ?? 0, later)
  }

  var totalRevenue: Decimal6 {
    let (opening, later) = balance(.totalRevenue)
    return Decimal6(millionths: opening &+ later.amount)
  }

  var transactions: Decimal6 {
    let (opening, later) = balance(.transactionCount)
    return Decimal6(millionths: opening &+ later.count &* Decimal6.one)
  }

  /// Revenue of 90 days by the month of age, one to three; of three where the age is not known.
  var arpu: Decimal6 {
    let (least, most) = (Self.arpuMonths.lowerBound * Window.month, Self.arpuMonths.upperBound * Window.month)
    let days = min(max(age ?? most, least), most)
    let revenue = revenue(in: window(Window.quarter))
    return revenue.scaled(by: Decimal6(Window.month), over: Decimal6(days)) ?? revenue
  }

  /// What is owed for bills whose due day has passed.
  var arrears: Decimal6 {
    let paid = history.money.sum(through: day) { $0 == .payment }.amount
    return Decimal6(millionths: max(0, history.payments.owed(before: day) &- paid))
  }
}

/// Registers.
extension Features {
  /// The probability that an update of the last 30 days says.
  var churn: Decimal6? {
    guard let (update, value) = history.updates.last(.churn, through: day),
      window(Window.month).contains(update.day)
    else { return nil }
    return value.number
  }

  /// An update's, and whether it is of the last 30 days; else the total revenue, which is always known.
  var lifetimeValue: (value: Decimal6, isKnown: Bool) {
    guard let (update, value) = history.updates.last(.lifetimeValue, through: day),
      let number = value.number
    else { return (totalRevenue, true) }
    return (number, window(Window.month).contains(update.day))
  }

  func setting(_ name: SettingName) -> FeatureValue {
    history.updates.last(name, through: day)?.value ?? .null
  }

  /// Days since the subscription renews by itself; 0 while it does not, nil where nothing is known.
  var renewalDays: Int? {
    history.updates.renewal(through: day).map { $0.isOn ? day - $0.since : 0 }
  }

  /// Days until the next return of the date on which the account was born, 0 on it.
  var daysToAnniversary: Int? {
    // An update outranks ACTIVATION.
    guard let age, age >= 0 else { return nil }
    let birth = day - age
    var years = max(1, day.year - birth.year)
    if birth.adding(months: 12 * years) < day { years += 1 }
    return birth.adding(months: 12 * years) - day
  }

  var attributes: [String: FeatureValue] { history.updates.attributes(through: day) }
}
