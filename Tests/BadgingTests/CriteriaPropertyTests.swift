import Contracts
import Rules
import Support
import Testing
import Wire

@testable import Badging

/// A random rule of and, or, not, comparisons and counts; written down, and judged directly.
private indirect enum Sketch {
  case all([Sketch])
  case any([Sketch])
  case not(Sketch)
  case comparison(String, Int)
  case count(String, Int)

  static func random(_ depth: Int, _ random: inout SeededGenerator) -> Sketch {
    let kind = depth == 0 ? Int.random(in: 3...4, using: &random) : Int.random(in: 0...4, using: &random)
    func parts() -> [Sketch] {
      (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.random(depth - 1, &random) }
    }
    switch kind {
    case 0: return .all(parts())
    case 1: return .any(parts())
    case 2: return .not(Self.random(depth - 1, &random))
    case 3:
      return .comparison(
        ["engagement", "revenue_30d", "plan"].randomElement(using: &random) ?? "",
        Int.random(in: 0...3, using: &random))
    default:
      return .count(
        ["loyalty", "correction"].randomElement(using: &random) ?? "", Int.random(in: 0...3, using: &random))
    }
  }

  var json: String {
    switch self {
    case .all(let parts): #"{"and":[\#(parts.map(\.json).joined(separator: ","))]}"#
    case .any(let parts): #"{"or":[\#(parts.map(\.json).joined(separator: ","))]}"#
    case .not(let part): #"{"!":[\#(part.json)]}"#
    case .comparison(let name, let least): #"{">=":[{"var":"\#(name)"},\#(least)]}"#
    case .count(let category, let least): #"{">=":[{"var":"missions_completed.\#(category)"},\#(least)]}"#
    }
  }

  func holds(_ values: [String: Int], _ counts: [String: Int]) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.holds(values, counts) }
    case .any(let parts): parts.contains { $0.holds(values, counts) }
    case .not(let part): !part.holds(values, counts)
    // What is unknown is not less either.
    case .comparison(let name, let least): values[name].map { $0 >= least } ?? false
    case .count(let category, let least): counts[category] ?? 0 >= least
    }
  }

  func shuffled(_ random: inout SeededGenerator) -> Sketch {
    switch self {
    case .all(let parts): .all(parts.map { $0.shuffled(&random) }.shuffled(using: &random))
    case .any(let parts): .any(parts.map { $0.shuffled(&random) }.shuffled(using: &random))
    case .not(let part): .not(part.shuffled(&random))
    case .comparison, .count: self
    }
  }
}

@Suite struct CriteriaPropertyTests {
  /// What Scoring would have told of a customer: a comparison is any largest part without counts.
  private func standing(_ text: String, _ values: [String: Int], _ counts: [String: Int]) throws -> Standing {
    var names: [String] = []
    let rule = try Rule(json: text) { name in
      names.append(name)
      return names.count - 1
    }
    var standing = Standing(completed: counts.filter { $0.value > 0 })
    for (place, part) in try rule.parts(where: { !$0.hasPrefix("missions_completed.") }).comparisons
      .enumerated()
    {
      guard part.holds({ values[names[$0]].map { .number(Decimal6($0)) } ?? .null }) else { continue }
      standing.truths.append(
        Truth(comparison: ComparisonName(part), crossing: Int64(place + 1), definitions: 0))
    }
    return standing
  }

  @Test(arguments: 0..<20)
  func splitRulesHoldWhereTheWholeDoes(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("criteria \(round): seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var seen = Set<Bool>()
    for _ in 0..<100 {
      let sketch = Sketch.random(3, &random)
      var values: [String: Int] = [:]
      for name in ["engagement", "revenue_30d", "plan"] where Bool.random(using: &random) {
        values[name] = Int.random(in: 0...3, using: &random)
      }
      let counts = [
        "loyalty": Int.random(in: 0...3, using: &random), "correction": Int.random(in: 0...3, using: &random),
      ]
      let expected = sketch.holds(values, counts)
      seen.insert(expected)
      for each in [sketch, sketch.shuffled(&random)] {
        let criteria = try Criteria(each.json)
        let standing = try standing(each.json, values, counts)
        #expect(!criteria.grounds(standing).isEmpty == expected, "seed \(seed): \(each.json)")
        #expect((criteria.failing(standing) == nil) == expected, "seed \(seed): \(each.json)")
      }
    }
    #expect(seen.count == 2, "seed \(seed)")
  }

  /// A ground is enough alone: with nothing on record but its facts, a rule without not holds too.
  @Test func aGroundIsEnoughAlone() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("aGroundIsEnoughAlone: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var count = 0
    while count < 300 {
      let text = Sketch.random(3, &random).json
      guard !text.contains("\"!\"") else { continue }
      let criteria = try Criteria(text)
      let whole = try standing(
        text, ["engagement": 3, "revenue_30d": 2, "plan": 1], ["loyalty": 2, "correction": 1])
      for ground in criteria.grounds(whole) {
        count += 1
        var alone = Standing()
        for fact in ground.facts {
          switch fact {
          case .crossing(let number): alone.truths += whole.truths.filter { $0.crossing == number }
          case .completed(let category, let least):
            alone.completed[category] = max(least, alone.completed[category] ?? 0)
          case .occasion: Issue.record("criteria know no occasions")
          }
        }
        #expect(!criteria.grounds(alone).isEmpty, "seed \(seed): \(text) on \(ground.facts)")
      }
    }
  }
}
