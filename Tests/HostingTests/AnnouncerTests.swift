import Foundation
import Logging
import Messaging
import Synchronization
import Testing
import Wire

@testable import Hosting

private func replica(_ service: String, _ instance: String, epoch: Int64 = 1) -> Replica {
  let urls = Replica.URLs(rpc: "inproc://r", bell: "inproc://b", health: "inproc://h")
  return Replica(
    service: service, instance: instance, urls: urls, partitions: [1, 2], epoch: epoch, version: "1")
}

/// A gateway's registry as far as announcing goes, at a URL of its own.
private final class Registry: Sendable {
  let known: Mutex<[Replica]>
  let url: String
  private let server = Mutex<Server?>(nil)

  init(url: String = "inproc://\(UUID().uuidString)", known: [Replica] = []) {
    self.url = url
    self.known = Mutex(known)
  }

  func start() throws {
    let route = Route(Announcement.method, idempotent: true) { [self] request in
      let replica = try Announcement.replica(request.payloads.first ?? [])
      let all = known.withLock { known in
        known.removeAll { $0.instance == replica.instance }
        known.append(replica)
        return known
      }
      return Frames([try Announcement.encode(members: all)])
    }
    let server = Server(urls: [url], routes: [route])
    try server.start()
    self.server.withLock { $0 = server }
  }

  func stop() { server.withLock { $0 }?.stop() }
}

@Suite(.timeLimit(.minutes(1))) struct AnnouncerTests {
  private func quiet() -> Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

  private func announcer(
    _ gateways: [String], _ heard: AsyncStream<[Replica]>.Continuation
  ) throws -> Announcer {
    try Announcer(
      gateways: gateways, name: "scoring-1", logger: quiet(), replica: { replica("scoring", "scoring-1") },
      members: { heard.yield($0) })
  }

  @Test func announcesItselfAndHearsOfTheOthers() async throws {
    let registry = Registry(known: [replica("missions", "missions-1")])
    try registry.start()
    let (stream, heard) = AsyncStream<[Replica]>.makeStream()
    let announcer = try announcer([registry.url, "inproc://nobody-\(UUID().uuidString)"], heard)
    announcer.start()
    var iterator = stream.makeAsyncIterator()
    let members = try #require(await iterator.next())
    #expect(members == [replica("missions", "missions-1"), replica("scoring", "scoring-1")])
    await announcer.stop()
    registry.stop()
  }

  @Test func keepsQuietWhileTheGatewayIsAwayAndComesBackWithIt() async throws {
    let (stream, heard) = AsyncStream<[Replica]>.makeStream()
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = "ipc://" + folder.appending(path: "g.rpc").path
    let first = Registry(url: url, known: [replica("missions", "missions-1")])
    try first.start()
    let announcer = try announcer([url], heard)
    announcer.start()
    var iterator = stream.makeAsyncIterator()
    #expect(await iterator.next()?.count == 2)
    first.stop()
    // The new one knows nobody yet: the members last seen stay for a while.
    let second = Registry(url: url)
    try second.start()
    #expect(await iterator.next()?.map(\.instance) == ["missions-1", "scoring-1"])
    #expect(second.known.withLock { $0.map(\.instance) } == ["scoring-1"])
    await announcer.stop()
    second.stop()
  }

  @Test func aNudgeAnnouncesAtOnce() async throws {
    let registry = Registry()
    try registry.start()
    let (stream, heard) = AsyncStream<[Replica]>.makeStream()
    let announcer = try announcer([registry.url], heard)
    announcer.start()
    var iterator = stream.makeAsyncIterator()
    _ = await iterator.next()
    let begin = ContinuousClock.now
    for _ in 0..<5 {
      announcer.nudge()
      _ = await iterator.next()
    }
    #expect(ContinuousClock.now - begin < .seconds(4))
    await announcer.stop()
    registry.stop()
  }

  @Test func aReplicaStaysForTheGraceAndNotLonger() {
    var roll = Roll()
    let both = [replica("a", "a-1"), replica("b", "b-1")]
    #expect(roll.take([both], now: 0) == both)
    #expect(roll.take([[both[0]]], now: Roll.graceMilliseconds) == both)
    #expect(roll.take([[both[0]]], now: Roll.graceMilliseconds + 1) == [both[0]])
  }

  @Test func theHigherEpochOfTwoAnswersCounts() {
    var roll = Roll()
    let answers = [[replica("a", "a-1", epoch: 9)], [replica("a", "a-1", epoch: 3)]]
    #expect(roll.take(answers, now: 0).map(\.epoch) == [9])
    #expect(roll.take(answers.reversed(), now: 1).map(\.epoch) == [9])
  }

  @Test func textsGoBothWaysAndBrokenOnesAreRefused() throws {
    let one = replica("a", "a-1")
    #expect(try Announcement.replica(Announcement.encode(one)[...]) == one)
    #expect(try Announcement.members(Announcement.encode(members: [one, one])[...]) == [one, one])
    for text in ["", "{}", "[]", "{\"service\": 1}"] {
      let error = #expect(throws: WireError.self) { try Announcement.replica(Array(text.utf8)[...]) }
      #expect(error?.status == .invalidArgument)
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct HealthProbeTests {
  private func serving(_ handle: @escaping Route.Handler) throws -> (Server, String) {
    let url = "inproc://\(UUID().uuidString)"
    let server = Server(urls: [url], routes: [Route(HealthProbe.method, handle: handle)])
    try server.start()
    return (server, url)
  }

  @Test func wellIsZeroWithTheAnswersText() async throws {
    let (server, url) = try serving { _ in Frames([Array(#"{"status": "ok", "lag": 0}"#.utf8)]) }
    let result = await HealthProbe.run(url: url)
    #expect(result.code == 0 && result.output == #"{"status": "ok", "lag": 0}"#)
    server.stop()
  }

  @Test(arguments: [#"{"status": "starting"}"#, "{}", "", "[]", #"{"status": 1}"#])
  func anythingElseIsOne(text: String) async throws {
    let (server, url) = try serving { _ in Frames([Array(text.utf8)]) }
    #expect(await HealthProbe.run(url: url).code == 1)
    server.stop()
  }

  @Test func errorsAndAbsenceAreOneWithinTheLimit() async throws {
    let (server, url) = try serving { _ in throw WireError.unavailable("the store is away") }
    let refused = await HealthProbe.run(url: url)
    #expect(refused.code == 1 && refused.output.contains("the store is away"))
    server.stop()
    let begin = ContinuousClock.now
    let absent = await HealthProbe.run(url: "inproc://nobody-\(UUID().uuidString)")
    #expect(absent.code == 1 && absent.output.contains("unavailable"))
    #expect(ContinuousClock.now - begin < .seconds(3))
    #expect(await HealthProbe.run(url: "nonsense").code == 1)
  }
}

@Suite struct EndpointsTests {
  @Test func socketsAreNamedAfterTheInstance() throws {
    let urls = try Endpoints.urls(listen: "ipc", run: "/srv/./run", instance: "scoring-1")
    #expect(urls.rpc == "ipc:///srv/run/scoring-1.rpc")
    #expect(urls.bell == "ipc:///srv/run/scoring-1.bell")
    #expect(urls.health == "ipc:///srv/run/scoring-1.health")
    let relative = try Endpoints.urls(listen: "ipc", run: "./laurel-home/run", instance: "a")
    #expect(relative.rpc.hasPrefix("ipc:///") && !relative.rpc.contains("/./"))
  }

  @Test func portsFollowOneAnother() throws {
    let urls = try Endpoints.urls(listen: "tcp://10.0.0.5:7000", run: "", instance: "")
    #expect(
      urls == .init(rpc: "tcp://10.0.0.5:7000", bell: "tcp://10.0.0.5:7001", health: "tcp://10.0.0.5:7002"))
  }

  @Test(arguments: [
    "", "tcp://", "tcp://h", "tcp://:80", "tcp://h:0", "tcp://h:65534", "tcp://h:x", "http://h:1",
  ])
  func otherTextIsRefused(listen: String) {
    #expect(throws: WireError.self) { try Endpoints.urls(listen: listen, run: "", instance: "") }
  }

  @Test func anUnnamedInstanceHasTheSameNameAgain() {
    #expect(Endpoints.instance(service: "scoring") == Endpoints.instance(service: "scoring"))
    #expect(Endpoints.instance(service: "scoring").hasPrefix("scoring-"))
  }
}
