import Messaging
import Synchronization
import Testing
import Wire

@testable import Gateway

@Suite struct RosterTests {
  @Test func theDirectoryFollowsTheRegistry() async throws {
    let time = Time()
    try await withDirectory { directory in
      let roster = Roster(
        own: replica("gateway", "g"), directory: directory, publisher: nil, logger: TestGateway.quiet,
        now: { time.milliseconds.withLock(\.self) })
      let members = try roster.announce(replica("scoring", "a"))
      #expect(members.map(\.instance) == ["g", "a"])
      // The gateway does not dial itself.
      #expect(directory.replicas.map(\.instance) == ["a"])
      #expect(throws: WireError.self) { try roster.announce(replica("", "b")) }
      roster.look()
      #expect(roster.members.count == 2)
      time.milliseconds.withLock { $0 = Registry.goneMilliseconds + 1 }
      roster.look()
      #expect(roster.members.map(\.instance) == ["g"])
      #expect(directory.replicas.isEmpty)
    }
  }

  private final class Time: Sendable {
    let milliseconds = Mutex<Int64>(0)
  }

  private func withDirectory(_ body: (Directory) throws -> Void) async throws {
    let directory = Directory(name: "test")
    let result = Result { try body(directory) }
    await directory.close()
    try result.get()
  }
}
