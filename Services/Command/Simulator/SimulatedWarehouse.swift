import Contracts
import Wire

/// What the warehouse computes: once a week for a part of the customers.
extension SubscriberDay {
  /// What customers spend in a month by their usage, in whole money.
  private static let monthlySpend = [75, 32, 13, 6]
  private static let churnBase = [0.04, 0.1, 0.2, 0.35]

  func features(_ random: inout SplitMix64) -> [FeedRecord] {
    let isFirst = day.index == max(subscriber.joined, 0)
    guard subscriber.isCovered, day.index >= subscriber.joined,
      isFirst || day.index % 7 == subscriber.number % 7
    else { return [] }
    let churn = churnScore(&random)
    var details: [FeedRecord.Detail] = [
      .init("churn_score", Decimal6(millionths: Int64(churn * 1_000) * 1_000))
    ]
    if subscriber.number.isMultiple(of: 2) {
      let months = (day.index - subscriber.joined) / 30 + 6
      details.append(.init("clv", Decimal6(months * Self.monthlySpend[subscriber.usage.rawValue])))
    }
    if isFirst, subscriber.joined < 0 { details += opening(&random) }
    return [FeedRecord(.featureUpdate, "scores", at: day.start + 3 * Micros.hour, details)]
  }

  /// High from the fading on until three weeks after the return.
  private func churnScore(_ random: inout SplitMix64) -> Double {
    if let silence = subscriber.silence, day.index >= silence.first - silence.fading,
      day.index < (silence.back ?? .max - 21) + 21
    {
      return 0.88 + 0.1 * random.fraction()
    }
    return min(Self.churnBase[subscriber.usage.rawValue] * (0.6 + 0.8 * random.fraction()), 0.6)
  }

  /// What happened before the run.
  private func opening(_ random: inout SplitMix64) -> [FeedRecord.Detail] {
    let months = max(-subscriber.joined / 30, 1)
    let spend = months * Self.monthlySpend[subscriber.usage.rawValue]
    return [
      .init("revenue_to_date", Decimal6(cents: spend * 100 + random.below(100))),
      .init("transactions_to_date", Decimal6(months * 2)),
      .init("tenure_days", Decimal6(-subscriber.joined)),
    ]
  }
}
