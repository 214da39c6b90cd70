import Contracts
import Journal
import Storage
import Support
import Testing
import Wire

@testable import Ingestion
@testable import Journal

/// What REVERSALs do, in any order.
struct ReversalTests {
  @Test("a REVERSAL takes back all events of its record, with the whole originals")
  func allShapes() throws {
    let partition = try PartitionUnderTest()
    try partition.append([draft("a", "r1"), draft("a", "r1", shape: 2), draft("b", "r1"), draft("a", "r2")])
    let reply = try partition.bring([reversal("a", "x1", of: "r1")])
    #expect(reply.eventIDs == ["e-0-5"])
    let original = partition.entries[0]
    #expect(
      partition.entries[4]
        == #"{"v":1,"kind":"reversal","id":"e-0-5","prev":4,"ingested_at":1700000000000000,"#
        + #""customer_id":"a","#
        + #""source":"cdr","source_event_id":"x1","original_number":1,"original":\#(original)}"#)
    let second = try #require(try EventEntry(partition.twin.outputs[5][...], number: 6))
    #expect(second.kind == .reversal)
    #expect(second.number == 2)
    #expect(second.value == Decimal6(60))
    #expect(partition.entries.count == 6)
    #expect(try partition.row("c:a") == .customer(6))
    #expect(try check(partition) == [])
  }

  @Test("a record is taken back once: any further REVERSAL is a duplicate")
  func once() throws {
    let partition = try PartitionUnderTest()
    try partition.bring([draft("a", "r1")])
    try partition.bring([reversal("a", "x1", of: "r1")])
    let again = try partition.bring([reversal("a", "x1", of: "r1"), reversal("a", "x2", of: "r1")])
    #expect(again.duplicates == [0, 1])
    #expect(again.eventIDs == ["e-0-2", "e-0-2"])
    let record = try partition.bring([draft("a", "r1")])
    #expect(record.duplicates == [0])
    #expect(partition.entries.count == 2)
  }

  @Test("a REVERSAL before its record waits; the record's events come and go in one step")
  func before() throws {
    let partition = try PartitionUnderTest()
    let early = try partition.bring([reversal("a", "x1", of: "r1", shape: 3)])
    #expect(early.eventIDs == ["e-0-1"])
    #expect(partition.entries[0].contains(#""kind":"reversal_waiting""#))
    let entry = try #require(try EventEntry(partition.twin.outputs[0][...], number: 1))
    #expect(entry.kind == .reversalWaiting)
    #expect(partition.twin.registers.waiting == 1)
    #expect(try partition.bring([reversal("a", "x2", of: "r1")]).duplicates == [0])
    try partition.bring([draft("b", "r1")])
    #expect(partition.twin.registers.waiting == 1)
    let late = try partition.bring([draft("a", "r1"), draft("a", "r0"), draft("a", "r1", shape: 2)])
    #expect(late.eventIDs == ["e-0-3", "e-0-5", "e-0-6"])
    #expect(
      partition.entries[3].contains(#""source_event_id":"x1","shape":3,"waited":1,"original_number":3,"#))
    #expect(partition.entries[6].contains(#""original_number":6,"#))
    #expect(partition.twin.registers.waiting == 0)
    #expect(try partition.twin.reader.keys(prefix: "w:", limit: 9) == [])
    #expect(try check(partition) == [])
  }

  @Test("record and REVERSAL in one part, in both orders")
  func together() throws {
    for isEarly in [false, true] {
      let partition = try PartitionUnderTest()
      let pair = [draft("a", "r1"), reversal("a", "x1", of: "r1")]
      let reply = try partition.append(isEarly ? pair.reversed() : pair)
      #expect(reply.eventIDs == ["e-0-1", "e-0-2"])
      #expect(partition.entries.last?.contains(#""kind":"reversal""#) == true)
      #expect(partition.entries.count == (isEarly ? 3 : 2))
      #expect(partition.twin.registers.waiting == 0)
      #expect(try check(partition) == [])
    }
  }

  @Test("a REVERSAL cannot be taken back, also not by itself")
  func ofReversal() throws {
    let partition = try PartitionUnderTest()
    try partition.bring([draft("a", "r1")])
    try partition.bring([reversal("a", "x1", of: "r1"), reversal("a", "x2", of: "r9")])
    let reply = try partition.bring([
      reversal("a", "y1", of: "x1"), reversal("a", "y2", of: "x2"), reversal("a", "y3", of: "y3"),
    ])
    #expect(reply.refused.map(\.place) == [0, 1, 2])
    #expect(reply.refused.allSatisfy { $0.code == .reversalOfReversal })
    #expect(partition.entries.count == 3)
    #expect(try check(partition) == [])
  }

  @Test("the record of another customer is not found")
  func otherCustomer() throws {
    let partition = try PartitionUnderTest()
    try partition.bring([draft("a", "r1")])
    try partition.bring([reversal("b", "x1", of: "r1")])
    #expect(partition.entries[1].contains("reversal_waiting"))
    #expect(partition.twin.registers.waiting == 1)
    #expect(try check(partition) == [])
  }

  @Test("the record of another source is named with its source")
  func otherSource() throws {
    let partition = try PartitionUnderTest()
    try partition.bring([draft("a", "r1")])
    let undo = draft("a", "u1", source: "crm", reverses: RecordName(source: "cdr", id: "r1"))
    #expect(try partition.bring([undo], source: "crm").eventIDs == ["e-0-2"])
    #expect(partition.entries[1].contains(#""source":"crm","source_event_id":"u1","original_number":1"#))
    #expect(try check(partition) == [])
  }

  @Test("an original that was not given along refuses the whole part, to be tried again")
  func missingOriginal() throws {
    let partition = try PartitionUnderTest()
    try partition.append([draft("a", "r1")])
    let part = [draft("a", "r2"), reversal("a", "x1", of: "r1")]
    #expect(refusal { try partition.append(part, chunk: "cdr/x/0-2") }?.status == .aborted)
    #expect(partition.entries.count == 1)
    #expect(try partition.row("!p:cdr/x/0-2") == nil)
    #expect(try partition.bring(part).eventIDs == ["e-0-2", "e-0-3"])
  }

  @Test("in any order, cut into any parts, with repeats: the same events stand")
  func anyOrder() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for round in 0..<12 {
      let records = Self.story(&random)
      let standing = Self.standing(records.joined())
      let partition = try PartitionUnderTest()
      // A record's events come together, as it is mapped as a whole.
      var rest = (records + records.filter { _ in Bool.random(using: &random) }).shuffled(using: &random)[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...9, using: &random))
        rest = rest.dropFirst(part.count)
        try partition.bring(Array(part.joined()))
      }
      #expect(try Self.net(partition) == standing, "seed \(seed), round \(round)")
      #expect(try check(partition) == [], "seed \(seed), round \(round)")
    }
  }

  /// Records with one or two events, of which some are taken back.
  private static func story(_ random: inout SeededGenerator) -> [[EventDraft]] {
    var records: [[EventDraft]] = []
    for number in 0..<Int.random(in: 1...25, using: &random) {
      let customer = ["a", "b", "c"].randomElement(using: &random) ?? "a"
      let shapes = Bool.random(using: &random) ? [1, 2] : [1]
      records.append(shapes.map { draft(customer, "r\(number)", shape: $0) })
      for copy in 0..<Int.random(in: 0...2, using: &random) {
        records.append([reversal(customer, "x\(number)-\(copy)", of: "r\(number)")])
      }
    }
    return records
  }

  private static func standing(_ drafts: some Sequence<EventDraft>) -> Set<[String]> {
    let gone = Set(drafts.compactMap { $0.reverses?.id })
    return Set(
      drafts.filter { $0.reverses == nil && !gone.contains($0.sourceID) }
        .map { [$0.customer, $0.sourceID, String($0.shape)] })
  }

  /// Events of the journal less those that it takes back; each at most once.
  private static func net(_ partition: PartitionUnderTest) throws -> Set<[String]> {
    var events: [Int64: [String]] = [:]
    for (place, entry) in partition.twin.outputs.enumerated() {
      let read = try JournalledEvent(entry[...])
      if read.kind == "event" { events[Int64(place + 1)] = [read.customer, read.id, String(read.shape)] }
      if read.kind == "reversal" { #expect(events.removeValue(forKey: read.originalNumber) != nil) }
    }
    #expect(Set(events.values).count == events.count)
    return Set(events.values)
  }

  /// The auditor's findings, and what a derivation from the journal does otherwise than the steps did.
  private func check(_ partition: PartitionUnderTest) throws -> [String] {
    try partition.twin.audit() + partition.derived()
  }
}
