import Wire

/// How records are fetched over HTTP: a `connection_config` of kind `http` (README, compose/examples).
struct HTTPSettings: Sendable, Hashable {
  /// How a page's body holds its records.
  enum Body: String, Sendable, CaseIterable {
    case json
    case jsonLines = "json_lines"
  }

  /// How the next page is asked for.
  enum Paging: Sendable, Hashable {
    /// One page has all.
    case none
    /// Parameters for the number of records before the page and for its size.
    case offset(offset: String, limit: String)
    /// A parameter takes what the path leads to in the page before.
    case token(param: String, next: FieldPath)
    /// The `Link` header's `rel="next"` (RFC 8288).
    case link
  }

  static let members: Set<String> = [
    "kind", "url", "query", "headers", "records", "body", "paging", "auth", "from", "timeout_seconds",
    "attempts", "retry_ms",
  ]
  /// Bytes of a page's body.
  static let bodyBytesMax = 8_388_608
  /// Records of a page that is asked for.
  static let sizeDefault = 500

  /// Empty until the operator has told it.
  let url: String
  let query: [ConnectionMembers.Pair]
  let headers: [ConnectionMembers.Pair]
  /// Where the array of records is; nil where the body itself is it.
  let records: FieldPath?
  let body: Body
  let paging: Paging
  /// The parameter of the page's size and the size, where one is sent.
  let limit: ConnectionMembers.Pair?
  let size: Int
  let auth: HTTPAuth
  /// Whether each run reads all from the beginning; what is known counts as duplicate.
  let startsOver: Bool
  /// For a whole answer.
  let timeoutSeconds: Int
  let retry: Retry

  init(_ members: ConnectionMembers) throws(WireError) {
    try members.only(Self.members)
    url = try Self.checked(try members.text("url") ?? "", "connection_config.url")
    query = try members.pairs("query")
    headers = try members.pairs("headers")
    for header in headers { try Self.check(header: header) }
    records = try members.path("records")
    body = try members.word("body") ?? .json
    if body == .jsonLines, records != nil {
      throw .invalid("'connection_config.records' is for a body of kind json")
    }
    (paging, limit, size) = try Self.paging(try members.object("paging"))
    if case .token = paging, body == .jsonLines {
      throw .invalid("'connection_config.paging.kind' token needs a body of kind json, that has the next one")
    }
    auth = try HTTPAuth(try members.object("auth"))
    startsOver = (try members.word("from") ?? From.last) == .start
    timeoutSeconds = try members.number("timeout_seconds", in: 1...600) ?? 30
    retry = Retry(
      attempts: try members.number("attempts", in: 1...20) ?? 6,
      baseMilliseconds: try members.number("retry_ms", in: 1...60_000) ?? 500)
  }

  private enum From: String, CaseIterable { case last, start }
  private enum PagingKind: String, CaseIterable { case none, offset, token, link }

  private static func paging(
    _ members: ConnectionMembers?
  ) throws(WireError) -> (Paging, ConnectionMembers.Pair?, Int) {
    guard let members else { return (.none, nil, sizeDefault) }
    try members.only(["kind", "offset", "limit", "size", "param", "next"])
    let kind: PagingKind = try members.word("kind") ?? PagingKind.none
    let size = try members.number("size", in: 1...IngestionLimits.recordsMax)
    let limit = try members.text("limit") ?? (kind == .offset ? "limit" : nil)
    let pair = limit.map { ConnectionMembers.Pair(name: $0, value: String(size ?? sizeDefault)) }
    let paging: Paging
    switch kind {
    case .none: paging = .none
    case .offset: paging = .offset(offset: try members.text("offset") ?? "offset", limit: limit ?? "limit")
    case .link: paging = .link
    case .token:
      guard let next = try members.path("next") else {
        throw .invalid("'connection_config.paging.next' is missing: the path of the next page's token")
      }
      paging = .token(param: try members.text("param") ?? "page_token", next: next)
    }
    return (paging, pair, size ?? sizeDefault)
  }

  /// An address that can be asked, or an empty text.
  static func checked(_ url: String, _ field: String) throws(WireError) -> String {
    if url.isEmpty { return url }
    let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isPlain, url.hasPrefix("http://") || url.hasPrefix("https://"), WebAddress(url) != nil else {
      throw .invalid("'\(field)' must be an address such as https://bss.example/api/usage")
    }
    return url
  }

  private static func check(header: ConnectionMembers.Pair) throws(WireError) {
    let isName = !header.name.isEmpty && header.name.utf8.allSatisfy { WebAddress.isPlain($0) }
    guard isName, header.value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }) else {
      throw .invalid("'connection_config.headers.\(header.name)' is no header of printable ASCII")
    }
  }
}

/// How often a request is made again, and after what time.
struct Retry: Sendable, Hashable {
  /// Requests in all.
  let attempts: Int
  let baseMilliseconds: Int
  static let delayMillisecondsMax = 60_000
  /// A server may ask for as much.
  static let askedMillisecondsMax = 600_000

  /// Milliseconds until the next request, doubled each time; nil when there is to be none.
  ///
  /// `attempt` counts from 1; `asked` is what a server's `Retry-After` said, in milliseconds.
  func delay(after attempt: Int, asked: Int? = nil) -> Int? {
    guard attempt < attempts else { return nil }
    if let asked { return asked <= Self.askedMillisecondsMax ? max(asked, baseMilliseconds) : nil }
    return min(baseMilliseconds << min(attempt - 1, 16), Self.delayMillisecondsMax)
  }
}
