import AsyncHTTPClient
import Foundation
import NIOCore
import Synchronization
import Wire

/// Fetches a source's pages over HTTP, again after what may pass: broken answers, 429, 5xx.
struct HTTPConnector: PageSource {
  let settings: HTTPSettings
  /// Where the token of a login is kept until it is refused.
  let tokens: LoginTokens
  /// Under which name.
  let account: String

  private static let noContent = 204
  private static let unauthorized = 401
  private static let tooMany = 429
  /// Statuses with which another try may help.
  private static let passing: Set<Int> = [408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]

  var identity: String { "http \(WebAddress(settings.url)?.shown ?? "") \(settings.paging.word)" }

  func page(after cursor: String, isFirst: Bool) async throws -> FeedPage {
    let start = isFirst && settings.startsOver ? "" : cursor
    let address = try address(at: start)
    var page = try await fetch(address, start)
    // Unless the next run begins anew, it begins where this one ended.
    if page.isLast, settings.startsOver { (page.next, page.repeats) = ("", 0) }
    return page
  }

  private func address(at cursor: String) throws -> WebAddress {
    guard let base = WebAddress(settings.url) else {
      throw WireError.failedPrecondition("'connection_config.url' is missing")
    }
    var parameters = settings.query
    if let limit = settings.limit { parameters.append(limit) }
    switch settings.paging {
    case .none: break
    case .offset(let offset, _): parameters.append(.init(name: offset, value: cursor.isEmpty ? "0" : cursor))
    case .token(let param, _): if !cursor.isEmpty { parameters.append(.init(name: param, value: cursor)) }
    case .link:
      // What the server links to has all parameters already.
      if !cursor.isEmpty, let link = base.resolved(cursor) { return try Self.checked(link, base) }
    }
    return base.adding(parameters)
  }

  /// Secrets go where the operator sends them, and nowhere else.
  private static func checked(_ link: WebAddress, _ base: WebAddress) throws -> WebAddress {
    guard link.origin == base.origin else {
      throw WireError.failedPrecondition("\(base.shown) links to another server, \(link.origin)")
    }
    return link
  }

  /// Asks for a page until it is whole, or as often as it may be tried.
  private func fetch(_ address: WebAddress, _ cursor: String) async throws -> FeedPage {
    var (attempt, isRenewed) = (1, false)
    while true {
      let failure: Failure
      do throws(Failure) {
        let answer = try await ask(address)
        if answer.status == Self.unauthorized, case .login = settings.auth, !isRenewed {
          tokens.forget(account)
          isRenewed = true
          continue
        }
        return try page(of: answer, address, cursor)
      } catch { failure = error }
      let text = "\(address.shown) \(failure.message)"
      guard failure.mayPass,
        let delay = settings.retry.delay(after: attempt, asked: failure.askedMilliseconds)
      else {
        throw WireError.unavailable(attempt > 1 ? "\(text), after \(attempt) attempts" : text)
      }
      try await Task.sleep(for: .milliseconds(delay))
      attempt += 1
    }
  }

  private func ask(_ address: WebAddress) async throws(Failure) -> HTTPAnswer {
    var address = address
    var headers = settings.headers
    switch settings.auth {
    case .none: break
    case .basic(let username, let password):
      let text = Data("\(username):\(password)".utf8).base64EncodedString()
      headers.append(.init(name: "Authorization", value: "Basic \(text)"))
    case .bearer(let token): headers.append(.init(name: "Authorization", value: "Bearer \(token)"))
    case .header(let name, let key): headers.append(.init(name: name, value: key))
    case .parameter(let name, let key): address = address.adding([.init(name: name, value: key)])
    case .login(let login):
      let token = try await token(login)
      headers.append(.init(name: "Authorization", value: "\(login.scheme) \(token)"))
    }
    return try await HTTPAnswer.asked(address, headers, timeoutSeconds: settings.timeoutSeconds)
  }

  /// The token that is known, or a new one.
  private func token(_ login: HTTPAuth.Login) async throws(Failure) -> String {
    if let token = tokens.known(account) { return token }
    guard let address = WebAddress(login.url) else {
      throw Failure("'connection_config.auth.url' is missing", mayPass: false)
    }
    let answer = try await HTTPAnswer.asked(
      address, [], post: login.body, timeoutSeconds: settings.timeoutSeconds)
    do throws(Failure) { try Self.check(answer.status, answer) } catch {
      throw Failure("needs a login, and \(address.shown) \(error.message)", error)
    }
    guard let found = try? PageBody.value(answer.body[...], login.at.steps[...]),
      let token = try? PageBody.text(found), token.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
    else {
      throw Failure("needs a login, whose answer has no token at '\(login.at)'", mayPass: false)
    }
    tokens.keep(token, account)
    return token
  }

  private static func check(_ status: Int, _ answer: HTTPAnswer) throws(Failure) {
    if (200..<300).contains(status) { return }
    throw Failure(
      "answered \(status)", mayPass: passing.contains(status), askedMilliseconds: answer.retryMilliseconds)
  }

  private func page(
    of answer: HTTPAnswer, _ address: WebAddress, _ cursor: String
  ) throws(Failure) -> FeedPage {
    try Self.check(answer.status, answer)
    var next: String?
    var records: [ArraySlice<UInt8>] = []
    if answer.status != Self.noContent {
      switch settings.body {
      case .jsonLines: records = PageBody.lines(answer.body[...])
      case .json: (records, next) = try parsed(answer)
      }
    }
    switch settings.paging {
    case .none: return FeedPage(records: records, next: "", isLast: true, repeats: records.count)
    case .offset:
      let place = (Int64(cursor) ?? 0) + Int64(records.count)
      return FeedPage(
        records: records, next: String(place), isLast: records.count < settings.size, repeats: 0)
    case .token: return try following(records, next, cursor)
    case .link: return try following(records, WebAddress.next(inLinks: answer.links), cursor)
    }
  }

  /// The last page stays the place to read on: more records may come on it, or a next one.
  private func following(
    _ records: [ArraySlice<UInt8>], _ next: String?, _ cursor: String
  ) throws(Failure) -> FeedPage {
    guard let next else {
      return FeedPage(records: records, next: cursor, isLast: true, repeats: records.count)
    }
    if next == cursor { throw Failure("says that its next page is the same one", mayPass: false) }
    return FeedPage(records: records, next: next, isLast: false, repeats: 0)
  }

  private func parsed(_ answer: HTTPAnswer) throws(Failure) -> ([ArraySlice<UInt8>], String?) {
    var path: FieldPath?
    if case .token(_, let next) = settings.paging { path = next }
    do throws(JSONError) {
      let (records, next) = try PageBody.json(answer.body[...], records: settings.records, next: path)
      if let records { return (records, next) }
    } catch {
      throw Failure("gave a body that is not the JSON it should be: \(error)", mayPass: true)
    }
    throw Failure("gave a body without '\(settings.records?.description ?? "")'", mayPass: false)
  }
}

extension HTTPConnector {
  /// Why a request gave no page.
  struct Failure: Error {
    let message: String
    /// Whether another try may help.
    let mayPass: Bool
    /// What the server asked for.
    var askedMilliseconds: Int?

    init(_ message: String, mayPass: Bool, askedMilliseconds: Int? = nil) {
      (self.message, self.mayPass, self.askedMilliseconds) = (message, mayPass, askedMilliseconds)
    }

    init(_ message: String, _ other: Failure) {
      self.init(message, mayPass: other.mayPass, askedMilliseconds: other.askedMilliseconds)
    }
  }
}

extension HTTPSettings.Paging {
  fileprivate var word: String {
    switch self {
    case .none: "none"
    case .offset: "offset"
    case .token: "token"
    case .link: "link"
    }
  }
}

extension HTTPAuth.Login {
  /// The request's body and its type.
  fileprivate var body: (type: String, bytes: [UInt8]) {
    if isForm { return ("application/x-www-form-urlencoded", Array(WebAddress.form(fields).utf8)) }
    let text = JSONWriter.object { writer in
      for field in fields {
        writer.key(text: field.name)
        writer.string(field.value)
      }
    }
    return ("application/json", text)
  }
}

/// The tokens of logins, by source and version, in this process alone.
final class LoginTokens: Sendable {
  private let tokens = Mutex<[String: String]>([:])

  func known(_ account: String) -> String? { tokens.withLock { $0[account] } }
  func keep(_ token: String, _ account: String) { tokens.withLock { $0[account] = token } }
  func forget(_ account: String) { tokens.withLock { $0[account] = nil } }
}

/// A whole answer.
struct HTTPAnswer: Sendable {
  let status: Int
  let links: [String]
  /// What `Retry-After` asks for, where that is a number of seconds.
  let retryMilliseconds: Int?
  let body: [UInt8]

  /// Asks once, and waits for the whole answer.
  static func asked(
    _ address: WebAddress, _ headers: [ConnectionMembers.Pair], post: (type: String, bytes: [UInt8])? = nil,
    timeoutSeconds: Int
  ) async throws(HTTPConnector.Failure) -> HTTPAnswer {
    var request = HTTPClientRequest(url: address.text)
    request.headers.add(name: "Accept", value: "application/json, application/x-ndjson")
    for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
    if let post {
      request.method = .POST
      request.headers.add(name: "Content-Type", value: post.type)
      request.body = .bytes(ByteBuffer(bytes: post.bytes))
    }
    let asked = request
    do {
      return try await limited(timeoutSeconds) {
        let response = try await HTTPClient.shared.execute(asked, timeout: .seconds(Int64(timeoutSeconds)))
        let body = try await response.body.collect(upTo: HTTPSettings.bodyBytesMax)
        return HTTPAnswer(
          status: Int(response.status.code), links: response.headers["Link"],
          retryMilliseconds: response.headers.first(name: "Retry-After").flatMap { Int($0) }.map {
            $0 * 1_000
          },
          body: Array(buffer: body))
      }
    } catch is NIOTooManyBytesError {
      throw .init(
        "gave a body of more than \(HTTPSettings.bodyBytesMax) bytes: ask for smaller pages", mayPass: false)
    } catch is CancellationError {
      throw .init("was not asked: the run was broken off", mayPass: false)
    } catch let error as HTTPClientError where error == .invalidURL {
      throw .init("is no address that can be asked", mayPass: false)
    } catch {
      throw .init(
        "gave no whole answer (\(String(String(describing: error).prefix(reasonMax))))", mayPass: true)
    }
  }

  /// Characters of a library's own words that are told.
  private static let reasonMax = 120

  private struct TooSlow: Error, CustomStringConvertible {
    let seconds: Int
    var description: String { "nothing whole within \(seconds) s" }
  }

  /// Gives up after a time, also while a body drips.
  private static func limited<Value: Sendable>(
    _ seconds: Int, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw TooSlow(seconds: seconds) }
      return value
    }
  }
}
