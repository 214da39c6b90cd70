import Wire

/// Why a rule does not hold: its first condition that fails, and how far it is off.
public struct RuleFailure: Sendable, Hashable {
  /// The failing part's canonical text.
  public let condition: String
  /// The variable that it is about; nil when it is about none or several.
  public let variable: String?
  /// What the variable (or, without one, the condition) is now.
  public let actual: RuleValue
  /// What would do, for people: `engagement_score >= 40`.
  public let needed: String
  /// How much is missing; nil when that is no number.
  public let distance: Decimal6?
}

extension Rule {
  /// The first condition that keeps the rule from holding, or nil when it holds.
  ///
  /// Inside `and` that is the first part that fails, inside `or` the first part (any one of them would do).
  public func firstFailing(_ value: (Int) -> RuleValue) -> RuleFailure? {
    root.holds(value) ? nil : root.failure(wanted: true, value)
  }
}

extension RuleNode {
  /// Why the truth of this part, which is not the wanted one, is what it is.
  fileprivate func failure(wanted: Bool, _ value: (Int) -> RuleValue) -> RuleFailure {
    switch self {
    case .all(let parts), .any(let parts):
      let culprit = parts.first { $0.holds(value) != wanted } ?? parts[0]
      return culprit.failure(wanted: wanted, value)
    case .not(let part): return part.failure(wanted: !wanted, value)
    case .truth(let part): return part.failure(wanted: wanted, value)
    case .comparison(let comparison, let parts):
      return Self.relation(comparison, parts, wanted, value)?.failure(canonical, value)
        ?? plain(wanted: wanted, value)
    default: return plain(wanted: wanted, value)
    }
  }

  private func plain(wanted: Bool, _ value: (Int) -> RuleValue) -> RuleFailure {
    let variables = Set(self.variables)
    let only = variables.count == 1 ? variables.first : nil
    return RuleFailure(
      condition: canonical, variable: only?.name, actual: only.map { value($0.slot) } ?? evaluate(value),
      needed: wanted ? canonical : "not \(canonical)", distance: nil)
  }

  /// The relation between one variable and a constant that fails; of a chain, the side that does.
  private static func relation(
    _ comparison: RuleComparison, _ parts: [RuleNode], _ wanted: Bool, _ value: (Int) -> RuleValue
  ) -> Relation? {
    let pairs = Array(zip(parts, parts.dropFirst()))
    let failing =
      pairs.first { left, right in
        comparison.holds(left.evaluate(value), right.evaluate(value)) != wanted
      } ?? pairs[0]
    let needed = wanted ? comparison : comparison.opposite
    switch failing {
    case (.variable(let variable, nil), .literal(let limit)):
      return Relation(variable: variable, comparison: needed, limit: limit)
    case (.literal(let limit), .variable(let variable, nil)):
      return Relation(variable: variable, comparison: needed.mirrored, limit: limit)
    default: return nil
    }
  }

  private struct Relation {
    let variable: RuleVariable
    let comparison: RuleComparison
    let limit: RuleValue

    func failure(_ condition: String, _ value: (Int) -> RuleValue) -> RuleFailure {
      let actual = value(variable.slot)
      return RuleFailure(
        condition: condition, variable: variable.name, actual: actual,
        needed: "\(variable.name) \(comparison.rawValue) \(limit.json)", distance: distance(from: actual))
    }

    private func distance(from actual: RuleValue) -> Decimal6? {
      guard case .number(let limit) = limit, case .number(let actual) = actual else { return nil }
      let (low, high) = limit < actual ? (limit, actual) : (actual, limit)
      let (gap, overflow) = high.millionths.subtractingReportingOverflow(low.millionths)
      return overflow ? nil : Decimal6(millionths: gap)
    }
  }
}
