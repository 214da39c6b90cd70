import Contracts
import Rules
import Wire

/// A badge's rule, split into Scoring's comparisons and the counts of missions that Badging keeps itself.
struct Criteria: Sendable {
  let text: String
  let parts: RuleParts
  /// The variables' names by slot.
  private let names: [String]

  /// What Badging counts itself stands behind this prefix: `missions_completed.correction`.
  static let countPrefix = "missions_completed."
  private static let categories = Set(MissionTemplate.Category.allCases.map { countPrefix + $0.rawValue })

  /// Compiles and splits JSONLogic; a rule without any variable is refused, it would award to everybody.
  init(_ text: String) throws(WireError) {
    var names: [String] = []
    do throws(RuleError) {
      let rule = try Rule(json: text) { name in
        if name.hasPrefix(Self.countPrefix), !Self.categories.contains(name) { return nil }
        if let slot = names.firstIndex(of: name) { return slot }
        names.append(name)
        return names.count - 1
      }
      parts = try rule.parts { !$0.hasPrefix(Self.countPrefix) }
    } catch {
      throw .invalid("'criteria': \(error)")
    }
    guard !names.isEmpty else { throw .invalid("'criteria': the rule has no variable") }
    self.text = text
    self.names = names
  }

  /// The identities of the comparisons that Scoring watches for it.
  var watched: [String] { parts.comparisons.map(\.identity) }

  /// The grounds on which it holds, each enough alone; none when it does not hold.
  func grounds(_ standing: Standing) -> [Ground] { grounds(parts.tree, standing) }

  private func grounds(_ tree: RuleTree, _ standing: Standing) -> [Ground] {
    switch tree {
    case .comparison(let rule): standing.truths[rule.identity].map { [Ground([.crossing($0)])] } ?? []
    case .foreign(let rule): counts(rule, standing)
    case .not(let inner): grounds(inner, standing).isEmpty ? [Ground()] : []
    case .or(let parts): Array(parts.flatMap { grounds($0, standing) }.prefix(Ground.perAwardMax))
    case .and(let parts):
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
    grounds(standing).isEmpty ? failing(parts.tree, wanted: true, standing) : nil
  }

  private func failing(_ tree: RuleTree, wanted: Bool, _ standing: Standing) -> FailingCondition {
    switch tree {
    case .and(let parts), .or(let parts):
      let culprit = parts.first { grounds($0, standing).isEmpty == wanted } ?? parts[0]
      return failing(culprit, wanted: wanted, standing)
    case .not(let inner): return failing(inner, wanted: !wanted, standing)
    case .comparison(let rule): return FailingCondition(rule.canonical, wanted: wanted)
    case .foreign(let rule):
      var condition = FailingCondition(rule.canonical, wanted: wanted)
      if wanted { condition.take(rule.firstFailing { count($0, standing) }) }
      return condition
    }
  }
}
