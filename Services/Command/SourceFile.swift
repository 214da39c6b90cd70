import Foundation
import Wire

/// A source's definition as read from a YAML or JSON file.
struct SourceFile: Sendable {
  /// How the records of its files are cut apart.
  struct Format: Sendable, Hashable {
    /// CSV; otherwise each line is a record.
    var isCSV = false
    var delimiter = UInt8(ascii: ",")
    var quote: UInt8? = UInt8(ascii: "\"")
    var escape: UInt8?
    /// Whether the first record names the columns.
    var hasHeader = false
  }

  /// The source's name.
  let name: String
  /// The definition for `ingestion.v1/put-source`.
  let json: [UInt8]
  let format: Format

  /// Reads a text; `origin` says where it is from, for errors.
  init(yaml: String, origin: String) throws {
    do {
      json = try YAMLText.json(yaml)
      let tree = try JSONTree(json[...])
      guard let name = tree["name"].text, !name.isEmpty else { throw Fault("`name` is missing") }
      self.name = name
      format = try Self.format(tree["format"])
    } catch {
      throw Fault("\(origin) is no source: \(error)", advice: "compare it with compose/examples/calls.yaml")
    }
  }

  /// Reads a file.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Fault(
        "\(path) cannot be read", advice: "--source names a YAML file such as compose/examples/calls.yaml")
    }
    guard let text = String(data: data, encoding: .utf8) else { throw Fault("\(path) is not UTF-8") }
    try self.init(yaml: text, origin: path)
  }

  private static func format(_ tree: JSONTree) throws -> Format {
    var format = Format()
    switch tree["kind"].text {
    case "csv": format.isCSV = true
    case "json_lines": return format
    default: throw Fault("`format.kind` is neither csv nor json_lines")
    }
    format.hasHeader = tree["header"] != .bool(false)
    if let delimiter = try byte(tree, "delimiter") { format.delimiter = delimiter }
    if tree.members.contains(where: { $0.name == "quote" }) { format.quote = try byte(tree, "quote") }
    format.escape = try byte(tree, "escape")
    return format
  }

  private static func byte(_ tree: JSONTree, _ name: String) throws -> UInt8? {
    guard let text = tree[name].text else { return nil }
    if text == "tab" { return 0x09 }
    guard text.utf8.count == 1, let byte = text.utf8.first else {
      throw Fault("`format.\(name)` is not one ASCII character")
    }
    return byte
  }
}
