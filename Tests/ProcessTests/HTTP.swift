import AsyncHTTPClient
import Foundation
import NIOCore

/// Small requests to a gateway.
enum HTTP {
  static func get(_ url: String, _ headers: [String: String] = [:]) async throws -> (Int, String) {
    let answer = try await send(.get, url, nil, headers)
    return (answer.status, answer.body)
  }

  struct Answer: Sendable {
    let status: Int
    let body: String
    let position: String?

    /// A member of the body, which is an object.
    subscript(_ name: String) -> Any? {
      (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?[name]
    }
  }

  enum Verb: String {
    case get = "GET"
    case post = "POST"
    case patch = "PATCH"
  }

  static func send(
    _ verb: Verb, _ url: String, _ body: String?, _ headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = .RAW(value: verb.rawValue)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      if headers["Content-Type"] == nil {
        request.headers.add(name: "Content-Type", value: "application/json")
      }
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(40))
    let buffer = try await response.body.collect(upTo: 1 << 24)
    return Answer(
      status: Int(response.status.code), body: String(buffer: buffer),
      position: response.headers.first(name: "X-Laurel-Position"))
  }
}

extension Processes {
  var key: String {
    ((try? String(contentsOfFile: home + "/admin.key", encoding: .utf8)) ?? "")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A request under the API's base path with the admin's key.
  func api(
    _ verb: HTTP.Verb, _ path: String, _ body: String? = nil, position: String? = nil, key: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> HTTP.Answer {
    var headers = headers
    headers["Authorization"] = "Bearer \(key ?? self.key)"
    headers["X-Laurel-Position"] = position
    return try await HTTP.send(verb, "http://127.0.0.1:\(port)/api/loyalty/v1\(path)", body, headers)
  }
}
