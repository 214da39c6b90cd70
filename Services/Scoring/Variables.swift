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

  private static let foreign = -1
  /// The places of the attributes of a rule, in the order in which it names them.
  private static let attributes = 2_000
  /// The place of `known.<name>` lies so far behind that of the name.
  private static let knownOffset = 1_000_000

  private static let scores = ScoreName.allCases
  private static let features = Feature.allCases
  private static let slots: [String: Int] = {
    let names = scores.map(\.rawValue) + features.map(\.rawValue)
    let slots = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    let long = scores.map { ($0.rawValue + Snapshot.scoreSuffix, $0.place) }
    return slots.merging(long) { first, _ in first }
  }()

  static func owns(_ name: String) -> Bool { !name.hasPrefix(foreignPrefix) }

  /// Compiles a rule, and gives the names of the attributes in it in the order of their places.
  static func compile(_ json: String) throws(RuleError) -> (rule: Rule, attributes: [String]) {
    var names: [String] = []
    let rule = try Rule(json: json) { slot($0, &names) }
    return (rule, names)
  }

  /// The place of a name; every name has one.
  private static func slot(_ name: String, _ attributes: inout [String]) -> Int {
    if !owns(name) { return foreign }
    guard name.hasPrefix(knownPrefix) else { return place(name, &attributes) }
    return knownOffset + place(String(name.dropFirst(knownPrefix.count)), &attributes)
  }

  private static func place(_ name: String, _ attributes: inout [String]) -> Int {
    if let slot = slots[name] { return slot }
    if let place = attributes.firstIndex(of: name) { return Self.attributes + place }
    attributes.append(name)
    return Self.attributes + attributes.count - 1
  }

  /// The value of a place in an assessment.
  static func value(_ slot: Int, _ names: [String], _ assessment: Assessment) -> RuleValue {
    if slot < 0 { return .null }
    if slot >= knownOffset { return .bool(isKnown(slot - knownOffset, names, assessment)) }
    if slot < scores.count { return .number(assessment.value(scores[slot])) }
    if slot < scores.count + features.count {
      let feature = features[slot - scores.count]
      return assessment.features.value(feature).ruleValue
    }
    guard names.indices.contains(slot - attributes) else { return .null }
    return assessment.features.setting(.named(names[slot - attributes])).ruleValue
  }

  /// A lifetime value of long ago is used, but not known; all else is known if it is not null.
  private static func isKnown(_ slot: Int, _ names: [String], _ assessment: Assessment) -> Bool {
    if slot == lifetimeValue { return assessment.features.lifetimeValue.isKnown }
    return value(slot, names, assessment) != .null
  }

  private static let lifetimeValue = slots[Feature.lifetimeValue.rawValue]
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
