import Contracts
import Foundation
import Support
import Synchronization
import Testing
import Wire

@testable import Journal

/// Between a commit and its publication the store has more than the owner tells of.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct HeadTests {
  /// Stops an owner right behind a commit until it is let go.
  private final class Gate: Sendable {
    private let isClosed = Atomic(false)
    private let reached = Atomic(false)
    private let opened = DispatchSemaphore(value: 0)

    func close() { isClosed.store(true, ordering: .sequentiallyConsistent) }
    var isReached: Bool { reached.load(ordering: .sequentiallyConsistent) }

    func pass() {
      guard isClosed.exchange(false, ordering: .sequentiallyConsistent) else { return }
      reached.store(true, ordering: .sequentiallyConsistent)
      opened.wait()
    }

    func open() { opened.signal() }
  }

  @Test("a page ends at the head that is told with it")
  func noEntryBehindTheHead() async throws {
    let toy = try ToyCluster(.sqlite)
    let gate = Gate()
    let edge = try await toy.edge { if $0 == .committed { gate.pass() } }
    try await edge.seed()
    try await toy.send(0, ["a 1 1"])
    gate.close()
    let sending = Task { try await toy.send(0, ["a 2 2"]) }
    while !gate.isReached { await Task.yield() }
    let stored = try await edge.node.main.page(0, "events", after: 0, bytesMax: 1 << 20)
    let request = PagesRequest(journal: .events, after: [0: 0])
    let reply = try PagesReply(
      await toy.client.call(
        "ingestion", "journal/read", partition: 0, Frames([request.encoded()]), timeoutMilliseconds: 5_000))
    gate.open()
    try await sending.value
    #expect(stored?.entries.count == 2, "the commit is in the store")
    #expect(reply.parts.first?.head == 1)
    #expect(reply.parts.first?.page.entries.count == 1)
    await toy.end(edge, nil)
  }
}
