import Contracts
import Wire

extension MissionTemplate {
  func pack(_ writer: inout PackedWriter) {
    writer.text(slug)
    writer.count(version)
    writer.text(templateName)
    writer.text(description)
    writer.text(category.rawValue)
    writer.text(metric)
    threshold.pack(&writer)
    writer.text(period.rawValue)
    writer.optional(periodDays) { $0.count($1) }
    rewardConfig.pack(&writer)
    writer.array(generationRules.sorted { $0.key < $1.key }) { writer, rule in
      writer.text(rule.key)
      writer.decimal(rule.value)
    }
    writer.optional(eligibilityRules) { $0.text($1) }
    writer.signed(Int64(priority))
    writer.bool(isActive)
    writer.text(origin.rawValue)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    self.init(
      slug: try reader.text(), version: try reader.number(), templateName: try reader.text(),
      description: try reader.text(), category: try reader.name(Category.init(rawValue:)),
      metric: try reader.text(), threshold: try Threshold(&reader),
      period: try reader.name(Period.init(rawValue:)),
      periodDays: try reader.optional { (reader) throws(PackedError) in try reader.number() },
      rewardConfig: try Reward(&reader), priority: 0)
    for _ in 0..<(try reader.count()) { generationRules[try reader.text()] = try reader.decimal() }
    eligibilityRules = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    priority = Int(try reader.signed())
    isActive = try reader.bool()
    origin = try reader.name(Origin.init(rawValue:))
  }
}

extension MissionTemplate.Threshold {
  func pack(_ writer: inout PackedWriter) {
    writer.decimal(value)
    writer.text(`operator`)
    writer.bool(personalize)
    for bound in [min, max, step] { writer.optional(bound) { $0.decimal($1) } }
    writer.optional(amount) { $0.text($1) }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    self.init(value: try reader.decimal(), operator: try reader.text(), personalize: try reader.bool())
    min = try reader.optional { (reader) throws(PackedError) in try reader.decimal() }
    max = try reader.optional { (reader) throws(PackedError) in try reader.decimal() }
    step = try reader.optional { (reader) throws(PackedError) in try reader.decimal() }
    amount = try reader.optional { (reader) throws(PackedError) in try reader.text() }
  }
}
