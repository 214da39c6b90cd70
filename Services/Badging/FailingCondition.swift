import Contracts
import Rules
import Wire

/// The condition of a badge's criteria that is not met, and how far it is off.
struct FailingCondition: Sendable, Equatable {
  /// Canonical JSONLogic.
  var condition: String
  /// False for a condition that must not hold.
  var wanted: Bool
  var variable: String?
  /// JSON text of the variable's value.
  var actual: String?
  /// For people: `engagement >= 40`.
  var needed: String
  var distance: Decimal6?

  init(_ condition: String, wanted: Bool) {
    self.condition = condition
    self.wanted = wanted
    needed = wanted ? condition : "not \(condition)"
  }

  /// Takes over what a rule says of its failure.
  mutating func take(_ failure: RuleFailure?) {
    guard let failure else { return }
    variable = failure.variable
    actual = failure.actual.json
    needed = failure.needed
    distance = failure.distance
  }

  /// Fills in what Scoring knows of the customer; a condition that Scoring finds met by now stays as it is.
  mutating func explain(by snapshot: Snapshot) {
    guard wanted, variable == nil else { return }
    var names: [String] = []
    let rule = try? Rule(json: condition) { name in
      names.append(name)
      return names.count - 1
    }
    take(rule?.firstFailing { RuleValue(snapshot.value(names[$0])) })
  }

  /// `{"condition", "wanted", "variable", "actual", "needed", "distance"}`.
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("condition", raw: condition.utf8)
      writer.member("wanted", wanted)
      writer.member("variable", optional: variable)
      if let actual { writer.member("actual", raw: actual.utf8) }
      writer.member("needed", needed)
      if let distance { writer.member("distance", distance) }
    }
  }

  /// Reads what `write` wrote.
  init(_ scanner: inout JSONScanner) throws(JSONError) {
    self.init("", wanted: true)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "condition": condition = String(decoding: try scanner.skip(), as: UTF8.self)
      case "wanted": wanted = try scanner.bool()
      case "variable": variable = try scanner.string()
      case "actual": actual = String(decoding: try scanner.skip(), as: UTF8.self)
      case "needed": needed = try scanner.string()
      case "distance": distance = try scanner.decimal()
      default: try scanner.skip()
      }
    }
  }
}

extension RuleValue {
  init(_ value: FeatureValue) {
    switch value {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .number(let number): self = .number(number)
    case .text(let text): self = .string(text)
    }
  }
}
