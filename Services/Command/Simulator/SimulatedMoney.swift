import Contracts
import Wire

/// Recharges, bundles and the renewing of bundles: what the billing system records besides bills.
extension SubscriberDay {
  /// Days between two recharges of a prepaid customer.
  private static let rechargePause = [5.0, 9, 16, 30]
  /// Amounts that are recharged, in cents.
  private static let rechargeCents = [
    [2_000, 3_000, 5_000, 10_000], [1_000, 1_500, 2_500, 5_000], [500, 1_000, 1_500], [500, 1_000],
  ]
  /// Days between two bundles.
  private static let bundlePause = [14.0, 25, 45, 120]
  private static let bundles = [
    ("data-2gb", 799), ("data-10gb", 1_999), ("voice-100", 499), ("weekend", 299),
  ]
  /// Of a hundred bundles of heavy users, so many are for a whole year.
  private static let yearShare = 0.12
  private static let yearCents = 12_000

  func money(_ random: inout SplitMix64) -> [FeedRecord] {
    var records = renewal(&random)
    guard isPresent else { return records }
    let usage = subscriber.usage.rawValue
    let isBack = subscriber.silence?.back.map { day.index == $0 + 8 } == true
    if !subscriber.isPostpaid, isBack || random.chance(level / Self.rechargePause[usage]) {
      let amounts = Self.rechargeCents[usage]
      let amount = Decimal6(cents: amounts[random.below(amounts.count)])
      let isTopUp = random.chance(0.2)
      records.append(
        paid(isTopUp ? .topUp : .recharge, isTopUp ? "top_up" : "recharge", amount, &random))
    }
    if random.chance(level / Self.bundlePause[usage]) { records.append(bundle(&random)) }
    return records
  }

  private func bundle(_ random: inout SplitMix64) -> FeedRecord {
    let isYear = subscriber.usage == .heavy && random.chance(Self.yearShare)
    let (product, cents) =
      isYear ? ("year-100gb", Self.yearCents) : Self.bundles[random.below(Self.bundles.count)]
    var record = paid(.bundlePurchase, "bundle", Decimal6(cents: cents), &random)
    record.add("product", .text(product))
    return record
  }

  private func paid(
    _ type: EventType, _ kind: String, _ amount: Decimal6, _ random: inout SplitMix64
  ) -> FeedRecord {
    let usesApp = subscriber.app != .none
    let channel = ["App", "Web", "USSD", "Retail"][
      random.pick(usesApp ? [50, 20, 15, 15] : [0, 20, 40, 40])]
    return FeedRecord(type, kind, at: moment(&random), amount: amount, [.init("channel", channel)])
  }

  /// Switched on on its day, or, when that was before the run, told of on the first day; some switch it off.
  private func renewal(_ random: inout SplitMix64) -> [FeedRecord] {
    guard let since = subscriber.autoRenew else { return [] }
    if since == day.index || day.index == 0 && since < 0 {
      let at = since < 0 ? day.start + Int64(since) * Micros.day + 12 * Micros.hour : moment(&random)
      return [FeedRecord(.autoRenewEnabled, "auto_renew_on", at: at)]
    }
    guard day.index > max(since, 0), isPresent, random.chance(0.002) else { return [] }
    return [FeedRecord(.autoRenewDisabled, "auto_renew_off", at: moment(&random))]
  }
}

/// Bills of post-paid customers: one a month for the plan, for some another one for a device.
extension SubscriberDay {
  /// Days after its issue that a bill is due.
  private static let dueDays = 14
  private static let planCents = [Subscriber.Tier.basic: 1_500, .standard: 2_900, .premium: 5_900]
  private static let deviceCents = 1_990

  private var series: Range<Int> { subscriber.isPostpaid ? 0..<(subscriber.paysDevice ? 2 : 1) : 0..<0 }

  /// A bill as it was issued some days ago.
  private struct Bill {
    let id: String
    /// Counted from the run's first day.
    let issued: Int
    let amount: Decimal6
    let due: Day
    /// Days until it is paid; nil for never.
    let delay: Int?
  }

  /// The bills issued and those paid today.
  func bills() -> [FeedRecord] {
    var records: [FeedRecord] = []
    for number in series {
      guard let bill = lastBill(number, upTo: day.index) else { continue }
      if bill.issued == day.index {
        records.append(
          FeedRecord(
            .billIssued, "bill", at: day.start + 6 * Micros.hour, amount: bill.amount,
            [.init("bill", bill.id), .init("due", bill.due.description)]))
      } else if isPresent, bill.delay == day.index - bill.issued {
        records.append(
          FeedRecord(
            .billPaid, "bill_paid", at: day.start + 10 * Micros.hour, amount: bill.amount,
            [.init("bill", bill.id), .init("due", bill.due.description), .init("channel", "Bank")]))
      }
    }
    return records
  }

  /// Some days after a silence all is paid that came meanwhile.
  func arrears() -> [FeedRecord] {
    guard let silence = subscriber.silence, let back = silence.back, day.index == back + 5 else { return [] }
    var sum = Decimal6.zero
    for number in series {
      for index in max(silence.first - Self.billDays, 0)..<back {
        guard let bill = lastBill(number, upTo: index), bill.issued == index else { continue }
        let paid = bill.delay.map { index + $0 }
        if paid == nil || silence.holds(paid ?? 0) { sum += bill.amount }
      }
    }
    guard sum > .zero else { return [] }
    return [
      FeedRecord(
        .payment, "payment", at: day.start + 10 * Micros.hour, amount: sum, [.init("channel", "Bank")])
    ]
  }

  /// No month has more days between two bills.
  private static let billDays = 31

  /// The latest bill of a series on some day of the run; nil when it would be of before the run or contract.
  private func lastBill(_ number: Int, upTo index: Int) -> Bill? {
    let date = day.date + (index - day.index)
    let monthDay = 1 + (subscriber.number * 7 + number * 14) % 28
    let thisMonth = date - (date.day - monthDay)
    let issuedOn = thisMonth <= date ? thisMonth : thisMonth.adding(months: -1)
    let issued = index - (date - issuedOn)
    guard issued >= 0, issued > subscriber.joined else { return nil }
    var random = SplitMix64(seed: subscriber.seed, subscriber.number, issued, 100 + number)
    let extra = Decimal6(cents: number == 0 ? random.below(900) : 0)
    let base = number == 0 ? Self.planCents[subscriber.tier] ?? 0 : Self.deviceCents
    return Bill(
      id: "\(subscriber.id)-\(number)-\(issuedOn)", issued: issued, amount: Decimal6(cents: base) + extra,
      due: issuedOn + Self.dueDays, delay: delay(&random))
  }

  private func delay(_ random: inout SplitMix64) -> Int? {
    switch subscriber.payer {
    case .punctual: 2 + random.below(11)
    case .late: 10 + random.below(17)
    case .forgetful: random.chance(0.5) ? 12 + random.below(14) : nil
    }
  }
}
