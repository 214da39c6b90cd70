import Foundation
import Testing
import Wire

@testable import Rules

/// The classic cases of the JSONLogic community's suite, which lies beside the project's own tree.
enum RuleSuite {
  static let file = URL(filePath: #filePath).appending(path: "../../../../shared/suites/jsonlogic.json")
    .standardized
  static let isThere = FileManager.default.fileExists(atPath: file.path)

  static let operators: Set<String> = [
    "var", "==", "===", "!=", "!==", "<", "<=", ">", ">=", "and", "or", "!", "!!", "if", "in", "+", "-", "*",
    "/",
    "min", "max", "missing",
  ]

  /// Whether a rule has only operators that Laurel has.
  static func isSupported(_ rule: Any) -> Bool {
    if let object = rule as? [String: Any] {
      return object.allSatisfy { operators.contains($0.key) && isSupported($0.value) }
    }
    return (rule as? [Any])?.allSatisfy(isSupported) ?? true
  }

  /// A value in the suite's data by JSONLogic's dotted path.
  static func value(_ path: String, in data: Any?) -> RuleValue {
    var found = data
    for step in path.split(separator: ".") {
      if let object = found as? [String: Any] {
        found = object[String(step)]
      } else if let array = found as? [Any], let index = Int(step), array.indices.contains(index) {
        found = array[index]
      } else {
        return .null
      }
    }
    return value(found)
  }

  static func value(_ any: Any?) -> RuleValue {
    switch any {
    case let text as String: .string(text)
    case let number as NSNumber where CFBoolean.isOne(number): .bool(number.boolValue)
    case let number as NSNumber: Decimal6("\(number)").map(RuleValue.number) ?? .null
    case let array as [Any]: .array(array.map { value($0) })
    default: .null
    }
  }
}

/// Foundation gives truth values as numbers of this encoding.
private enum CFBoolean {
  static func isOne(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

struct RuleSuiteTests {
  /// `{"var": ""}` asks for the whole data, which no rule of ours has.
  static let wholeData = 3

  @Test("compatible.json", .enabled(if: RuleSuite.isThere, "no ../shared/suites/jsonlogic.json"))
  func compatible() throws {
    let all =
      try JSONSerialization.jsonObject(with: Data(contentsOf: RuleSuite.file)) as? [[String: Any]] ?? []
    let classic = all.filter { $0["suite"] as? String == "compatible.json" }
    let supported = classic.filter { RuleSuite.isSupported($0["rule"] ?? NSNull()) }
    var passed = 0
    var whole = 0
    for sample in supported {
      let text = try JSONSerialization.data(
        withJSONObject: sample["rule"] ?? NSNull(), options: .fragmentsAllowed)
      var names: [String] = []
      do throws(RuleError) {
        let rule = try Rule(json: text) { name in
          names.append(name)
          return names.count - 1
        }
        let result = rule.evaluate { RuleSuite.value(names[$0], in: sample["data"]) }
        let expected = RuleSuite.value(sample["result"])
        #expect(result == expected, "\(rule.canonical) with \(sample["data"] ?? "nothing")")
        if result == expected { passed += 1 }
      } catch {
        guard case .operands(of: "var", _) = error else { throw error }
        whole += 1
      }
    }
    print(
      "JSONLogic compatible.json: \(passed) of \(supported.count) supported cases, \(classic.count) in all")
    #expect(supported.count == 197)
    #expect(whole == Self.wholeData)
    #expect(passed == supported.count - whole)
  }
}
