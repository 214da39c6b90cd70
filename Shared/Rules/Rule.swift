import Wire

/// A JSONLogic rule, checked and compiled once, evaluated any number of times.
///
/// Operators: `var` (with default), `missing`, `==`, `===`, `!=`, `!==`, `<`, `<=`, `>`, `>=` (also of three
/// operands), `and`, `or`, `!`, `!!`, `if`, `in`, `+`, `-`, `*`, `/`, `min`, `max`. Where it differs from
/// JavaScript: numbers are exact with six places; an order with null is false; arithmetic with what is no
/// number, a division by 0 and a result out of range give null; names are never computed.
public struct Rule: Sendable {
  let root: RuleNode
  private let program: RuleProgram?

  /// The names of the variables in it.
  public let variables: Set<String>
  /// Its JSON without spaces, every operator's operands in an array, numbers in plain notation.
  public let canonical: String
  /// Lower-case hexadecimal FNV-1a 64 of `canonical`: the same for all spellings of the same rule.
  public let identity: String

  /// Compiles JSON text of at most `RuleLimits.textBytesMax` bytes.
  ///
  /// `variables` gives each name its slot, by which its value is asked for later, or nil to refuse it.
  public init(json: some Collection<UInt8>, variables: (String) -> Int?) throws(RuleError) {
    self.init(root: try RuleCompiler.compile(Array(json), variables: variables))
  }

  /// Compiles JSON text.
  public init(json: String, variables: (String) -> Int?) throws(RuleError) {
    try self.init(json: json.utf8, variables: variables)
  }

  init(root: RuleNode) {
    self.root = root
    program = RuleProgram(root)
    variables = Set(root.variables.map(\.name))
    canonical = root.canonical
    identity = Self.identity(of: canonical)
  }

  /// Whether the rule's result is true in JSONLogic's sense; `value` gives the value of a slot.
  public func holds(_ value: (Int) -> RuleValue) -> Bool {
    if let program { return program.holds(value) }
    return root.holds(value)
  }

  /// The rule's result; `value` gives the value of a slot.
  public func evaluate(_ value: (Int) -> RuleValue) -> RuleValue { root.evaluate(value) }

  private static func identity(of text: String) -> String {
    let digits = String(FNV1a.hash(text.utf8), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Rule: Hashable {
  public static func == (left: Rule, right: Rule) -> Bool { left.canonical == right.canonical }
  public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

/// A rule of the plainest form: one variable against one constant number.
public struct RuleThreshold: Sendable, Hashable {
  public let variable: String
  public let slot: Int
  public let comparison: RuleComparison
  public let limit: Decimal6
}

extension Rule {
  /// The rule as a threshold, if it is no more than that; for those who keep many and sort them by limit.
  public var threshold: RuleThreshold? {
    guard case .comparison(let comparison, let parts) = root, parts.count == 2 else { return nil }
    switch (parts[0], parts[1]) {
    case (.variable(let variable, nil), .literal(.number(let limit))):
      return RuleThreshold(
        variable: variable.name, slot: variable.slot, comparison: comparison, limit: limit)
    case (.literal(.number(let limit)), .variable(let variable, nil)):
      return RuleThreshold(
        variable: variable.name, slot: variable.slot, comparison: comparison.mirrored, limit: limit)
    default: return nil
    }
  }
}
