import Wire

/// A rule's parts as a tree.
indirect enum RuleNode: Sendable {
  case literal(RuleValue)
  case variable(RuleVariable, fallback: RuleNode?)
  case list([RuleNode])
  case comparison(RuleComparison, [RuleNode])
  case all([RuleNode])
  case any([RuleNode])
  case not(RuleNode)
  /// `!!`: the truth of its operand.
  case truth(RuleNode)
  case choice([RuleNode])
  case contains(item: RuleNode, whole: RuleNode)
  case arithmetic(RuleArithmetic, [RuleNode])
  case missing([RuleVariable])
}

/// A variable's name and its place among the values that the rule's user gives.
struct RuleVariable: Sendable, Hashable {
  let name: String
  let slot: Int
}

/// The operators that make a number from numbers.
enum RuleArithmetic: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case least = "min"
  case greatest = "max"
}

extension RuleNode {
  /// The parts directly below.
  var children: [RuleNode] {
    switch self {
    case .literal, .missing: []
    case .variable(_, let fallback): fallback.map { [$0] } ?? []
    case .list(let parts), .comparison(_, let parts), .all(let parts), .any(let parts): parts
    case .choice(let parts), .arithmetic(_, let parts): parts
    case .not(let part), .truth(let part): [part]
    case .contains(let item, let whole): [item, whole]
    }
  }

  /// The variables in here, in the order of the text, with repeats.
  var variables: [RuleVariable] {
    switch self {
    case .variable(let variable, let fallback): [variable] + (fallback?.variables ?? [])
    case .missing(let variables): variables
    default: children.flatMap(\.variables)
    }
  }

  /// The canonical form: operands always in an array, no spaces, numbers in plain notation.
  func write(to writer: inout JSONWriter) {
    switch self {
    case .literal(let value): value.write(to: &writer)
    case .list(let parts): write(parts, to: &writer)
    case .variable(let variable, let fallback): write(variable, fallback, to: &writer)
    case .missing(let variables):
      writer.object { object in
        object.key("missing")
        object.array { array in for variable in variables { array.string(variable.name) } }
      }
    default:
      writer.object { object in
        object.key(text: name)
        write(children, to: &object)
      }
    }
  }

  private func write(_ parts: [RuleNode], to writer: inout JSONWriter) {
    writer.array { array in for part in parts { part.write(to: &array) } }
  }

  private func write(_ variable: RuleVariable, _ fallback: RuleNode?, to writer: inout JSONWriter) {
    writer.object { object in
      object.key("var")
      guard let fallback else { return object.string(variable.name) }
      object.array { array in
        array.string(variable.name)
        fallback.write(to: &array)
      }
    }
  }

  /// The operator as it is written.
  private var name: String {
    switch self {
    case .comparison(let comparison, _): comparison.rawValue
    case .arithmetic(let arithmetic, _): arithmetic.rawValue
    case .all: "and"
    case .any: "or"
    case .not: "!"
    case .truth: "!!"
    case .choice: "if"
    case .contains: "in"
    case .variable: "var"
    case .missing: "missing"
    case .literal, .list: ""
    }
  }

  var canonical: String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
