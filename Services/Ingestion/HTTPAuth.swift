import Wire

/// How a server is told who asks.
enum HTTPAuth: Sendable, Hashable {
  case none
  case basic(username: String, password: String)
  case bearer(String)
  case header(name: String, key: String)
  case parameter(name: String, key: String)
  case login(Login)

  /// A request that gives a token, which is asked for again when it is refused.
  struct Login: Sendable, Hashable {
    let url: String
    let fields: [ConnectionMembers.Pair]
    /// Whether the fields are sent as a form (OAuth 2), not as JSON.
    let isForm: Bool
    /// Where the token is in the answer.
    let at: FieldPath
    /// The word before it in `Authorization`.
    let scheme: String
  }

  private enum Kind: String, CaseIterable {
    case none, basic, bearer, login
    case apiKey = "api_key"
  }
  private enum Sent: String, CaseIterable { case json, form }

  init(_ members: ConnectionMembers?) throws(WireError) {
    guard let members else {
      self = .none
      return
    }
    try members.only([
      "kind", "username", "password", "token", "api_key", "header", "query", "url", "fields", "send", "at",
      "scheme",
    ])
    let kind: Kind = try members.word("kind") ?? Kind.none
    switch kind {
    case .none: self = .none
    case .basic:
      self = .basic(
        username: try members.text("username") ?? "", password: try members.text("password") ?? "")
    case .bearer: self = .bearer(try Self.secret(members, "token"))
    case .apiKey:
      let key = try Self.secret(members, "api_key")
      if let name = try members.text("query") {
        self = .parameter(name: name, key: key)
      } else {
        self = .header(name: try members.text("header") ?? "X-Api-Key", key: key)
      }
    case .login: self = .login(try Self.login(members))
    }
  }

  private static func login(_ members: ConnectionMembers) throws(WireError) -> Login {
    var fields = try members.pairs("fields")
    for name in ["username", "password"] {
      if let value = try members.text(name) { fields.append(.init(name: name, value: value)) }
    }
    let sent = try members.word("send") ?? Sent.json
    let url = try HTTPSettings.checked(try members.text("url") ?? "", "connection_config.auth.url")
    let at = try members.path("at") ?? FieldPath("access_token")
    guard let at else { throw .internal("the default path of a token is none") }
    return Login(
      url: url, fields: fields, isForm: sent == .form, at: at, scheme: try members.text("scheme") ?? "Bearer")
  }

  /// What goes into a header must be fit for one.
  private static func secret(_ members: ConnectionMembers, _ name: String) throws(WireError) -> String {
    let text = try members.text(name) ?? ""
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw .invalid("'connection_config.auth.\(name)' must be printable ASCII")
    }
    return text
  }

  /// Whether it can be used as it is.
  var isComplete: Bool {
    switch self {
    case .none: true
    case .basic(let username, _): !username.isEmpty
    case .bearer(let key), .header(_, let key), .parameter(_, let key): !key.isEmpty
    case .login(let login): !login.url.isEmpty && !login.fields.contains { $0.value.isEmpty }
    }
  }
}
