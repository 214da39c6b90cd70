import Foundation
import Hosting
import Messaging
import Testing
import Wire

@testable import Gateway

@Suite struct StartTests {
  private func start(_ service: GatewayService) async -> String? {
    var started: [Part] = []
    var failure: String?
    for part in service.parts {
      do {
        try await part.start()
        started.append(part)
      } catch {
        failure = "\(part.name): \(error)"
        break
      }
    }
    if failure != nil { for part in started.reversed() { await part.stop() } }
    return failure
  }

  @Test func aTakenPortIsSaidClearly() async throws {
    try await TestGateway.run { gateway in
      let folder = try TestFolder()
      let address = "127.0.0.1:\(gateway.service.port)"
      let config = try TestGateway.config(folder.path, ["LAUREL_HTTP": address])
      let failure = await start(GatewayService(config, logger: TestGateway.quiet))
      #expect(failure?.hasPrefix("http: unavailable: another program listens on \(address)") == true)
    }
  }

  @Test func aHomeThatCannotBeIsSaidClearly() async throws {
    let folder = try TestFolder()
    let file = folder.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let config = try TestGateway.config(folder.path, ["LAUREL_HOME": file + "/home"])
    let failure = await start(GatewayService(config, logger: TestGateway.quiet))
    #expect(failure?.contains("LAUREL_HOME") == true && failure?.contains(file + "/home") == true)
  }

  @Test func aSecondGatewayOnTheSameSocketsIsRefused() async throws {
    try await TestGateway.run { gateway in
      let config = try TestGateway.config(gateway.folder)
      let failure = await start(GatewayService(config, logger: TestGateway.quiet))
      #expect(failure?.hasPrefix("sockets: unavailable") == true)
    }
  }

  @Test func theKeyIsMadeOnceForThisUserAlone() async throws {
    let folder = try TestFolder()
    var keys: [String] = []
    for _ in 0..<2 {
      let service = GatewayService(try TestGateway.config(folder.path), logger: TestGateway.quiet)
      #expect(await start(service) == nil)
      keys.append(try String(contentsOfFile: service.keyPath, encoding: .utf8))
      let mode = try FileManager.default.attributesOfItem(atPath: service.keyPath)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let run =
        try FileManager.default.attributesOfItem(atPath: folder.path + "/run")[.posixPermissions] as? Int
      #expect(run == 0o700)
      for part in service.parts.reversed() { await part.stop() }
    }
    #expect(keys[0] == keys[1])
    #expect(keys[0].wholeMatch(of: /lk_[A-Za-z0-9_-]{43}\n/) != nil)
  }

  @Test func manyWhoStartAtOnceHaveOneKey() async throws {
    let folder = try TestFolder()
    let path = folder.path + "/admin.key"
    let results = try await withThrowingTaskGroup(of: (key: String, isNew: Bool).self) { group in
      for seed in 0..<16 {
        group.addTask {
          var random = SplitMix(seed: UInt64(seed))
          return try KeyFile.open(path, random: &random)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(results.map(\.key)).count == 1)
    #expect(results.count { $0.isNew } == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["admin.key"])
  }

  @Test(arguments: ["", "x", "lk_", "lk_a\u{7f}", "password\n"]) func aFileWithoutAKeyIsRefused(
    _ text: String
  )
    throws
  {
    let folder = try TestFolder()
    let path = folder.path + "/admin.key"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    var random = SplitMix(seed: 1)
    let error = #expect(throws: WireError.self) { try KeyFile.open(path, random: &random) }
    #expect(error?.message.contains(path) == true)
  }

  @Test func addressesAreRead() throws {
    #expect(try WebServer.Address("0.0.0.0:80").port == 80)
    #expect(try WebServer.Address("[::1]:8080").host == "::1")
    for wrong in ["", "8080", ":8080", "host:", "host:70000", "host:x", "[]:1"] {
      #expect(throws: WireError.self) { try WebServer.Address(wrong) }
    }
  }

  @Test func theCommandLineIsUnderstood() async {
    for (words, code) in [(["--version"], Int32(0)), (["--check"], 0), (["--nonsense"], 1)] {
      let launch = Launch.decide(
        service: "gateway", version: Config.version, declared: Config.declared, words: words, environment: [:]
      )
      let result = await GatewayService.launch(launch)
      #expect(result.code == code)
      #expect(result.output?.isEmpty == false)
    }
  }

  @Test func aStopFinishesTheRequestThatRuns() async throws {
    let begun = AsyncStream<Void>.makeStream()
    let finish = AsyncStream<Void>.makeStream()
    try await TestGateway.run { gateway in
      try await gateway.stand(
        "badging",
        [
          Route("badging.v1/badges") { _ in
            begun.continuation.finish()
            for await _ in finish.stream {}
            return Frames([Array(#"{"results":[]}"#.utf8)])
          }
        ])
      #expect(Self.isListening(gateway.service.port))
      async let reply = gateway.get(TestGateway.base + "/badges/")
      for await _ in begun.stream {}
      let http = try #require(gateway.service.parts.last)
      async let stopped: Void = http.stop()
      finish.continuation.finish()
      #expect(try await reply.status == 200)
      await stopped
      #expect(!Self.isListening(gateway.service.port))
    }
  }

  /// Whether a connection to a port of this machine is taken.
  private static func isListening(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
