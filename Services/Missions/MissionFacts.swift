import Contracts
import Wire

/// What was fixed when a mission was made; later edits of its template leave it alone.
struct MissionFacts: Sendable, Equatable {
  /// The number of its `generated` outcome, from which its id is made.
  var number: Int64
  var customer: String
  var template: String
  var templateVersion: Int
  var name: String
  var description: String
  var category: MissionTemplate.Category
  /// The customer's average of the metric, when the target stands on one.
  var baseline: Decimal6?
  var reward: Reward
  /// Made by the rules, not by an operator.
  var isDynamic: Bool
  /// The numbers behind the target, in a sentence.
  var explanation: String

  init(
    number: Int64, customer: String, template: MissionTemplate, target: PersonalTarget, isDynamic: Bool = true
  ) {
    self.number = number
    self.customer = customer
    self.template = template.slug
    templateVersion = template.version
    name = template.templateName
    description = template.description
    category = template.category
    baseline = target.baseline
    reward = template.rewardConfig
    self.isDynamic = isDynamic
    explanation = target.explanation
  }
}

extension MissionFacts {
  func pack(_ writer: inout PackedWriter) {
    writer.signed(number)
    writer.text(customer)
    writer.text(template)
    writer.count(templateVersion)
    writer.text(name)
    writer.text(description)
    writer.text(category.rawValue)
    writer.optional(baseline) { $0.decimal($1) }
    reward.pack(&writer)
    writer.bool(isDynamic)
    writer.text(explanation)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    number = try reader.signed()
    customer = try reader.text()
    template = try reader.text()
    templateVersion = try reader.number()
    name = try reader.text()
    description = try reader.text()
    category = try reader.name(MissionTemplate.Category.init(rawValue:))
    baseline = try reader.optional { (reader) throws(PackedError) in try reader.decimal() }
    reward = try Reward(&reader)
    isDynamic = try reader.bool()
    explanation = try reader.text()
  }
}

/// A mission's own row: its facts, and once its window is over its course, which the customer had till then.
struct MissionRecord: Sendable, Equatable {
  var facts: MissionFacts
  var course: Course?

  func pack(_ writer: inout PackedWriter) {
    facts.pack(&writer)
    writer.optional(course) { $1.pack(&$0) }
  }

  init(facts: MissionFacts, course: Course? = nil) {
    self.facts = facts
    self.course = course
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    facts = try MissionFacts(&reader)
    course = try reader.optional { (reader) throws(PackedError) in try Course(&reader) }
  }
}

/// Ids of missions: `m-<partition>-<number of the generated outcome>`.
enum MissionID {
  static func text(_ partition: Int, _ number: Int64) -> String { "m-\(partition)-\(number)" }

  /// Partition and number; nil when it is no mission's id.
  static func parts(_ id: String) -> (partition: Int, number: Int64)? {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "m", let partition = Int(parts[1]), let number = Int64(parts[2]),
      partition >= 0, number > 0
    else { return nil }
    return (partition, number)
  }
}
