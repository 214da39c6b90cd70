/// A rule split by who owns its variables: only and, or and not stand between the parts.
public indirect enum RuleTree: Sendable, Hashable {
  case and([RuleTree])
  case or([RuleTree])
  case not(RuleTree)
  /// A largest sub-rule all of whose variables are owned (or that has none).
  case comparison(Rule)
  /// A sub-rule none of whose variables is owned.
  case foreign(Rule)

  /// The truth of the whole, given the truth of each part.
  public func holds(_ part: (_ rule: Rule, _ isForeign: Bool) -> Bool) -> Bool {
    switch self {
    case .and(let parts): parts.allSatisfy { $0.holds(part) }
    case .or(let parts): parts.contains { $0.holds(part) }
    case .not(let inner): !inner.holds(part)
    case .comparison(let rule): part(rule, false)
    case .foreign(let rule): part(rule, true)
    }
  }
}

/// The tree of a split rule and its leaves.
public struct RuleParts: Sendable, Hashable {
  public let tree: RuleTree
  /// The distinct comparisons, in the order of the text.
  public let comparisons: [Rule]
  /// The distinct foreign sub-rules, in the order of the text.
  public let foreign: [Rule]

  init(tree: RuleTree) {
    self.tree = tree
    var comparisons: [Rule] = []
    var foreign: [Rule] = []
    Self.collect(tree, &comparisons, &foreign)
    self.comparisons = comparisons
    self.foreign = foreign
  }

  private static func collect(_ tree: RuleTree, _ comparisons: inout [Rule], _ foreign: inout [Rule]) {
    switch tree {
    case .and(let parts), .or(let parts): for part in parts { collect(part, &comparisons, &foreign) }
    case .not(let part): collect(part, &comparisons, &foreign)
    case .comparison(let rule): if !comparisons.contains(rule) { comparisons.append(rule) }
    case .foreign(let rule): if !foreign.contains(rule) { foreign.append(rule) }
    }
  }
}

extension Rule {
  /// Splits the rule into comparisons, whose variables are all owned, and foreign sub-rules.
  ///
  /// Throws `mixed`, naming the foreign variable, where another operator than and, or and not joins the two.
  public func parts(where owns: (String) -> Bool) throws(RuleError) -> RuleParts {
    RuleParts(tree: try root.split(owns))
  }
}

extension RuleNode {
  fileprivate func split(_ owns: (String) -> Bool) throws(RuleError) -> RuleTree {
    let names = variables.map(\.name)
    guard let stranger = names.first(where: { !owns($0) }) else { return .comparison(Rule(root: self)) }
    if !names.contains(where: owns) { return .foreign(Rule(root: self)) }
    switch self {
    case .all(let parts): return .and(try Self.split(parts, owns))
    case .any(let parts): return .or(try Self.split(parts, owns))
    case .not(let part): return .not(try part.split(owns))
    case .truth(let part): return try part.split(owns)
    default: throw .mixed(variable: stranger, inside: canonical)
    }
  }

  private static func split(
    _ parts: [RuleNode], _ owns: (String) -> Bool
  ) throws(RuleError) -> [RuleTree] {
    var trees: [RuleTree] = []
    for part in parts { trees.append(try part.split(owns)) }
    return trees
  }
}
