import Testing

@testable import Rules

struct RuleCompilerTests {
  static func compile(_ json: String) throws(RuleError) -> Rule {
    try Rule(json: json) { $0.hasPrefix("x") ? 0 : nil }
  }

  @Test(
    "what is wrong is named",
    arguments: [
      (#"{"and": [{"xor": [1, 2]}]}"#, .unknownOperator("xor")), (#"{"var": "y"}"#, .unknownVariable("y")),
      (#"{"missing": ["x", "z"]}"#, .unknownVariable("z")), (#"{"var": 7}"#, .unknownVariable("7")),
      (#"{"==": [1, 99999999999999]}"#, .number("99999999999999")),
      (#"{}"#, .operands(of: "{}", reason: "an operation has an operator")),
      (
        #"{"!": [1], "and": [1]}"#,
        .operands(of: "and", reason: "an operation has one operator, here is also !")
      ),
      (#"{"<": [1]}"#, .operands(of: "<", reason: "1 operands, 2 or more are needed")),
      (#"{"==": [1, 2, 3]}"#, .operands(of: "==", reason: "3 operands, 2 are needed")),
      (#"{"/": [1]}"#, .operands(of: "/", reason: "1 operands, 2 are needed")),
      (#"{"and": []}"#, .operands(of: "and", reason: "0 operands, 1 or more are needed")),
      (#"{"in": "x"}"#, .operands(of: "in", reason: "1 operands, 2 are needed")),
    ] as [(String, RuleError)])
  func refused(json: String, error: RuleError) {
    #expect(throws: error) { try Self.compile(json) }
  }

  @Test(
    "a name is never computed, and never empty",
    arguments: [
      #"{"var": ""}"#, #"{"var": null}"#, #"{"var": []}"#, #"{"var": {"var": "x"}}"#, #"{"var": [["x"]]}"#,
    ])
  func names(json: String) { #expect(throws: RuleError.self) { try Self.compile(json) } }

  @Test(
    "no JSON", arguments: ["", "{", #"{"and": [1,]}"#, "1 2", #"{"!": tru}"#, "{\"==\": [\"\u{1}\", 1]}"])
  func syntax(json: String) {
    let error = #expect(throws: RuleError.self) { try Self.compile(json) }
    guard case .syntax = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("limits hold exactly")
  func limits() throws {
    func deep(_ levels: Int) -> String {
      String(repeating: #"{"!": "#, count: levels - 1) + "1" + String(repeating: "}", count: levels - 1)
    }
    _ = try Self.compile(deep(RuleLimits.depthMax))
    #expect(throws: RuleError.limit("levels", max: 32)) { try Self.compile(deep(RuleLimits.depthMax + 1)) }
    #expect(throws: RuleError.limit("levels", max: 32)) {
      try Self.compile(String(repeating: "[", count: 10_000))
    }

    func wide(_ parts: Int) -> String {
      #"{"or": ["# + Array(repeating: "1", count: parts - 1).joined(separator: ",") + "]}"
    }
    _ = try Self.compile(wide(RuleLimits.nodesMax))
    #expect(throws: RuleError.limit("parts", max: 1_000)) { try Self.compile(wide(RuleLimits.nodesMax + 1)) }

    func long(_ bytes: Int) -> String { "\"" + String(repeating: "a", count: bytes - 2) + "\"" }
    _ = try Self.compile(long(RuleLimits.textBytesMax))
    #expect(throws: RuleError.limit("bytes of text", max: 16_384)) {
      try Self.compile(long(RuleLimits.textBytesMax + 1))
    }
  }

  @Test(
    "one rule, many spellings, one identity",
    arguments: [
      #"{"and":[{">=":[{"var":"x1"},40]},{"!":[{"var":"x2"}]}]}"#,
      " {\"and\" :[ {\n\">=\":[ {\"var\" : [ \"x1\" ]}, 40.0] } , { \"!\" :\t{ \"var\" : \"x2\" } } ]\r\n}",
      #"{"and":[{">=":[{"var":"\u00781"},4e1]},{"!":{"var":["x2"]}}]}"#,
    ])
  func identity(json: String) throws {
    let rule = try Self.compile(json)
    #expect(rule.canonical == #"{"and":[{">=":[{"var":"x1"},40]},{"!":[{"var":"x2"}]}]}"#)
    #expect(rule.identity == "69aa3c14c3a449fd")
    #expect(rule.variables == ["x1", "x2"])
    #expect(try Self.compile(rule.canonical) == rule)
  }

  @Test("other rules have other identities") func different() throws {
    let texts = [
      #"{">=":[{"var":"x"},40]}"#, #"{">":[{"var":"x"},40]}"#, #"{">=":[{"var":"x"},41]}"#,
      #"{">=":[{"var":"x1"},40]}"#, #"{">=":[40,{"var":"x"}]}"#, #"{">=":[{"var":["x",0]},40]}"#,
      #"{">=":[{"var":"x"},"40"]}"#,
    ]
    #expect(Set(try texts.map { try Self.compile($0).identity }).count == texts.count)
  }

  @Test(
    "every operator's canonical text compiles to itself",
    arguments: [
      #"{"var":["x",1]}"#, #"{"missing":["x","x1"]}"#, #"{"if":[{"var":"x"},"a\"b",null]}"#,
      #"{"in":[{"var":"x"},["a",1,true]]}"#, #"{"<":[1,{"var":"x"},3]}"#, #"{"!!":[[1,{"var":"x"}]]}"#,
      #"{"min":[{"+":["1"]},{"-":[1,2]},{"*":[2,3]},{"/":[1,4]},{"max":[1,2]}]}"#,
      #"{"!==":[1,{"===":[1,2]}]}"#,
      #"{"or":[{"!=":[1,2]},{"==":[0.5,-7]}]}"#,
    ])
  func canonical(text: String) throws { #expect(try Self.compile(text).canonical == text) }
}
