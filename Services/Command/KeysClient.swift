import AsyncHTTPClient
import Foundation
import Wire

/// Asks the gateway over HTTP with the first key of an installation.
struct KeysClient: Sendable {
  private static let base = "/api/loyalty/v1"
  /// How long an answer may take, in seconds.
  private static let timeoutSeconds: Int64 = 30
  /// The largest answer, in bytes (4 MB).
  private static let answerBytesMax = 4_194_304

  private let address: String
  private let key: String

  /// Reads the key's file; `http` is HOST:PORT, else LAUREL_HTTP or the default.
  init(home: HomeFolder, http: String?) throws {
    let environment = ProcessInfo.processInfo.environment
    address = http ?? ServicePlans(home: home).address(environment: environment)
    guard let text = try? String(contentsOfFile: home.adminKey, encoding: .utf8) else {
      throw Fault(
        "\(home.adminKey) cannot be read",
        advice: "name the home with --home, and start it once with `laurel up --home \(home.path)`")
    }
    key = text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// One request under the API's base; throws what the gateway says is wrong.
  func ask(_ method: String, _ path: String, body: [UInt8]? = nil) async throws -> JSONTree {
    var request = HTTPClientRequest(url: "http://\(address)\(Self.base)\(path)")
    request.method = .init(rawValue: method)
    request.headers.add(name: "Authorization", value: "Bearer \(key)")
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(body)
    }
    let (status, bytes) = try await send(request)
    guard let answer = try? JSONTree(bytes[...]) else {
      throw Fault("\(address) answers with what is no JSON", advice: "is a gateway there? see --http")
    }
    guard status < 300 else {
      throw Fault("\(answer["detail"].text ?? answer.shown) (\(status))")
    }
    return answer
  }

  private func send(_ request: HTTPClientRequest) async throws -> (status: Int, bytes: [UInt8]) {
    // A gateway that is not there is told of at once, not tried again until the time is over.
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(configuration: configuration)
    do {
      let response = try await client.execute(request, timeout: .seconds(Self.timeoutSeconds))
      let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
      try await client.shutdown()
      return (Int(response.status.code), Array(buffer.readableBytesView))
    } catch {
      try? await client.shutdown()
      throw Fault("no gateway answers on \(address)", advice: "start it with `laurel up`, or see --http")
    }
  }
}
