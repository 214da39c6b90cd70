import Contracts
import Wire

/// How a source's records are fetched: its `connection_config`, read by kind.
///
/// `{"kind": "file", "directory", "glob"}` (where files are found, their format stands beside it), `{"kind":
/// "http", ...}` (`HTTPSettings`), `{"kind": "sql", ...}` (`SQLSettings`), `{"kind": "push"}`. Without `kind`
/// a directory makes it a file connection.
struct Connection: Sendable {
  enum Kind: String, Sendable, CaseIterable { case file, push, http, sql }

  enum Way: Sendable {
    case push
    case file(Folder)
    case http(HTTPSettings)
    case sql(SQLSettings)
  }

  /// Where a source's files are.
  struct Folder: Sendable, Hashable {
    /// A folder's path.
    let directory: String
    /// Which files of the folder, by their names.
    let glob: String
  }

  /// Bytes of a connection's text.
  static let textBytesMax = 65_536

  let way: Way

  /// Throws `invalid_argument` naming the member at fault.
  init(_ text: some Collection<UInt8>) throws(WireError) {
    guard text.count <= Self.textBytesMax else {
      throw .invalid("'connection_config' has more than \(Self.textBytesMax) bytes")
    }
    let members = try ConnectionMembers(Array(text)[...])
    let isFile = try members.text("directory")?.isEmpty == false
    let kind: Kind = try members.word("kind") ?? (isFile ? .file : .push)
    switch kind {
    case .push: way = .push
    case .file: way = .file(try Folder(members))
    case .http: way = .http(try HTTPSettings(members))
    case .sql: way = .sql(try SQLSettings(members))
    }
  }

  var kind: Kind {
    switch way {
    case .push: .push
    case .file: .file
    case .http: .http
    case .sql: .sql
    }
  }

  /// Whether there is something to fetch.
  var isPulled: Bool { kind != .push }

  /// What must be told before its connector can be run; nil when nothing is missing.
  var missing: String? {
    switch way {
    case .push: nil
    case .file(let folder): folder.directory.isEmpty ? "directory" : nil
    case .http(let settings):
      settings.url.isEmpty ? "url" : settings.auth.isComplete ? nil : "auth"
    case .sql(let settings):
      settings.url.isEmpty
        ? "url"
        : settings.query.isEmpty
          ? "query"
          : settings.cursorColumn.isEmpty ? "cursor_column" : nil
    }
  }
}

extension Connection.Folder {
  fileprivate init(_ members: ConnectionMembers) throws(WireError) {
    directory = try members.text("directory") ?? ""
    glob = try members.text("glob") ?? "*"
    if directory.utf8.contains(0) || glob.utf8.contains(0) || glob.utf8.contains(UInt8(ascii: "/")) {
      throw .invalid("'connection_config.glob' is a pattern of file names, without folders")
    }
  }
}
