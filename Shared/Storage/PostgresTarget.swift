import CPostgres

/// Which server a connection URI names, read by libpq itself, without the password.
struct PostgresTarget: Sendable, Hashable, CustomStringConvertible {
  let host: String
  let port: String
  let database: String
  let user: String
  private let hasPassword: Bool

  /// Nil where libpq cannot read the URI; its reason is not passed on, it quotes the text.
  init?(_ uri: String) {
    guard let options = PQconninfoParse(uri, nil) else { return nil }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var option = options
    // libpq ends the array with an entry whose keyword is NULL.
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    host = values["host"] ?? values["hostaddr"] ?? ""
    port = values["port"] ?? ""
    database = values["dbname"] ?? ""
    user = values["user"] ?? ""
    hasPassword = values["password"] != nil
  }

  var description: String {
    let login = user.isEmpty ? "" : user + (hasPassword ? ":***" : "") + "@"
    return "postgres://\(login)\(host)\(port.isEmpty ? "" : ":" + port)/\(database)"
  }

  /// The target in words, for an error.
  var words: String {
    let place = host.hasPrefix("/") ? "socket folder \(host)" : "host \(host.isEmpty ? "(default)" : host)"
    let database = database.isEmpty ? "(default)" : database
    return "\(place)\(port.isEmpty ? "" : " port \(port)"), database \(database), "
      + "user \(user.isEmpty ? "(default)" : user)"
  }
}

extension DatabaseURL {
  /// What PostgreSQL's own programs take from their environment to reach the same database.
  ///
  /// It holds the password, which on their command line everybody could read. Empty for SQLite.
  public var programEnvironment: [String: String] {
    guard engine == .postgres, let options = PQconninfoParse(location, nil) else { return [:] }
    defer { PQconninfoFree(options) }
    var environment: [String: String] = [:]
    var option = options
    // libpq ends the array with an entry whose keyword is NULL.
    while option.pointee.keyword != nil {
      if let name = option.pointee.envvar, let value = option.pointee.val {
        environment[String(cString: name)] = String(cString: value)
      }
      option += 1
    }
    return environment
  }
}
