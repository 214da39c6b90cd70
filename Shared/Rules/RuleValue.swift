import Wire

/// What a rule reads and gives.
public enum RuleValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// Numbers are exact decimals with six places, so a comparison never meets a rounding error.
  case number(Decimal6)
  case string(String)
  case array([RuleValue])

  /// JSONLogic's truth: null, false, 0, the empty string and the empty array are false, all else is true.
  public var isTruthy: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .number(let value): value.millionths != 0
    case .string(let value): !value.isEmpty
    case .array(let value): !value.isEmpty
    }
  }

  /// The number that this is, or that its text says; null and arrays have none.
  public var asNumber: Decimal6? {
    switch self {
    case .number(let value): value
    case .bool(let value): Decimal6(value ? 1 : 0)
    case .string(let value): Decimal6(value)
    case .null, .array: nil
    }
  }

  /// The value as compact JSON.
  public var json: String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .number(let value): writer.decimal(value)
    case .string(let value): writer.string(value)
    case .array(let values): writer.array { inner in for value in values { value.write(to: &inner) } }
    }
  }
}

/// The operators that compare two values.
public enum RuleComparison: String, Sendable, Hashable, CaseIterable {
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case same = "==="
  case unequal = "!="
  case different = "!=="

  /// Whether two numbers stand in this relation.
  @inline(__always)
  public func holds(_ left: Decimal6, _ right: Decimal6) -> Bool {
    switch self {
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .equal, .same: left == right
    case .unequal, .different: left != right
    }
  }

  /// The relation of the operands in the other order.
  public var mirrored: RuleComparison {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .equal, .same, .unequal, .different: self
    }
  }

  /// The relation that holds where this one does not.
  public var opposite: RuleComparison {
    switch self {
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    case .equal: .unequal
    case .same: .different
    case .unequal: .equal
    case .different: .same
    }
  }

  /// Whether two values stand in this relation.
  ///
  /// Loose equality reads text as a number where the other side is one, as JavaScript does. An order with
  /// null or an array is false (unlike JavaScript, where null is 0: an unknown feature is not a small one).
  @inline(__always)
  func holds(_ left: RuleValue, _ right: RuleValue) -> Bool {
    if case .number(let left) = left, case .number(let right) = right { return holds(left, right) }
    return holdsMixed(left, right)
  }

  private func holdsMixed(_ left: RuleValue, _ right: RuleValue) -> Bool {
    switch self {
    case .same: return left == right
    case .different: return left != right
    case .equal: return Self.looselyEqual(left, right)
    case .unequal: return !Self.looselyEqual(left, right)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: break
    }
    if case .string(let left) = left, case .string(let right) = right {
      return switch self {
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      default: left >= right
      }
    }
    guard let left = left.asNumber, let right = right.asNumber else { return false }
    return holds(left, right)
  }

  private static func looselyEqual(_ left: RuleValue, _ right: RuleValue) -> Bool {
    switch (left, right) {
    case (.null, .null): return true
    case (.null, _), (_, .null): return false
    case (.string(let left), .string(let right)): return left == right
    case (.array(let left), .array(let right)): return left == right
    default:
      guard let left = left.asNumber, let right = right.asNumber else { return false }
      return left == right
    }
  }
}
