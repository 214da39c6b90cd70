import Contracts
import Rules

/// The variables of rules that Scoring owns, and the places under which their values are asked for.
///
/// Owned is every name but Badging's counts of completed missions: scores, features, `known.<name>`, and any
/// other name as an attribute of the customer, null while nothing has set it.
enum Variables {
  /// Names that begin so are counted by Badging.
  static let foreignPrefix = "missions_completed."
  static let knownPrefix = "known."

  /// Attributes are not kept yet: they are null, and not known.
  private static let attribute = -1
  private static let knownAttribute = -2
  private static let foreign = -3
  /// The place of `known.<name>` lies so far behind that of the name.
  private static let knownOffset = 1_000

  private static let scores = [Engagement.name]
  private static let features = Feature.allCases
  private static let slots: [String: Int] = {
    let names = scores + features.map(\.rawValue)
    return Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
  }()

  static func owns(_ name: String) -> Bool { !name.hasPrefix(foreignPrefix) }

  /// The place of a name; every name has one.
  static func slot(_ name: String) -> Int? {
    if !owns(name) { return foreign }
    if let slot = slots[name] { return slot }
    guard name.hasPrefix(knownPrefix) else { return attribute }
    return slots[String(name.dropFirst(knownPrefix.count))].map { $0 + knownOffset } ?? knownAttribute
  }

  /// The value of a place in an assessment.
  static func value(_ slot: Int, _ assessment: Assessment) -> RuleValue {
    switch slot {
    case 0..<scores.count: .number(assessment.engagementValue)
    case scores.count..<(scores.count + features.count):
      assessment.features.value(features[slot - scores.count]).ruleValue
    case knownOffset..<(knownOffset + scores.count): .bool(true)
    case (knownOffset + scores.count)..<(knownOffset + scores.count + features.count):
      .bool(assessment.features.value(features[slot - knownOffset - scores.count]) != .null)
    case knownAttribute: .bool(false)
    default: .null
    }
  }
}

extension FeatureValue {
  /// The value as rules see it.
  var ruleValue: RuleValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    }
  }
}
