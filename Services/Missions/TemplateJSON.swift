import Contracts
import Wire

/// A template as the API shows it: its rules are JSON, not text; its id is its slug.
enum TemplateJSON {
  static func write(_ template: MissionTemplate, _ writer: inout JSONWriter) {
    writer.object { members(template, &$0) }
  }

  static func members(_ template: MissionTemplate, _ writer: inout JSONWriter) {
    writer.member("id", template.slug)
    writer.member("slug", template.slug)
    writer.member("version", template.version)
    writer.member("origin", template.origin.rawValue)
    writer.member("template_name", template.templateName)
    writer.member("description", template.description)
    writer.member("category", template.category.rawValue)
    writer.member("metric", template.metric)
    writer.key("threshold")
    threshold(template.threshold, &writer)
    writer.member("period", template.period.rawValue)
    writer.member("period_days", optional: template.periodDays)
    writer.key("reward_config")
    template.rewardConfig.write(&writer)
    writer.key("generation_rules")
    writer.object { writer in
      for (name, limit) in template.generationRules.sorted(by: { $0.key < $1.key }) {
        writer.key(text: name)
        writer.decimal(limit)
      }
    }
    writer.member("eligibility_rules", raw: (template.eligibilityRules ?? "null").utf8)
    writer.member("priority", template.priority)
    writer.member("is_active", template.isActive)
  }

  private static func threshold(_ threshold: MissionTemplate.Threshold, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("value", threshold.value)
      writer.member("operator", threshold.operator)
      writer.member("personalize", threshold.personalize)
      if let min = threshold.min { writer.member("min", min) }
      if let max = threshold.max { writer.member("max", max) }
      if let step = threshold.step { writer.member("step", step) }
      if let amount = threshold.amount { writer.member("amount", amount) }
    }
  }
}
