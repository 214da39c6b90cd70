import Wire

/// Why a rule was refused; each names what is at fault.
public enum RuleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text is not JSON.
  case syntax(JSONError)
  /// A bound of `RuleLimits` was passed.
  case limit(String, max: Int)
  case unknownOperator(String)
  case unknownVariable(String)
  /// An operator has the wrong number or kind of operands.
  case operands(of: String, reason: String)
  /// A number does not fit into six places and 64 bits.
  case number(String)
  /// A variable of another owner stands inside an operator that cannot be split.
  case mixed(variable: String, inside: String)

  public var description: String {
    switch self {
    case .syntax(let error): "the rule is not JSON: \(error)"
    case .limit(let what, let max): "the rule has more than \(max) \(what)"
    case .unknownOperator(let name): "unknown operator \(name)"
    case .unknownVariable(let name): "unknown variable \(name)"
    case .operands(let name, let reason): "operator \(name): \(reason)"
    case .number(let text): "the number \(text) is out of range"
    case .mixed(let variable, let inside):
      "\(variable) has another owner than the rest of \(inside): only and, or and not may join them"
    }
  }
}

/// What a rule may not pass.
public enum RuleLimits {
  /// Bytes of a rule's JSON text.
  public static let textBytesMax = 16_384
  /// Operators inside operators.
  public static let depthMax = 32
  /// Operators, variables and constants.
  public static let nodesMax = 1_000
}
