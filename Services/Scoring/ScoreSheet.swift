import Contracts
import Wire

/// The score definition in the form that is computed with: the parts of every score.
///
/// A score is a pure function of features, of a day, and of full marks.
struct ScoreSheet: Sendable, Hashable {
  /// By `ScoreName.place`.
  private let rules: [[PartRule]]

  /// The parts and the full marks that a fresh installation begins with; the points of a score are 100.
  static let initial: [ScoreName: [PartRule]] = [
    .engagement: [
      .share(.calls30d, 50, of: 30), .share(.dataMB30d, 5_000, of: 30), .share(.appEvents30d, 20, of: 20),
      .share(.sms30d, 100, of: 10),
      PartRule(
        part: "recency", feature: .daysSinceLastActivity, of: 10, formula: .recency(perDay: 2),
        isConfigured: false),
    ],
    .revenue: [
      .share(.totalRevenue, 1_000, of: 40), .share(.rechargeAmount30d, 200, of: 30),
      .share(.arpu, 50, of: 20),
      .share(.lifetimeValue, 2_000, of: 10),
    ],
    .loyalty: [
      .share(.customerAgeDays, 365, of: 30), .share(.transactionCount, 50, of: 25),
      .share(.activeDays30d, 30, of: 25, as: "consistency"), .share(.onTimePayments365d, 10, of: 20),
    ],
    .risk: [
      PartRule(
        part: Feature.churnProbability.rawValue, feature: .churnProbability, of: 50,
        formula: .share(full: Decimal6(1)), isConfigured: false),
      .share(.daysSinceLastTransaction, 90, of: 30),
      PartRule(
        part: "revenue_decline", feature: .revenuePrev30d, of: 20, formula: .decline, isConfigured: false),
    ],
    .digital: [
      .share(.appLogins30d, 30, of: 40), .share(.featureUses30d, 20, of: 30),
      .share(.contentViews30d, 15, of: 20),
      .share(.webLogins30d, 10, of: 10),
    ],
  ]

  /// A part that the definition does not have keeps its first value.
  init(_ definition: ScoreDefinition) {
    rules = ScoreName.allCases.map { score in
      (Self.initial[score] ?? []).map { first in
        var rule = first
        if rule.isConfigured, let full = definition.fullMarks[score.rawValue]?[rule.part], full > .zero {
          rule.formula = .share(full: full)
        }
        return rule
      }
    }
  }

  /// The number alone.
  func value(_ score: ScoreName, _ features: Features) -> Decimal6 {
    var sum = Decimal6.zero
    for rule in rules[score.place] { sum += rule.result(features).points }
    return sum
  }

  /// The score with its breakdown.
  func score(_ score: ScoreName, _ features: Features) -> Score {
    Score(
      parts: rules[score.place].map { rule in
        let (points, input) = rule.result(features)
        let isKnown = rule.feature == .lifetimeValue ? features.lifetimeValue.isKnown : input != nil
        return ScorePart(
          part: rule.part, input: input.map(FeatureValue.number) ?? .null, points: points, of: rule.of,
          known: isKnown)
      })
  }
}
