import Contracts
import Measures
import Wire

/// A mission's target for one customer, and the numbers behind it (domain.md 5 "Personal target").
struct PersonalTarget: Sendable, Equatable {
  var value: Decimal6
  /// The customer's average that it stands on; nil where there is none, or none is asked for.
  var baseline: Decimal6?
  var explanation: String
}

extension PersonalTarget {
  /// The target of a template for a snapshot's customer.
  static func make(_ template: MissionTemplate, _ metric: Metric, _ snapshot: Snapshot) -> PersonalTarget {
    if let name = template.threshold.amount, let amount = snapshot.amount(name) {
      let value = min(amount, TemplateCheck.targetMax)
      return PersonalTarget(
        value: value,
        explanation:
          "What is open is the target: \(value) \(metric.noun(value)) within \(template.days) days.")
    }
    guard template.threshold.personalize else {
      let value = template.threshold.value
      return PersonalTarget(
        value: value,
        explanation: "Everybody's target is \(value) \(metric.noun(value)) within \(template.days) days.")
    }
    let raw = wish(template, metric, snapshot)
    let bounds = bounds(template.threshold, daysMax: metric.countsDays ? template.days : nil)
    let rounded = raw.value.roundedUp(to: template.threshold.step ?? Decimal6(1))
    let value = min(max(rounded, bounds.min), bounds.max)
    var text = raw.text
    if rounded != raw.value { text += ", rounded up to \(rounded)" }
    if value > rounded { text += ", and \(value) is the least for this mission" }
    if value < rounded { text += ", and \(value) is the most for this mission" }
    return PersonalTarget(value: value, baseline: raw.baseline, explanation: text + ".")
  }

  private struct Wish {
    var value: Decimal6
    var baseline: Decimal6?
    var text: String
  }

  private static func wish(_ template: MissionTemplate, _ metric: Metric, _ snapshot: Snapshot) -> Wish {
    let baseline = snapshot.baselines[template.metric]?[template.period.rawValue]
    guard let baseline, baseline.periods > 0 else { return usual(template, metric, snapshot) }
    let stretch = stretch(of: template.category)
    let value = baseline.average.times(stretch)
    let span = baseline.periods == 1 ? "full period" : "\(baseline.periods) full periods"
    let text =
      "You averaged \(baseline.average) \(metric.noun(baseline.average)) over your last \(span) of "
      + "\(template.days) days; times \(stretch) that is \(value)"
    return Wish(value: value, baseline: baseline.average, text: text)
  }

  private static func usual(_ template: MissionTemplate, _ metric: Metric, _ snapshot: Snapshot) -> Wish {
    let (factor, reason) = factor(template.category, snapshot)
    let value = template.threshold.value
    let start = "There is no full period of \(template.days) days to go by yet, so it is the usual \(value)"
    guard factor != Decimal6(1) else { return Wish(value: value, text: "\(start) \(metric.noun(value))") }
    let product = value.times(factor)
    return Wish(
      value: product, text: "\(start) \(metric.noun(value)) times \(factor) (\(reason)), which is \(product)")
  }

  private static func stretch(of category: MissionTemplate.Category) -> Decimal6 {
    switch category {
    case .engagement: .engagementStretch
    case .revenue: .revenueStretch
    case .correction: .correctionStretch
    case .onboarding, .loyalty: Decimal6(1)
    }
  }

  /// What the usual value is multiplied by where there is no average; an unknown score counts as 0.
  private static func factor(
    _ category: MissionTemplate.Category, _ snapshot: Snapshot
  ) -> (factor: Decimal6, reason: String) {
    switch category {
    case .engagement:
      let score = snapshot.score("engagement")
      return score < .lowEngagement ? (.lowEngagementFactor, "engagement score \(score)") : (Decimal6(1), "")
    case .revenue:
      let score = snapshot.score("revenue")
      return (score < .lowRevenue ? .lowRevenueFactor : .highRevenueFactor, "revenue score \(score)")
    case .correction: return (.correctionStretch, "to make coming back easy")
    case .onboarding, .loyalty: return (Decimal6(1), "")
    }
  }

  /// The least and the most: as given, else half and three times the value, rounded up to the step.
  static func bounds(
    _ threshold: MissionTemplate.Threshold, daysMax: Int? = nil
  ) -> (min: Decimal6, max: Decimal6) {
    let step = threshold.step ?? Decimal6(1)
    var most = threshold.max ?? threshold.value.times(Decimal6(3)).roundedUp(to: step)
    var least = threshold.min ?? threshold.value.times(.half).roundedUp(to: step)
    if let daysMax {
      most = min(most, Decimal6(daysMax))
      least = min(least, most)
    }
    return (least, most)
  }
}

extension Decimal6 {
  static let half = Decimal6(millionths: 500_000)
  static let engagementStretch = Decimal6(millionths: 1_200_000)
  static let revenueStretch = Decimal6(millionths: 1_150_000)
  static let correctionStretch = Decimal6(millionths: 600_000)
  /// Below this engagement score the usual value is lowered.
  static let lowEngagement = Decimal6(30)
  static let lowEngagementFactor = Decimal6(millionths: 700_000)
  /// Below this revenue score the usual value is lowered, otherwise raised.
  static let lowRevenue = Decimal6(40)
  static let lowRevenueFactor = Decimal6(millionths: 800_000)
  static let highRevenueFactor = Decimal6(millionths: 1_200_000)

  /// The product, rounded to six places; what does not fit is the largest target there is.
  func times(_ factor: Decimal6) -> Decimal6 {
    scaled(by: factor, over: Decimal6(1)) ?? TemplateCheck.targetMax
  }

  /// The smallest multiple of a step that is not below this; a step of 0 or less rounds nothing.
  func roundedUp(to step: Decimal6) -> Decimal6 {
    guard step.millionths > 0 else { return self }
    let (quotient, rest) = millionths.quotientAndRemainder(dividingBy: step.millionths)
    let (product, overflow) = (quotient + (rest > 0 ? 1 : 0)).multipliedReportingOverflow(by: step.millionths)
    return overflow ? self : Decimal6(millionths: product)
  }
}

extension Snapshot {
  /// A number above 0 by its name; nil for anything else.
  func amount(_ name: String) -> Decimal6? {
    if case .number(let value) = value(name), value > .zero { return value }
    return nil
  }

  /// A score's value; an unknown one counts as 0.
  func score(_ name: String) -> Decimal6 {
    if case .number(let value)? = scores[name] { return value }
    return .zero
  }
}
