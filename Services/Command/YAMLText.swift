import Wire
import Yams

/// YAML as JSON: members stay in their order and numbers as they are written.
///
/// Plain words mean what YAML 1.2's core schema says, as far as JSON has it: `true`, `false`, `null` and
/// decimal numbers. Everything else, such as `yes`, `007` or `2011-01-01`, is text.
enum YAMLText {
  /// No JSON text is longer, in bytes; references make a short YAML text long.
  static let jsonBytesMax = 1_048_576
  /// Nothing is nested deeper.
  static let depthMax = 64

  /// The JSON text of the one document; JSON is YAML as well.
  static func json(_ yaml: String) throws -> [UInt8] {
    let node: Node?
    do { node = try Yams.compose(yaml: yaml) } catch { throw Fault("\(error)") }
    guard let node else { throw Fault("there is nothing in it") }
    var writer = JSONWriter()
    try write(node, &writer, depth: 0)
    return writer.bytes
  }

  private static func write(_ node: Node, _ writer: inout JSONWriter, depth: Int) throws {
    guard depth < depthMax else { throw Fault("it is nested deeper than \(depthMax)") }
    guard writer.bytes.count < jsonBytesMax else { throw Fault("it is over \(jsonBytesMax) bytes") }
    switch node {
    case .scalar(let scalar): write(scalar, &writer)
    case .sequence(let sequence):
      try writer.array { writer in for element in sequence { try write(element, &writer, depth: depth + 1) } }
    case .mapping(let mapping):
      try writer.object { writer in
        for (key, value) in mapping {
          guard case .scalar(let name) = key else { throw Fault("the name of a member is not a word") }
          writer.key(text: name.string)
          try write(value, &writer, depth: depth + 1)
        }
      }
    case .alias(let alias): throw Fault("the reference \(alias.anchor) leads nowhere")
    }
  }

  private static func write(_ scalar: Node.Scalar, _ writer: inout JSONWriter) {
    let text = scalar.string
    guard scalar.style == .plain || scalar.style == .any else { return writer.string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": writer.null()
    case "true", "True", "TRUE": writer.bool(true)
    case "false", "False", "FALSE": writer.bool(false)
    default: if isNumber(text) { writer.raw(text.utf8) } else { writer.string(text) }
    }
  }

  /// Whether a word is a number in JSON's own notation.
  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
      return false
    }
    var scanner = JSONScanner(Array(text.utf8))
    do throws(JSONError) {
      _ = try scanner.number()
      try scanner.finish()
      return true
    } catch { return false }
  }
}
