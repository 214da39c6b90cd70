import Wire

/// A rule made of nothing but thresholds under and, or and not, as a row of tests with jumps.
///
/// Most rules are that, and services evaluate them for every event: this form touches no heap.
struct RuleProgram: Sendable {
  private struct Step: Sendable {
    let slot: Int
    let comparison: RuleComparison
    let limit: Decimal6
    /// The next step, or an end.
    let whenTrue: Int
    let whenFalse: Int
  }

  private static let yes = -1
  private static let no = -2

  private var steps: [Step] = []
  private var entry = yes

  /// nil when the rule has other parts; such a rule is evaluated as a tree.
  init?(_ node: RuleNode) {
    guard let entry = emit(node, Self.yes, Self.no) else { return nil }
    self.entry = entry
  }

  @inline(__always)
  func holds(_ value: (Int) -> RuleValue) -> Bool {
    steps.withUnsafeBufferPointer { steps in
      var next = entry
      while next >= 0 {
        let step = steps[next]
        next = Self.test(step, value(step.slot)) ? step.whenTrue : step.whenFalse
      }
      return next == Self.yes
    }
  }

  @inline(__always)
  private static func test(_ step: Step, _ value: RuleValue) -> Bool {
    if case .number(let number) = value { return step.comparison.holds(number, step.limit) }
    return step.comparison.holds(value, .number(step.limit))
  }

  /// Appends a part's steps behind those that it may jump to, and gives where it begins.
  private mutating func emit(_ node: RuleNode, _ whenTrue: Int, _ whenFalse: Int) -> Int? {
    switch node {
    case .literal(let value): return value.isTruthy ? whenTrue : whenFalse
    case .not(let part): return emit(part, whenFalse, whenTrue)
    case .truth(let part): return emit(part, whenTrue, whenFalse)
    case .all(let parts):
      var next = whenTrue
      for part in parts.reversed() {
        guard let entry = emit(part, next, whenFalse) else { return nil }
        next = entry
      }
      return next
    case .any(let parts):
      var next = whenFalse
      for part in parts.reversed() {
        guard let entry = emit(part, whenTrue, next) else { return nil }
        next = entry
      }
      return next
    case .comparison(let comparison, let parts):
      return emit(comparison, parts, whenTrue, whenFalse)
    default: return nil
    }
  }

  /// A chain `low <= x <= high` is two tests.
  private mutating func emit(
    _ comparison: RuleComparison, _ parts: [RuleNode], _ whenTrue: Int, _ whenFalse: Int
  ) -> Int? {
    var next = whenTrue
    for (left, right) in zip(parts, parts.dropFirst()).reversed() {
      switch (left, right) {
      case (.variable(let variable, nil), .literal(.number(let limit))):
        steps.append(
          Step(
            slot: variable.slot, comparison: comparison, limit: limit, whenTrue: next, whenFalse: whenFalse))
      case (.literal(.number(let limit)), .variable(let variable, nil)):
        steps.append(
          Step(
            slot: variable.slot, comparison: comparison.mirrored, limit: limit, whenTrue: next,
            whenFalse: whenFalse))
      default: return nil
      }
      next = steps.count - 1
    }
    return next
  }
}
