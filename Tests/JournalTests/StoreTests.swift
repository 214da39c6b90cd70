import Contracts
import Foundation
import Messaging
import Storage
import Support
import Testing
import Wire

@testable import Journal

@Suite struct StoreTests {
  @Test func intakeEntriesRoundTrip() throws {
    let command = Command(method: "m", key: "k", payloads: Frames([Array(#"{"a":"ü\n"}"#.utf8), []]))
    let entries: [IntakeEntry] = [
      .range(journal: .events, from: 1, to: 9, parked: [3, 4], now: 5), .command(command, now: 6),
      .due(at: 7, now: 8), .unparked(journal: .crossings, number: 2, entry: Array("{}".utf8), now: 9),
    ]
    for entry in entries { #expect(try IntakeEntry(entry.encoded()[...]) == entry) }
    #expect(throws: (any Error).self) { try IntakeEntry(Array(#"{"kind":"new"}"#.utf8)[...]) }
  }

  @Test func settledVectorsAndHeadsRoundTrip() throws {
    var settled = Settled(time: 12)
    settled[.events] = 4
    settled[.missionsDefinitions] = 2
    let message = HeadsMessage(
      journal: .outcomes, incarnation: "x", heads: [HeadReport(partition: 7, head: 9, settled: settled)])
    let read = try HeadsMessage(message.encoded()[...])
    #expect(read.heads == message.heads && read.journal == .outcomes && read.incarnation == "x")
  }

  @Test func damagedProgressRowsThrow() throws {
    var progress = Progress()
    progress.head = 3
    progress[.events].incarnation = "abc"
    let bytes = progress.packed
    #expect(try Progress.unpack(bytes) == progress)
    for length in 0..<bytes.count {
      #expect(throws: PackedError.self) { try Progress.unpack(Array(bytes.prefix(length))) }
    }
  }

  @Test(arguments: Engine.tested)
  func pagesAreReadFromAnyNumber(_ engine: Engine) throws {
    let folder = try ScratchFolder()
    let session = try Session.open(try folder.database(engine, "pages"))
    try Schema.create(session)
    var head: Int64 = 0
    for size in [1, 5, 1, 13, 80] {
      let entries = Frames((0..<size).map { Array("entry \(head + Int64($0) + 1)".utf8) })
      try PageStore.append(session, 3, "events", after: head, entries)
      head += Int64(size)
    }
    for after in 0..<head {
      let page = try #require(
        try PageStore.read(session, 3, "events", after: after, to: min(after + 9, head), bytesMax: 1 << 20))
      #expect(page.first == after + 1)
      #expect(page.next - 1 == min(after + 9, head))
      for (place, entry) in page.entries.enumerated() {
        #expect(String(decoding: entry, as: UTF8.self) == "entry \(after + 1 + Int64(place))")
      }
    }
    #expect(try PageStore.read(session, 3, "events", after: head, bytesMax: 1_000) == nil)
    try session.execute("DELETE FROM page WHERE first = 7")
    #expect(throws: (any Error).self) {
      try PageStore.read(session, 3, "events", after: 5, to: head, bytesMax: 1 << 20)
    }
    session.close()
  }

  /// However many pages a look takes: reading on gives every entry once, in pages as full as they may be.
  @Test(arguments: Engine.tested, [1, 60, 1_000, 20_000, 1 << 20])
  func pagesAreAsFullAsTheyMayBe(_ engine: Engine, bytesMax: Int) throws {
    let folder = try ScratchFolder()
    let session = try Session.open(try folder.database(engine, "full"))
    try Schema.create(session)
    var stored: [Int] = []
    var head: Int64 = 0
    for number in 0..<700 {
      let count = number % 97 == 0 ? 40 : 1
      let entries = Frames((0..<count).map { _ in Array("entry of page \(number)".utf8) })
      try PageStore.append(session, 3, "events", after: head, entries)
      head += Int64(entries.count)
      stored.append(entries.bytes.count)
    }
    var (after, place) = (Int64(0), 0)
    while after < head {
      let page = try #require(try PageStore.read(session, 3, "events", after: after, bytesMax: bytesMax))
      #expect(page.first == after + 1)
      var bytes = stored[place]
      place += 1
      while place < stored.count, bytes + stored[place] <= bytesMax {
        bytes += stored[place]
        place += 1
      }
      #expect(page.entries.bytes.count == bytes, "after \(after)")
      after = page.next - 1
    }
    #expect(after == head && place == stored.count)
    session.close()
  }

  @Test func anotherPartitionCountIsRefused() async throws {
    let toy = try ToyCluster(.sqlite)
    let edge = try await toy.edge()
    await edge.stop()
    var settings = toy.cluster.settings(
      .ingestion, "edge", database: toy.edgeDatabase, partitions: 8, scratch: toy.folder.path)
    settings.tickMilliseconds = 50
    let error = await #expect(throws: WireError.self) {
      try await toy.cluster.start(
        settings, main: ToyEdge(), definitions: ToyDefinitions(journal: .ingestionDefinitions))
    }
    #expect(error?.message.contains("LAUREL_PARTITIONS=4") == true)
    await toy.end(nil, nil)
  }

  @Test func aSecondProcessOnOneFileIsRefused() async throws {
    let toy = try ToyCluster(.sqlite)
    let edge = try await toy.edge()
    let error = await #expect(throws: StorageError.self) { try await toy.edge("second") }
    #expect(error?.code == .locked)
    await toy.end(edge, nil)
  }
}
