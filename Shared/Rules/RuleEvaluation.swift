import Wire

extension RuleNode {
  /// The truth of this part, without making values where comparisons and and/or/not suffice.
  func holds(_ value: (Int) -> RuleValue) -> Bool {
    switch self {
    case .comparison(let comparison, let parts): Self.compare(comparison, parts, value)
    case .all(let parts): parts.allSatisfy { $0.holds(value) }
    case .any(let parts): parts.contains { $0.holds(value) }
    case .not(let part): !part.holds(value)
    case .truth(let part): part.holds(value)
    case .contains(let item, let whole): Self.contains(item.evaluate(value), whole.evaluate(value))
    case .literal(let value): value.isTruthy
    default: evaluate(value).isTruthy
    }
  }

  func evaluate(_ value: (Int) -> RuleValue) -> RuleValue {
    switch self {
    case .literal(let constant): return constant
    case .variable(let variable, let fallback):
      let found = value(variable.slot)
      guard let fallback, case .null = found else { return found }
      return fallback.evaluate(value)
    case .list(let parts): return .array(parts.map { $0.evaluate(value) })
    case .all(let parts): return Self.last(of: parts, value, stopAt: false)
    case .any(let parts): return Self.last(of: parts, value, stopAt: true)
    case .choice(let parts): return Self.choose(parts, value)
    case .arithmetic(let arithmetic, let parts): return arithmetic.result(parts, value)
    case .missing(let variables): return Self.missing(variables, value)
    case .comparison, .not, .truth, .contains: return .bool(holds(value))
    }
  }

  /// Two operands, or a chain of three: `{"<=": [20, x, 70]}` is 20 <= x and x <= 70.
  @inline(__always)
  private static func compare(
    _ comparison: RuleComparison, _ parts: [RuleNode], _ value: (Int) -> RuleValue
  ) -> Bool {
    let middle = parts[1].evaluate(value)
    guard comparison.holds(parts[0].evaluate(value), middle) else { return false }
    return parts.count == 2 || comparison.holds(middle, parts[2].evaluate(value))
  }

  /// What JavaScript's `&&` and `||` give: the first value that decides, else the last one.
  private static func last(
    of parts: [RuleNode], _ value: (Int) -> RuleValue, stopAt truth: Bool
  ) -> RuleValue {
    var result = RuleValue.null
    for part in parts {
      result = part.evaluate(value)
      if result.isTruthy == truth { break }
    }
    return result
  }

  /// `if`, then, else if, then, ..., else; null when no branch is left.
  private static func choose(_ parts: [RuleNode], _ value: (Int) -> RuleValue) -> RuleValue {
    var index = 0
    while index + 1 < parts.count {
      if parts[index].holds(value) { return parts[index + 1].evaluate(value) }
      index += 2
    }
    return index < parts.count ? parts[index].evaluate(value) : .null
  }

  /// The names of those variables that are null or the empty string.
  private static func missing(_ variables: [RuleVariable], _ value: (Int) -> RuleValue) -> RuleValue {
    .array(
      variables.compactMap { variable in
        let found = value(variable.slot)
        return found == .null || found == .string("") ? .string(variable.name) : nil
      })
  }

  /// Whether an array has an element that is the same, or a text another one, byte for byte.
  private static func contains(_ item: RuleValue, _ whole: RuleValue) -> Bool {
    switch (item, whole) {
    case (_, .array(let elements)): elements.contains(item)
    case (.string(let part), .string(let text)): contains(Array(part.utf8), Array(text.utf8)[...])
    default: false
    }
  }

  private static func contains(_ part: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    while rest.count >= part.count {
      if rest.starts(with: part) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}

extension RuleArithmetic {
  /// The result, rounded at six places; null with an operand that is no number, a division by 0, or out of
  /// range.
  func result(_ parts: [RuleNode], _ value: (Int) -> RuleValue) -> RuleValue {
    guard var total = parts[0].evaluate(value).asNumber else { return .null }
    if parts.count == 1 {
      // One operand: `+` only reads it as a number, `-` turns its sign.
      return self == .subtract ? Self.difference(.zero, total).map(RuleValue.number) ?? .null : .number(total)
    }
    for part in parts.dropFirst() {
      guard let next = part.evaluate(value).asNumber, let result = apply(total, next) else { return .null }
      total = result
    }
    return .number(total)
  }

  private func apply(_ left: Decimal6, _ right: Decimal6) -> Decimal6? {
    switch self {
    case .add:
      let (sum, overflow) = left.millionths.addingReportingOverflow(right.millionths)
      return overflow ? nil : Decimal6(millionths: sum)
    case .subtract: return Self.difference(left, right)
    case .multiply: return left.scaled(by: right, over: Decimal6(1))
    case .divide: return left.scaled(by: Decimal6(1), over: right)
    case .least: return min(left, right)
    case .greatest: return max(left, right)
    }
  }

  private static func difference(_ left: Decimal6, _ right: Decimal6) -> Decimal6? {
    let (result, overflow) = left.millionths.subtractingReportingOverflow(right.millionths)
    return overflow ? nil : Decimal6(millionths: result)
  }
}
