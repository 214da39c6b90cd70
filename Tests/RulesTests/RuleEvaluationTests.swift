import Support
import Testing
import Wire

@testable import Rules

/// Values by name; slots are given out in the order of the names.
struct Sheet {
  let names: [String]
  let values: [RuleValue]

  init(_ values: [String: RuleValue]) {
    names = values.keys.sorted()
    self.values = names.map { values[$0] ?? .null }
  }

  func rule(_ json: String) throws(RuleError) -> Rule {
    try Rule(json: json) { names.firstIndex(of: $0) }
  }

  func evaluate(_ json: String) throws -> RuleValue { try rule(json).evaluate { values[$0] } }
  func holds(_ json: String) throws -> Bool { try rule(json).holds { values[$0] } }
}

func number(_ text: String) -> RuleValue { Decimal6(text).map(RuleValue.number) ?? .null }

struct RuleEvaluationTests {
  static let sheet = Sheet([
    "score": number("40.01"), "small": number("0.000001"), "none": .null, "tier": .string("premium"),
    "flag": .bool(true), "count": .string("12"), "tags": .array([.string("a"), number("2")]),
    "zero": number("0"),
    "empty": .string(""), "huge": number("9223372036854.775807"),
  ])

  @Test(
    "truth",
    arguments: [
      (#"{">=": [{"var": "score"}, 40.01]}"#, true), (#"{">": [{"var": "score"}, 40.01]}"#, false),
      (#"{"<": [40, {"var": "score"}, 40.02]}"#, true), (#"{"<=": [41, {"var": "score"}, 50]}"#, false),
      (#"{">": [50, {"var": "score"}, 40]}"#, true), (#"{">=": [50, {"var": "score"}, 45]}"#, false),
      // 0.1 + 0.2 is 0.3 here.
      (#"{"==": [{"+": [0.1, 0.2]}, 0.3]}"#, true), (#"{"===": [{"-": [0.3, 0.1]}, 0.2]}"#, true),
      (#"{"==": [{"*": [{"var": "small"}, 1000000]}, 1]}"#, true),
      // An unknown value is neither small nor large.
      (#"{"<": [{"var": "none"}, 5]}"#, false), (#"{">=": [{"var": "none"}, 0]}"#, false),
      (#"{"<=": [{"var": "none"}, {"var": "none"}]}"#, false), (#"{"==": [{"var": "none"}, null]}"#, true),
      (#"{"==": [{"var": "none"}, 0]}"#, false), (#"{"!=": [{"var": "none"}, 0]}"#, true),
      (#"{"<": [{"var": ["none", 3]}, 5]}"#, true), (#"{"==": [{"var": ["score", 3]}, 40.01]}"#, true),
      (#"{"<": [{"var": "tags"}, 5]}"#, false),
      (#"{"==": [{"var": "tier"}, "premium"]}"#, true), (#"{"===": [{"var": "count"}, 12]}"#, false),
      (#"{"==": [{"var": "count"}, 12]}"#, true), (#"{">": [{"var": "count"}, 11.9]}"#, true),
      (#"{"<": ["10", "9"]}"#, true), (#"{"==": [{"var": "flag"}, 1]}"#, true),
      (#"{"===": [{"var": "flag"}, 1]}"#, false),
      (#"{"in": [{"var": "tier"}, ["standard", "premium"]]}"#, true),
      (#"{"in": ["mi", {"var": "tier"}]}"#, true),
      (#"{"in": [2, {"var": "tags"}]}"#, true), (#"{"in": ["2", {"var": "tags"}]}"#, false),
      (#"{"in": ["x", {"var": "none"}]}"#, false), (#"{"in": ["", "x"]}"#, true),
      (#"{"in": ["xyz", "xy"]}"#, false),
      (#"{"and": [{"var": "score"}, {"var": "flag"}]}"#, true),
      (#"{"and": [{"var": "score"}, {"var": "zero"}]}"#, false),
      (#"{"or": [{"var": "empty"}, {"var": "none"}]}"#, false), (#"{"!": {"var": "empty"}}"#, true),
      (#"{"!!": [{"var": "tags"}]}"#, true), (#"{"if": [{"var": "zero"}, true, {"var": "flag"}]}"#, true),
      (#"{"missing": ["score", "tier"]}"#, false), (#"{"missing": ["score", "none"]}"#, true), ("true", true),
      ("[]", false),
    ])
  func truth(json: String, expected: Bool) throws {
    #expect(try Self.sheet.holds(json) == expected)
    #expect(try Self.sheet.evaluate(json).isTruthy == expected)
  }

  @Test(
    "values",
    arguments: [
      (#"{"/": [1, 3]}"#, number("0.333333")), (#"{"/": [2, 3]}"#, number("0.666667")),
      (#"{"/": [1, 0]}"#, .null),
      (#"{"+": [{"var": "huge"}, 1]}"#, .null), (#"{"*": [{"var": "huge"}, 2]}"#, .null),
      (#"{"-": "5"}"#, number("-5")),
      (#"{"-": [{"-": {"var": "huge"}}, {"var": "huge"}]}"#, .null), (#"{"+": ["x", 1]}"#, .null),
      (#"{"+": [{"var": "none"}, 1]}"#, .null), (#"{"+": [true, 1]}"#, number("2")),
      (#"{"max": [1, {"var": "score"}, 2]}"#, number("40.01")), (#"{"min": [1, {"var": "none"}]}"#, .null),
      (#"{"missing": ["score", "none", "empty"]}"#, .array([.string("none"), .string("empty")])),
      (#"{"or": [{"var": "zero"}, {"var": "empty"}]}"#, .string("")),
      (#"{"and": [1, {"var": "zero"}, 2]}"#, number("0")),
      (#"{"if": [false, 1]}"#, .null), (#"[{"var": "flag"}, 1]"#, .array([.bool(true), number("1")])),
    ] as [(String, RuleValue)])
  func values(json: String, expected: RuleValue) throws { #expect(try Self.sheet.evaluate(json) == expected) }

  @Test("an order and its opposite never both hold, and never both fail, of two numbers")
  func opposites() {
    let seed = UInt64.random(in: .min ... .max)
    print("rule opposites: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let left = Decimal6(millionths: .random(in: -3...3, using: &random))
      let right = Decimal6(millionths: .random(in: -3...3, using: &random))
      for comparison in RuleComparison.allCases {
        #expect(comparison.holds(left, right) != comparison.opposite.holds(left, right), "seed \(seed)")
        #expect(comparison.holds(left, right) == comparison.mirrored.holds(right, left), "seed \(seed)")
      }
    }
  }

  @Test("a plain threshold can be had as one")
  func thresholds() throws {
    let forward = try #require(try Self.sheet.rule(#"{">=": [{"var": "score"}, 40]}"#).threshold)
    #expect(forward == (try Self.sheet.rule(#"{"<=": [40, {"var": "score"}]}"#).threshold))
    #expect(forward.variable == "score")
    #expect(forward.comparison == .greaterOrEqual)
    #expect(forward.limit == Decimal6(40))
    #expect(Self.sheet.names[forward.slot] == "score")
    for other in [
      #"{">=": [{"var": ["score", 1]}, 40]}"#, #"{"<": [1, {"var": "score"}, 2]}"#, #"{"var": "score"}"#,
    ] {
      #expect(try Self.sheet.rule(other).threshold == nil)
    }
  }
}
