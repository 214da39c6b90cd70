import Wire

/// Makes a tree from JSON text in one pass and keeps count of the limits.
struct RuleCompiler {
  private var scanner: JSONScanner
  private var nodes = 0

  static func compile(
    _ text: [UInt8], variables: (String) -> Int?
  ) throws(RuleError) -> RuleNode {
    guard text.count <= RuleLimits.textBytesMax else {
      throw .limit("bytes of text", max: RuleLimits.textBytesMax)
    }
    var compiler = RuleCompiler(scanner: JSONScanner(text))
    let node = try compiler.node(depth: 0, variables)
    try compiler.scan { (scanner) throws(JSONError) in try scanner.finish() }
    return node
  }

  private init(scanner: JSONScanner) { self.scanner = scanner }

  private mutating func scan<Result>(
    _ body: (inout JSONScanner) throws(JSONError) -> Result
  ) throws(RuleError) -> Result {
    do throws(JSONError) { return try body(&scanner) } catch { throw .syntax(error) }
  }

  private mutating func node(depth: Int, _ variables: (String) -> Int?) throws(RuleError) -> RuleNode {
    guard depth < RuleLimits.depthMax else { throw .limit("levels", max: RuleLimits.depthMax) }
    nodes += 1
    guard nodes <= RuleLimits.nodesMax else { throw .limit("parts", max: RuleLimits.nodesMax) }
    switch try scan({ (scanner) throws(JSONError) in try scanner.kind() }) {
    case .object: return try operation(depth: depth, variables)
    case .array: return Self.list(try elements(depth: depth, variables))
    case .string:
      return .literal(.string(try scan { (scanner) throws(JSONError) in try scanner.string() }))
    case .number: return .literal(.number(try number()))
    case .bool: return .literal(.bool(try scan { (scanner) throws(JSONError) in try scanner.bool() }))
    case .null:
      _ = try scan { (scanner) throws(JSONError) in try scanner.takeNull() }
      return .literal(.null)
    }
  }

  private mutating func number() throws(RuleError) -> Decimal6 {
    let text = try scan { (scanner) throws(JSONError) in try scanner.number() }
    guard let value = Decimal6(text: text) else { throw .number(String(decoding: text, as: UTF8.self)) }
    return value
  }

  /// An array of constants only becomes one constant, so that `in` needs no new array each time.
  private static func list(_ parts: [RuleNode]) -> RuleNode {
    var values: [RuleValue] = []
    for part in parts {
      guard case .literal(let value) = part else { return .list(parts) }
      values.append(value)
    }
    return .literal(.array(values))
  }

  private mutating func elements(
    depth: Int, _ variables: (String) -> Int?
  ) throws(RuleError) -> [RuleNode] {
    var parts: [RuleNode] = []
    try scan { (scanner) throws(JSONError) in try scanner.beginArray() }
    while try scan({ (scanner) throws(JSONError) in try scanner.nextElement() }) {
      parts.append(try node(depth: depth + 1, variables))
    }
    return parts
  }

  private mutating func operation(depth: Int, _ variables: (String) -> Int?) throws(RuleError) -> RuleNode {
    try scan { (scanner) throws(JSONError) in try scanner.beginObject() }
    guard let key = try nextKey() else { throw .operands(of: "{}", reason: "an operation has an operator") }
    let kind = try scan { (scanner) throws(JSONError) in try scanner.kind() }
    let parts =
      kind == .array ? try elements(depth: depth, variables) : [try node(depth: depth + 1, variables)]
    if let second = try nextKey() {
      throw .operands(of: second, reason: "an operation has one operator, here is also \(key)")
    }
    return try Self.operation(key, parts, variables)
  }

  private mutating func nextKey() throws(RuleError) -> String? {
    try scan { (scanner) throws(JSONError) in try scanner.nextKey()?.description }
  }

  private static func operation(
    _ name: String, _ parts: [RuleNode], _ variables: (String) -> Int?
  ) throws(RuleError) -> RuleNode {
    if let comparison = RuleComparison(rawValue: name) {
      try check(name, parts, 2...(comparison.isOrder ? 3 : 2))
      return .comparison(comparison, parts)
    }
    if let arithmetic = RuleArithmetic(rawValue: name) {
      try check(name, parts, arithmetic == .divide ? 2...2 : 1...(arithmetic == .subtract ? 2 : .max))
      return .arithmetic(arithmetic, parts)
    }
    switch name {
    case "var": return try variable(parts, variables)
    case "missing": return .missing(try missing(parts, variables))
    case "if": return .choice(parts)
    case "and", "or":
      try check(name, parts, 1...(.max))
      return name == "and" ? .all(parts) : .any(parts)
    case "!", "!!":
      try check(name, parts, 1...1)
      return name == "!" ? .not(parts[0]) : .truth(parts[0])
    case "in":
      try check(name, parts, 2...2)
      return .contains(item: parts[0], whole: parts[1])
    default: throw .unknownOperator(name)
    }
  }

  private static func check(
    _ name: String, _ parts: [RuleNode], _ counts: ClosedRange<Int>
  ) throws(RuleError) {
    guard counts.contains(parts.count) else {
      let wanted = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) or more"
      throw .operands(of: name, reason: "\(parts.count) operands, \(wanted) are needed")
    }
  }

  private static func variable(
    _ parts: [RuleNode], _ variables: (String) -> Int?
  ) throws(RuleError) -> RuleNode {
    try check("var", parts, 1...2)
    return .variable(
      try resolve(parts[0], of: "var", variables), fallback: parts.count == 2 ? parts[1] : nil)
  }

  private static func missing(
    _ parts: [RuleNode], _ variables: (String) -> Int?
  ) throws(RuleError) -> [RuleVariable] {
    var names: [RuleVariable] = []
    for part in parts { names.append(try resolve(part, of: "missing", variables)) }
    return names
  }

  /// A name must stand in the rule itself: one that is computed could not be checked when the rule is saved.
  private static func resolve(
    _ part: RuleNode, of name: String, _ variables: (String) -> Int?
  ) throws(RuleError) -> RuleVariable {
    let text: String
    switch part {
    case .literal(.string(let string)) where !string.isEmpty: text = string
    case .literal(.number(let number)): text = number.description
    default: throw .operands(of: name, reason: "a variable's name must be a text of at least one character")
    }
    guard let slot = variables(text) else { throw .unknownVariable(text) }
    return RuleVariable(name: text, slot: slot)
  }
}

extension RuleComparison {
  /// Whether it is one of `<`, `<=`, `>`, `>=`, which may be chained.
  var isOrder: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    case .equal, .same, .unequal, .different: false
    }
  }
}
