import Contracts
import Rules
import Wire

@testable import Badging

/// Stands in for Scoring: tells of the comparisons of all badges that flip for a customer.
final class Watcher {
  let stage: Stage
  /// The comparisons of all active badges, with the names of their variables by slot.
  private(set) var watched: [(rule: Rule, names: [String])] = []
  private var live: [String: Int64] = [:]

  init(_ stage: Stage) throws {
    self.stage = stage
    for badge in stage.twin.definitions.badges.all where badge.definition.isActive {
      guard let text = badge.definition.criteria else { continue }
      let parts = try Rule(json: text) { _ in 0 }.parts { !$0.hasPrefix("missions_completed.") }
      for rule in parts.comparisons {
        var names: [String] = []
        let compiled = try Rule(json: rule.canonical) { name in
          names.append(name)
          return names.count - 1
        }
        if !watched.contains(where: { $0.rule == compiled }) { watched.append((compiled, names)) }
      }
    }
  }

  /// The customer is now like this; gives what Badging told. What is not named is unknown.
  @discardableResult
  func see(_ values: [String: RuleValue]) throws -> [String] {
    let snapshot = Snapshot(
      customer: "C-1", events: 1, asOf: stage.now, features: values.mapValues(FeatureValue.init))
    var told: [String] = []
    for (rule, names) in watched {
      let holds = rule.holds { RuleValue(snapshot.value(names[$0])) }
      if holds, live[rule.identity] == nil {
        let up = try stage.up(rule.canonical)
        live[rule.identity] = up.number
        told += up.told
      } else if !holds, live[rule.identity] != nil {
        live[rule.identity] = nil
        told += try stage.down(rule.canonical)
      }
    }
    return told
  }

  /// A reversal takes back all that is true now.
  func takeAllBack() throws -> [String] {
    var told: [String] = []
    for (rule, _) in watched {
      guard let number = live.removeValue(forKey: rule.identity) else { continue }
      told += try stage.revoke(number, of: rule.canonical)
    }
    return told
  }
}

extension FeatureValue {
  init(_ value: RuleValue) {
    switch value {
    case .bool(let bool): self = .bool(bool)
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .null, .array: self = .null
    }
  }
}

extension RuleValue: ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
  public init(floatLiteral value: Double) { self = .number(Decimal6("\(value)") ?? .zero) }
  public init(stringLiteral value: String) { self = .string(value) }
}
