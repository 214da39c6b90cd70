import Contracts
import Wire

/// The customer's relation to the operator: what the CRM records.
extension SubscriberDay {
  /// Who was there before the run is told of on its first day, with the day of long ago.
  func relations(_ random: inout SplitMix64) -> [FeedRecord] {
    var records = beginning(&random)
    records += status(&random)
    guard isPresent else { return records }
    if subscriber.completion == day.index - max(subscriber.joined, 0) {
      records.append(profile(100, &random))
    }
    if subscriber.upgrade == day.index {
      records.append(plan(.premium, direction: "upgrade", at: moment(&random)))
    } else if random.chance(0.0004) {
      records.append(plan(.basic, direction: "downgrade", at: moment(&random)))
    }
    if subscriber.referralPause > 0, random.chance(1 / Double(subscriber.referralPause)) {
      records.append(FeedRecord(.referral, "referral", at: moment(&random), [.init("channel", "App")]))
    }
    if random.chance(0.004) {
      let answer = Decimal6(random.below(11))
      records.append(
        FeedRecord(.custom, "survey", at: moment(&random), amount: answer, [.init("name", "nps")]))
    }
    return records
  }

  private func beginning(_ random: inout SplitMix64) -> [FeedRecord] {
    guard day.index == max(subscriber.joined, 0) else { return [] }
    let birth =
      subscriber.joined < 0
      ? day.start + Int64(subscriber.joined) * Micros.day + 12 * Micros.hour
      : day.start + 6 * Micros.hour + Int64(random.below(3_600)) * Micros.second
    var records: [FeedRecord] = []
    if subscriber.hasActivation {
      let number = "4916\(10_000_000 + subscriber.number)"
      records.append(FeedRecord(.activation, "activation", at: birth, [.init("msisdn", number)]))
    }
    records.append(plan(subscriber.tier, direction: nil, at: birth))
    records.append(profile(subscriber.profile, &random))
    return records
  }

  private func plan(_ tier: Subscriber.Tier, direction: String?, at: Int64) -> FeedRecord {
    let cents = [Subscriber.Tier.basic: 1_500, .standard: 2_900, .premium: 5_900][tier] ?? 0
    var record = FeedRecord(
      .planChange, "plan_change", at: at, amount: Decimal6(cents: cents),
      [.init("plan", "\(tier.rawValue)-2026"), .init("tier", tier.rawValue)])
    if let direction { record.add("direction", .text(direction)) }
    return record
  }

  /// A few live in another zone than the operator.
  private func profile(_ completeness: Int, _ random: inout SplitMix64) -> FeedRecord {
    var record = FeedRecord(
      .profileUpdate, "profile_update", at: moment(&random), amount: Decimal6(completeness),
      [.init("language", subscriber.number.isMultiple(of: 3) ? "de" : "en")])
    if subscriber.number % 50 == 7 { record.add("time_zone", .text("Europe/Lisbon")) }
    return record
  }

  private func status(_ random: inout SplitMix64) -> [FeedRecord] {
    guard let silence = subscriber.silence else { return [] }
    let status: String? =
      switch day.index {
      case silence.first + 20: "dormant"
      case silence.back: "active"
      default: nil
      }
    guard let status, day.index >= subscriber.joined else { return [] }
    return [FeedRecord(.statusChange, "status_change", at: moment(&random), [.init("status", status)])]
  }
}
