import Wire

/// How a source's records are fetched: the members of `connection_config` that this release reads.
///
/// `{"kind": "file", "directory", "glob"}`, `{"kind": "push"}`, or a kind without a connector here (`http`,
/// `sql`), which is kept as it is given. Without `kind` a directory makes it a file connection.
struct Connection: Sendable, Hashable {
  enum Kind: String, Sendable, CaseIterable { case file, push, http, sql }

  /// Bytes of a connection's text.
  static let textBytesMax = 65_536

  private(set) var kind = Kind.push
  /// A folder's path.
  private(set) var directory = ""
  /// Which files of the folder, by their names.
  private(set) var glob = "*"

  /// Throws `invalid_argument` naming the member at fault.
  init(_ text: some Collection<UInt8>) throws(WireError) {
    guard text.count <= Self.textBytesMax else {
      throw .invalid("'connection_config' has more than \(Self.textBytesMax) bytes")
    }
    var named: String?
    try Payload.read(Array(text)[...]) { key, scanner in
      switch key {
      case "kind": named = try scanner.string()
      case "directory": directory = try scanner.string()
      case "glob": glob = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let kind = Kind(rawValue: named ?? (directory.isEmpty ? "push" : "file")) else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("'connection_config.kind' is none of \(kinds)")
    }
    self.kind = kind
    if directory.utf8.contains(0) || glob.utf8.contains(0) || glob.utf8.contains(UInt8(ascii: "/")) {
      throw .invalid("'connection_config.glob' is a pattern of file names, without folders")
    }
  }

  /// Whether its connector can be run.
  var isComplete: Bool { kind == .file ? !directory.isEmpty : kind == .push }
}
