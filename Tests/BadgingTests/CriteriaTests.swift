import Contracts
import Testing
import Wire

@testable import Badging

@Suite struct CriteriaTests {
  private static let old = #"{">=":[{"var":"customer_age_days"},90]}"#
  private static let rich = #"{">=":[{"var":"revenue_30d"},20]}"#

  private func standing(_ truths: [String: Int64], _ completed: [String: Int] = [:]) throws -> Standing {
    var standing = Standing(completed: completed)
    for (rule, number) in truths {
      standing.truths.append(Truth(comparison: try name(of: rule), crossing: number, definitions: 0))
    }
    return standing
  }

  private static func count(_ test: String, _ number: String) -> String {
    #"{"\#(test)":[{"var":"missions_completed.loyalty"},\#(number)]}"#
  }

  @Test(arguments: [
    (count(">=", "3"), 2, nil as Int?), (count(">=", "3"), 3, 3), (count(">=", "3"), 9, 3),
    (count(">", "3"), 3, nil), (count(">", "3"), 9, 4), (count(">=", "2.5"), 9, 3), (count(">", "2.5"), 9, 3),
    (count(">=", "-1"), 9, 0), (count("==", "9"), 9, 9), (count("<", "9"), 3, 3), (count("<", "9"), 0, 0),
    (#"{"<=":[3,{"var":"missions_completed.loyalty"}]}"#, 5, 3),
    (#"{"var":"missions_completed.loyalty"}"#, 5, 5),
  ])
  func aCountNeedsNoMoreThanTheRuleAsks(rule: String, completed: Int, needed: Int?) throws {
    let grounds = try Criteria(rule).grounds(Standing(completed: ["loyalty": completed]))
    let expected = needed.map { $0 > 0 ? [Ground([.completed(category: "loyalty", $0)])] : [Ground()] } ?? []
    #expect(grounds == expected)
  }

  @Test func andNeedsAllOrNeedsOne() throws {
    let three = Self.count(">=", "3")
    let both = try Criteria(#"{"and":[\#(three),\#(Self.old)]}"#)
    let either = try Criteria(#"{"or":[\#(three),\#(Self.old)]}"#)
    let all = try standing([Self.old: 7], ["loyalty": 4])
    let counted = Evidence.completed(category: "loyalty", 3)
    #expect(both.grounds(all) == [Ground([.crossing(7), counted])])
    #expect(either.grounds(all) == [Ground([counted]), Ground([.crossing(7)])])
    #expect(both.grounds(try standing([Self.old: 7])) == [])
    #expect(either.grounds(try standing([Self.old: 7])) == [Ground([.crossing(7)])])
    let not = try Criteria(#"{"and":[{"!":[{"or":[\#(three),\#(Self.rich)]}]},\#(Self.old)]}"#)
    #expect(not.grounds(try standing([Self.old: 7])) == [Ground([.crossing(7)])])
    #expect(not.grounds(try standing([Self.old: 7, Self.rich: 8])) == [])
  }

  @Test func theFirstFailingConditionIsNamed() throws {
    let criteria = try Criteria(#"{"and":[\#(Self.old),\#(Self.count(">=", "3")),{"!":[\#(Self.rich)]}]}"#)
    func failing(_ truths: [String: Int64], _ completed: Int) throws -> FailingCondition? {
      criteria.failing(try standing(truths, ["loyalty": completed]))
    }
    #expect(try failing([:], 0)?.condition == Self.old)
    let count = try #require(try failing([Self.old: 1], 1))
    #expect(count.needed == "missions_completed.loyalty >= 3")
    #expect(count.distance == Decimal6(2))
    #expect(try failing([Self.old: 1], 3)?.condition == #"{"!":[\#(Self.rich)]}"#)
  }

  @Test func groundsSayNothingTwice() {
    var grounds = [Ground([.crossing(1)])]
    func isNew(_ facts: [Evidence]) -> Bool { grounds.add([Ground(facts)]) }
    #expect(!isNew([.crossing(1)]))
    #expect(!isNew([.crossing(1), .crossing(2)]))
    #expect(isNew([.crossing(3), .completed(category: "loyalty", 2)]))
    #expect(!isNew([.crossing(3), .completed(category: "loyalty", 5)]))
    #expect(isNew([.crossing(3)]))
    #expect(grounds == [Ground([.crossing(1)]), Ground([.crossing(3)])])
    _ = grounds.add((10..<40).map { Ground([.crossing($0)]) })
    #expect(grounds.count == Ground.perAwardMax)
    #expect(grounds.first == Ground([.crossing(1)]))
    #expect(grounds.last == Ground([.crossing(39)]))
  }
}
