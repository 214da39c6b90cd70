import Support
import Testing
import Wire

@testable import Rules

struct RulePartsTests {
  static let sheet = Sheet([
    "score": number("50"), "risk": number("70"), "missions.correction": number("2"), "gap": .null,
    "tier": .string("x"),
  ])
  static func owns(_ name: String) -> Bool { !name.hasPrefix("missions.") }

  static func parts(_ json: String) throws -> RuleParts { try sheet.rule(json).parts(where: owns) }

  @Test("a rule of one owner stays whole")
  func whole() throws {
    let rule = try Self.sheet.rule(#"{"and": [{">": [{"var": "score"}, 1]}, {"<": [{"var": "risk"}, 2]}]}"#)
    #expect(try rule.parts(where: Self.owns).tree == .comparison(rule))
    #expect(try rule.parts(where: { _ in false }).tree == .foreign(rule))
    let constant = try Self.sheet.rule("true")
    #expect(try constant.parts(where: Self.owns).tree == .comparison(constant))
  }

  @Test("mixed owners are split at and, or and not")
  func split() throws {
    let parts = try Self.parts(
      #"""
      {"or": [{">=": [{"var": "missions.correction"}, 1]},
              {"and": [{"!": {"and": [{"<": [{"var": "missions.correction"}, 3]}, {"var": "tier"}]}},
                       {"if": [{"var": "gap"}, true, {">": [{"var": "score"}, 30]}]},
                       {">": [{"var": "risk"}, 1]}]}]}
      """#)
    guard case .or(let top) = parts.tree, case .foreign(let foreign) = top[0], case .and(let inner) = top[1],
      case .not(.and(let negated)) = inner[0], case .comparison(let choice) = inner[1]
    else {
      Issue.record("\(parts.tree)")
      return
    }
    #expect(foreign.canonical == #"{">=":[{"var":"missions.correction"},1]}"#)
    #expect(negated.count == 2)
    #expect(choice.variables == ["gap", "score"])
    #expect(parts.comparisons.map(\.canonical).count == 3)
    #expect(parts.foreign.count == 2)
  }

  @Test(
    "what cannot be split is refused, naming the field",
    arguments: [
      #"{">": [{"var": "score"}, {"var": "missions.correction"}]}"#,
      #"{"and": [true, {"if": [{"var": "missions.correction"}, {"var": "score"}, 1]}]}"#,
      #"{"missing": ["score", "missions.correction"]}"#,
      #"{"var": ["score", {"var": "missions.correction"}]}"#,
    ])
  func refused(json: String) throws {
    let rule = try Self.sheet.rule(json)
    let error = #expect(throws: RuleError.self) { try rule.parts(where: Self.owns) }
    guard case .mixed(let variable, let inside) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(variable == "missions.correction")
    #expect(!inside.hasPrefix(#"{"and""#))
  }

  @Test("the parts say together what the whole says, for random rules")
  func equivalent() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("rule parts: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let json = Self.rule(3, &random)
      let rule = try Self.sheet.rule(json)
      let parts = try rule.parts(where: Self.owns)
      let whole = rule.holds { Self.sheet.values[$0] }
      #expect(whole == rule.evaluate { Self.sheet.values[$0] }.isTruthy, "\(json) (seed \(seed))")
      let together = parts.tree.holds { part, isForeign in
        #expect(part.variables.allSatisfy { Self.owns($0) != isForeign })
        return part.holds { Self.sheet.values[$0] }
      }
      #expect(whole == together, "\(json) (seed \(seed))")
      #expect((rule.firstFailing { Self.sheet.values[$0] } == nil) == whole)
    }
  }

  private static func rule(_ depth: Int, _ random: inout SeededGenerator) -> String {
    switch depth == 0 ? 3 : Int.random(in: 0...4, using: &random) {
    case 0: return #"{"and": [\#(rule(depth - 1, &random)), \#(rule(depth - 1, &random))]}"#
    case 1: return #"{"or": [\#(rule(depth - 1, &random)), \#(rule(depth - 1, &random))]}"#
    case 2: return #"{"!": [\#(rule(depth - 1, &random))]}"#
    case 4:
      let bounds = (0..<2).map { _ in Int.random(in: 0...80, using: &random) }
      return #"{"<=": [\#(bounds[0]), {"var": "\#(sheet.names[depth % sheet.names.count])"}, \#(bounds[1])]}"#
    default:
      let name = sheet.names[Int.random(in: 0..<sheet.names.count, using: &random)]
      let comparison = ["<", ">=", "==", "!="][Int.random(in: 0..<4, using: &random)]
      return #"{"\#(comparison)": [{"var": "\#(name)"}, \#(Int.random(in: 0...80, using: &random))]}"#
    }
  }

  @Test("why not, and how far")
  func failures() throws {
    func failure(_ json: String) throws -> RuleFailure? {
      try Self.sheet.rule(json).firstFailing { Self.sheet.values[$0] }
    }
    #expect(try failure(#"{">": [{"var": "score"}, 49]}"#) == nil)
    let low = try #require(
      try failure(#"{"and": [{">": [{"var": "risk"}, 1]}, {">=": [{"var": "score"}, 62.5]}]}"#))
    #expect(low.condition == #"{">=":[{"var":"score"},62.5]}"#)
    #expect(low.variable == "score")
    #expect(low.actual == number("50"))
    #expect(low.needed == "score >= 62.5")
    #expect(low.distance?.description == "12.5")
    let negated = try #require(try failure(#"{"!": {">=": [{"var": "risk"}, 60]}}"#))
    #expect(negated.needed == "risk < 60")
    #expect(negated.distance == Decimal6(10))
    let between = try #require(try failure(#"{"<=": [10, {"var": "score"}, 40]}"#))
    #expect(between.needed == "score <= 40")
    let unknown = try #require(try failure(#"{"<": [{"var": "gap"}, 5]}"#))
    #expect(unknown.actual == .null)
    #expect(unknown.distance == nil)
    let tier = try #require(try failure(#"{"or": [{"==": [{"var": "tier"}, "premium"]}, {"var": "gap"}]}"#))
    #expect(tier.needed == #"tier == "premium""#)
    let other = try #require(try failure(#"{"in": [{"var": "tier"}, ["a", "b"]]}"#))
    #expect(other.variable == "tier")
    #expect(other.actual == .string("x"))
    #expect(other.needed == #"{"in":[{"var":"tier"},["a","b"]]}"#)
  }
}
