import Contracts
import Wire

/// What a template must keep to.
enum TemplateCheck {
  /// Points of one reward.
  static let pointsMax = 1_000_000
  static let priorityRange = 0...100
  /// Days of a custom period.
  static let periodDaysRange = 1...400
  /// The largest target (in the metric's unit); products with the factors stay far inside a decimal's range.
  static let targetMax = Decimal6(1_000_000_000)
  /// Bytes of a slug, a name, a description.
  static let slugBytesMax = 64
  static let nameBytesMax = 200
  static let descriptionBytesMax = 2_000

  /// Throws `invalid_argument` that names the first field at fault.
  static func check(_ template: MissionTemplate) throws(WireError) {
    try texts(template)
    try threshold(template.threshold)
    try reward(template.rewardConfig)
    try require(
      priorityRange.contains(template.priority), "priority", "a number from 0 to \(priorityRange.upperBound)")
    if template.period == .custom {
      try require(
        template.periodDays.map(periodDaysRange.contains) ?? false, "period_days",
        "with the period custom, a number from 1 to \(periodDaysRange.upperBound)")
    } else {
      try require(template.periodDays == nil, "period_days", "left out unless the period is custom")
    }
    _ = try CompiledTemplate(template)
  }

  private static func texts(_ template: MissionTemplate) throws(WireError) {
    let slug = template.slug.utf8
    let isPlain = slug.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
    try require(
      isPlain && (1...slugBytesMax).contains(slug.count), "slug",
      "1 to \(slugBytesMax) of the characters a-z, 0-9, _ and -")
    try require(
      (1...nameBytesMax).contains(template.templateName.utf8.count), "template_name",
      "a text of 1 to \(nameBytesMax) bytes")
    try require(
      template.description.utf8.count <= descriptionBytesMax, "description",
      "a text of at most \(descriptionBytesMax) bytes")
    try require(!template.metric.isEmpty, "metric", "the name of what is counted")
  }

  private static func threshold(_ threshold: MissionTemplate.Threshold) throws(WireError) {
    func isTarget(_ value: Decimal6) -> Bool { value > .zero && value <= targetMax }
    let range = "above 0 and at most \(targetMax)"
    try require(isTarget(threshold.value), "threshold.value", range)
    try require(threshold.operator == ">=", "threshold.operator", "'>='")
    try require(threshold.min.map(isTarget) ?? true, "threshold.min", range)
    try require(threshold.max.map(isTarget) ?? true, "threshold.max", range)
    try require(threshold.step.map(isTarget) ?? true, "threshold.step", range)
    try require(
      threshold.amount.map { !$0.isEmpty && !threshold.personalize } ?? true, "threshold.amount",
      "the name of a score, feature or attribute, without personalize")
    let bounds = PersonalTarget.bounds(threshold)
    try require(
      bounds.min <= bounds.max, "threshold.max", "not below the least target, which is \(bounds.min)")
  }

  private static func reward(_ reward: Reward) throws(WireError) {
    try require(
      (0...pointsMax).contains(reward.points), "reward_config.points", "a number from 0 to \(pointsMax)")
    try require(
      reward.badgeLevel.map { BadgeDefinition.Level(rawValue: $0) != nil } ?? true,
      "reward_config.badge_level",
      "one of \(BadgeDefinition.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    try require(
      (reward.badgeType == nil) == (reward.badgeLevel == nil), "reward_config.badge_type",
      "given together with badge_level")
  }

  private static func require(_ holds: Bool, _ field: String, _ rule: String) throws(WireError) {
    if !holds { throw .invalid("'\(field)' must be \(rule)") }
  }
}
