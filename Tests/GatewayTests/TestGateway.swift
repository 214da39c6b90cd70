import AsyncHTTPClient
import Foundation
import Hosting
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import Wire

@testable import Gateway

/// A whole gateway in this process: real sockets in a folder of its own, real HTTP on a free port.
final class TestGateway: Sendable {
  static let partitions = 4

  let service: GatewayService
  let key: String
  let folder: String
  private let registry: Caller
  private let servers = Mutex<[Server]>([])

  /// Starts a gateway, runs the body, and stops both it and the services that the body stood up.
  static func run(_ more: [String: String] = [:], _ body: (TestGateway) async throws -> Void) async throws {
    let folder = try TestFolder()
    // The registry's time stands still: who has announced itself once stays.
    let service = GatewayService(try config(folder.path, more), logger: quiet, now: { 0 })
    for part in service.parts { try await part.start() }
    let gateway = try TestGateway(service, folder.path)
    var failure: (any Error)?
    do { try await body(gateway) } catch { failure = error }
    await gateway.registry.close()
    for part in service.parts.reversed() { await part.stop() }
    for server in gateway.servers.withLock({ $0 }) { server.stop() }
    if let failure { throw failure }
  }

  static let quiet: Logger = {
    var logger = Logger(label: "gateway")
    logger.logLevel = .critical
    return logger
  }()

  static func config(_ folder: String, _ more: [String: String] = [:]) throws -> Config {
    var arguments = [
      "LAUREL_HOME": folder + "/home", "LAUREL_RUN": folder + "/run", "LAUREL_HTTP": "127.0.0.1:0",
      "LAUREL_PARTITIONS": "\(partitions)", "LAUREL_INSTANCE": "gateway-test",
    ]
    arguments.merge(more.filter { $0.key != "milliseconds" }) { $1 }
    var config = try Config(Settings(declared: Config.declared, arguments: arguments, environment: [:]))
    if let milliseconds = more["milliseconds"] {
      config.requestMilliseconds = try #require(Int(milliseconds))
    }
    return config
  }

  private init(_ service: GatewayService, _ folder: String) throws {
    self.service = service
    self.folder = folder
    let text = try String(contentsOfFile: service.keyPath, encoding: .utf8)
    key = text.trimmingCharacters(in: .whitespacesAndNewlines)
    registry = try Caller(url: "ipc://\(folder)/run/gateway.rpc", name: "test")
  }

  /// Asks the gateway over its socket.
  func ask(_ method: String, _ payload: String = "{}", milliseconds: Int = 10_000) async throws -> String {
    #expect(await registry.waitConnected(timeoutMilliseconds: 5_000))
    let reply = try await registry.call(
      method, Frames([Array(payload.utf8)]), timeoutMilliseconds: milliseconds)
    return String(decoding: reply.first ?? [], as: UTF8.self)
  }

  /// Stands up a replica with these methods, and announces it as the owner of these partitions.
  func stand(
    _ service: String, _ instance: String, partitions: [Int], _ routes: [Route]
  ) async throws {
    let url = "ipc://\(folder)/\(service)-\(instance)"
    let server = Server(urls: [url], routes: routes)
    try server.start()
    servers.withLock { $0.append(server) }
    try await announce(
      Replica(
        service: service, instance: instance, urls: .init(rpc: url, bell: url + ".b", health: url + ".h"),
        partitions: partitions, epoch: 1))
  }

  /// Stands up a replica that owns all partitions.
  func stand(_ service: String, _ routes: [Route]) async throws {
    try await stand(service, "a", partitions: Array(0...Self.partitions), routes)
  }

  /// Whether the gateway is connected to the replica of a service, after waiting for it.
  func connected(_ service: String) async -> Bool {
    await self.service.directory.caller(of: service, instance: "a")?.waitConnected(timeoutMilliseconds: 5_000)
      ?? false
  }

  func announce(_ replica: Replica) async throws {
    let payload = String(decoding: try Announcement.encode(replica), as: UTF8.self)
    #expect(try await ask(Announcement.method, payload).contains("\"\(replica.instance)\""))
  }
}

/// A folder of a test's own, gone with it.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    // Short, since socket paths have 107 bytes.
    path = "/tmp/laurel-g-\(UUID().uuidString.prefix(13))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What HTTP answered.
struct Reply {
  let status: Int
  let headers: [String: String]
  let text: String

  func header(_ name: String) -> String? { headers[name.lowercased()] }
  var object: ObjectText? { try? ObjectText(Array(text.utf8)[...]) }
}

extension TestGateway {
  static let base = "/api/loyalty/v1"

  func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Reply {
    try await send(.GET, path, headers)
  }

  /// Sends with the right key, unless the headers say otherwise; an empty value leaves a header out.
  func send(
    _ method: HTTPMethod, _ path: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
  ) async throws -> Reply {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(service.port)\(path)")
    request.method = method
    let all = ["Authorization": "Bearer \(key)"].merging(headers) { $1 }
    for (name, value) in all where !value.isEmpty { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(body) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    let bytes = try await response.body.collect(upTo: 64 << 20)
    let pairs = response.headers.map { ($0.name.lowercased(), $0.value) }
    return Reply(
      status: Int(response.status.code), headers: Dictionary(pairs) { first, _ in first },
      text: String(buffer: bytes))
  }

  func post(_ path: String, _ headers: [String: String] = [:], _ body: String) async throws -> Reply {
    try await send(
      .POST, path, ["Content-Type": "application/json"].merging(headers) { $1 }, body: Array(body.utf8))
  }
}

/// What fake services were asked, in order.
final class Heard: Sendable {
  struct Question: Sendable {
    let service: String
    let head: RequestHead
    let payloads: [String]
  }

  private let questions = Mutex<[Question]>([])

  var all: [Question] { questions.withLock { $0 } }

  /// The question at a place in their order.
  func question(_ place: Int) throws -> Question {
    let all = all
    return try #require(all.indices.contains(place) ? all[place] : nil, "there were \(all.count) questions")
  }

  /// A method that notes what it is asked, and answers with several payloads.
  func route(_ service: String, _ method: String, payloads answer: [String]) -> Route {
    Route(method, idempotent: true) { request in
      self.note(service, request)
      return Frames(answer.map { Array($0.utf8) })
    }
  }

  private func note(_ service: String, _ request: Request) {
    let payloads = request.payloads.array().map { String(decoding: $0, as: UTF8.self) }
    questions.withLock { $0.append(.init(service: service, head: request.head, payloads: payloads)) }
  }

  /// `service method payload` of all questions since the last time, in order.
  func take() -> [String] {
    questions.withLock { questions in
      defer { questions = [] }
      return questions.map { "\($0.service) \($0.head.method) \($0.payloads.joined(separator: " "))" }
    }
  }

  /// A method that notes what it is asked, and answers.
  func route(
    _ service: String, _ method: String, _ answer: @escaping @Sendable (Request) async throws -> String
  ) -> Route {
    Route(method, idempotent: true) { request in
      self.note(service, request)
      return Frames([Array(try await answer(request).utf8)])
    }
  }
}
