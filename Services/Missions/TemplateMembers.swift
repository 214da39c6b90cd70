import Contracts
import Wire

/// Reads members of a template's JSON text into a template: a whole definition, or an operator's changes.
///
/// Objects inside (`threshold`, `reward_config`) are merged member by member, `generation_rules` as well;
/// null takes an optional member away. A member that is unknown or may not be changed is refused by its name.
struct TemplateMembers {
  /// Whether what identifies a template may be set: only in a whole definition.
  let isWhole: Bool
  private(set) var template: MissionTemplate

  /// A whole definition, checked.
  static func definition(_ text: ArraySlice<UInt8>) throws(WireError) -> MissionTemplate {
    let blank = MissionTemplate(
      slug: "", templateName: "", description: "", category: .engagement, metric: "",
      threshold: .init(value: .zero), period: .weekly, rewardConfig: Reward(points: 0), priority: 0)
    return try TemplateMembers(isWhole: true, template: blank).reading(text)
  }

  /// A template with an operator's changes, checked; its version and origin are the caller's matter.
  static func changes(_ text: ArraySlice<UInt8>, to template: MissionTemplate) throws(WireError)
    -> MissionTemplate
  {
    try TemplateMembers(isWhole: false, template: template).reading(text)
  }

  private func reading(_ text: ArraySlice<UInt8>) throws(WireError) -> MissionTemplate {
    var members = self
    try Payload.read(text) { key, scanner in try members.take(key, &scanner) }
    try TemplateCheck.check(members.template)
    return members.template
  }

  private mutating func take(_ key: JSONKey, _ scanner: inout JSONScanner) throws {
    switch key {
    case "template_name": template.templateName = try scanner.string()
    case "description": template.description = try scanner.string()
    case "threshold": try Payload.members("threshold", &scanner) { try threshold($0, &$1) }
    case "period": template.period = try Payload.name("period", &scanner)
    case "period_days": template.periodDays = try scanner.takeNull() ? nil : Int(try scanner.integer())
    case "reward_config": try Payload.members("reward_config", &scanner) { try reward($0, &$1) }
    case "generation_rules":
      try Payload.members("generation_rules", &scanner) { key, scanner in
        template.generationRules[key.description] = try scanner.takeNull() ? nil : try scanner.decimal()
      }
    case "eligibility_rules":
      template.eligibilityRules =
        try scanner.takeNull() ? nil : String(decoding: try scanner.skip(), as: UTF8.self)
    case "priority": template.priority = Int(try scanner.integer())
    case "is_active": template.isActive = try scanner.bool()
    case "slug" where isWhole: template.slug = try scanner.string()
    case "category" where isWhole: template.category = try Payload.name("category", &scanner)
    case "metric" where isWhole: template.metric = try scanner.string()
    case "id", "slug", "category", "metric", "version", "origin":
      throw WireError.invalid("'\(key)' of a template cannot be changed")
    default: throw WireError.invalid("'\(key)' is not a member of a template")
    }
  }

  private mutating func threshold(_ key: JSONKey, _ scanner: inout JSONScanner) throws {
    switch key {
    case "value": template.threshold.value = try scanner.decimal()
    case "operator": template.threshold.operator = try scanner.string()
    case "personalize": template.threshold.personalize = try scanner.bool()
    case "min": template.threshold.min = try scanner.takeNull() ? nil : try scanner.decimal()
    case "max": template.threshold.max = try scanner.takeNull() ? nil : try scanner.decimal()
    case "step": template.threshold.step = try scanner.takeNull() ? nil : try scanner.decimal()
    case "amount": template.threshold.amount = try scanner.optionalString()
    default: throw WireError.invalid("'threshold.\(key)' is not a member of a template")
    }
  }

  private mutating func reward(_ key: JSONKey, _ scanner: inout JSONScanner) throws {
    switch key {
    case "points": template.rewardConfig.points = Int(try scanner.integer())
    case "badge_type": template.rewardConfig.badgeType = try scanner.optionalString()
    case "badge_level": template.rewardConfig.badgeLevel = try scanner.optionalString()
    case "offer_id": template.rewardConfig.offerId = try scanner.optionalString()
    default: throw WireError.invalid("'reward_config.\(key)' is not a member of a template")
    }
  }
}
