import Contracts
import Rules
import Wire

/// A badge's rule, split into Scoring's comparisons and the counts of missions that Badging keeps itself.
struct Criteria: Sendable {
  /// Only and, or and not stand between the parts.
  indirect enum Tree: Sendable {
    case all([Tree])
    case any([Tree])
    case not(Tree)
    /// Scoring tells whether it is true, under this name.
    case comparison(ComparisonName, Rule)
    case counts(Rule)
  }

  /// Canonical JSONLogic.
  let text: String
  let tree: Tree
  /// The comparisons that Scoring watches for it.
  let watched: [ComparisonName]
  /// The categories whose completed missions it counts.
  let categories: Set<String>
  /// The variables' names by slot.
  private let names: [String]

  /// What Badging counts itself stands behind this prefix: `missions_completed.correction`.
  static let countPrefix = "missions_completed."
  private static let counted = Set(MissionTemplate.Category.allCases.map { countPrefix + $0.rawValue })

  /// Compiles and splits JSONLogic; a rule without any variable is refused, it would award to everybody.
  init(_ text: String) throws(WireError) {
    var names: [String] = []
    do throws(RuleError) {
      let rule = try Rule(json: text) { name in
        if name.hasPrefix(Self.countPrefix), !Self.counted.contains(name) { return nil }
        if let slot = names.firstIndex(of: name) { return slot }
        names.append(name)
        return names.count - 1
      }
      let parts = try rule.parts { !$0.hasPrefix(Self.countPrefix) }
      self.text = rule.canonical
      tree = Tree(parts.tree)
      watched = parts.comparisons.map(ComparisonName.init)
      categories = Set(
        parts.foreign.flatMap(\.variables).map { String($0.dropFirst(Self.countPrefix.count)) })
    } catch {
      throw .invalid("'criteria': \(error)")
    }
    guard !names.isEmpty else { throw .invalid("'criteria': the rule has no variable") }
    self.names = names
  }

  /// The grounds on which it holds, each enough alone; none when it does not hold.
  func grounds(_ standing: Standing) -> [Ground] { grounds(tree, standing) }

  private func grounds(_ tree: Tree, _ standing: Standing) -> [Ground] {
    switch tree {
    case .comparison(let name, _): standing.crossing(of: name).map { [Ground([.crossing($0)])] } ?? []
    case .counts(let rule): counts(rule, standing)
    case .not(let inner): grounds(inner, standing).isEmpty ? [Ground()] : []
    case .any(let parts): Array(parts.flatMap { grounds($0, standing) }.prefix(Ground.perAwardMax))
    case .all(let parts):
      parts.reduce([Ground()]) { before, part in
        let more = before.isEmpty ? [] : grounds(part, standing)
        let all = before.flatMap { ground in more.map(ground.joined) }
        return Array(all.prefix(Ground.perAwardMax))
      }
    }
  }

  /// The counts that a rule over missions needs: for a plain threshold no more than it asks for, so that
  /// a revoked mission above it takes nothing away.
  private func counts(_ rule: Rule, _ standing: Standing) -> [Ground] {
    guard rule.holds({ count($0, standing) }) else { return [] }
    return [
      Ground(
        rule.variables.compactMap { name in
          let category = String(name.dropFirst(Self.countPrefix.count))
          let needed = min(rule.threshold?.least ?? .max, standing.completed[category] ?? 0)
          return needed > 0 ? .completed(category: category, needed) : nil
        })
    ]
  }

  private func count(_ slot: Int, _ standing: Standing) -> RuleValue {
    .number(Decimal6(standing.completed[String(names[slot].dropFirst(Self.countPrefix.count))] ?? 0))
  }
}

extension Criteria.Tree {
  init(_ tree: RuleTree) {
    self =
      switch tree {
      case .and(let parts): .all(parts.map(Self.init))
      case .or(let parts): .any(parts.map(Self.init))
      case .not(let inner): .not(Self(inner))
      case .comparison(let rule): .comparison(ComparisonName(rule), rule)
      case .foreign(let rule): .counts(rule)
      }
  }
}

extension RuleThreshold {
  /// The least whole number that passes, where every larger one passes too.
  fileprivate var least: Int? {
    let whole = Int(limit.millionths / Decimal6.one)
    let isWhole = limit.millionths % Decimal6.one == 0
    return switch comparison {
    case .greaterOrEqual: isWhole || limit.millionths < 0 ? whole : whole + 1
    case .greater: limit.millionths < 0 ? whole : whole + 1
    default: nil
    }
  }
}

extension Criteria {
  /// The first condition that keeps the criteria from holding; nil when they hold.
  func failing(_ standing: Standing) -> FailingCondition? {
    grounds(standing).isEmpty ? failing(tree, wanted: true, standing) : nil
  }

  private func failing(_ tree: Tree, wanted: Bool, _ standing: Standing) -> FailingCondition {
    switch tree {
    case .all(let parts), .any(let parts):
      let culprit = parts.first { grounds($0, standing).isEmpty == wanted } ?? parts[0]
      return failing(culprit, wanted: wanted, standing)
    case .not(let inner): return failing(inner, wanted: !wanted, standing)
    case .comparison(_, let rule): return FailingCondition(rule.canonical, wanted: wanted)
    case .counts(let rule):
      var condition = FailingCondition(rule.canonical, wanted: wanted)
      if wanted { condition.take(rule.firstFailing { count($0, standing) }) }
      return condition
    }
  }
}
