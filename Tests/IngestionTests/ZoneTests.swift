import Contracts
import Testing
import Wire

@testable import Ingestion

/// A customer's day is a day of the zone that is known when the event is taken in.
struct ZoneTests {
  /// A draft as the shell makes it: with the operator's day (here UTC's).
  private static func draft(
    _ id: String, _ at: String, customer: String = "anna", source: String = "crm", zone: String? = nil,
    reverses: String? = nil
  ) throws -> EventDraft {
    let at = try #require(RFC3339.micros(at.utf8))
    let type: EventType = reverses != nil ? .reversal : zone == nil ? .callOutgoing : .profileUpdate
    return EventDraft(
      customer: customer, type: type, at: at, day: Zone.utc.day(ofMicros: at), source: source,
      sourceType: "crm", sourceID: id,
      metadata: zone.map { Array(#"{"language":"de","time_zone":"\#($0)"}"#.utf8) } ?? [],
      reverses: reverses.map { RecordName(source: source, id: $0) })
  }

  /// The days of the entries, in their order; of reversals those of their originals.
  private static func days(_ partition: PartitionUnderTest) throws -> [String] {
    try partition.twin.outputs.enumerated().map { place, entry in
      try #require(try EventEntry(entry[...], number: Int64(place + 1))).day.description
    }
  }

  /// 23:59 and 00:00 on both sides of every kind of midnight.
  @Test(arguments: [
    // Winter and summer time in Berlin.
    ("Europe/Berlin", "2026-01-14T22:59:59.999999Z", "2026-01-14"),
    ("Europe/Berlin", "2026-01-14T23:00:00Z", "2026-01-15"),
    ("Europe/Berlin", "2026-07-14T21:59:59.999999Z", "2026-07-14"),
    ("Europe/Berlin", "2026-07-14T22:00:00Z", "2026-07-15"),
    // The days on which Berlin changes: 23 and 25 hours long.
    ("Europe/Berlin", "2026-03-28T22:59:59Z", "2026-03-28"),
    ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"),
    ("Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29"),
    ("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30"),
    ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25"),
    ("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25"),
    ("Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26"),
    // Santiago jumps from midnight to one in September, and back from midnight to 23 in April.
    ("America/Santiago", "2026-09-06T03:59:59Z", "2026-09-05"),
    ("America/Santiago", "2026-09-06T04:00:00Z", "2026-09-06"),
    ("America/Santiago", "2026-09-07T02:59:59Z", "2026-09-06"),
    ("America/Santiago", "2026-09-07T03:00:00Z", "2026-09-07"),
    ("America/Santiago", "2026-04-05T02:59:59Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T03:00:00Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T03:59:59Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T04:00:00Z", "2026-04-05"),
    // A leap day, and none.
    ("Asia/Tokyo", "2024-02-28T15:00:00Z", "2024-02-29"),
    ("Asia/Tokyo", "2024-02-29T14:59:59Z", "2024-02-29"),
    ("Asia/Tokyo", "2024-02-29T15:00:00Z", "2024-03-01"),
    ("Asia/Tokyo", "2025-02-28T15:00:00Z", "2025-03-01"),
  ]) func midnightsAreTheCustomers(zone: String, at: String, day: String) throws {
    let partition = try PartitionUnderTest()
    try partition.bring([try Self.draft("p", "2020-01-01T12:00:00Z", zone: zone)], source: "crm")
    try partition.bring([try Self.draft("1", at)], source: "crm")
    #expect(try Self.days(partition).last == day)
    try partition.bring([try Self.draft("2", at, customer: "bert")], source: "crm")
    #expect(try Self.days(partition).last == String(at.prefix(10)))
  }

  /// Zone of the entries that come behind what was taken in before.
  @Test func theLastUpdateByEventTimeHoldsAndWhatIsStampedStays() throws {
    let partition = try PartitionUnderTest()
    let evening = "2026-01-14T23:30:00Z"
    func call(_ id: String) throws { try partition.bring([try Self.draft(id, evening)], source: "crm") }
    try call("1")
    // What a profile says counts for itself.
    try partition.bring([try Self.draft("p2", "2026-01-14T23:00:00Z", zone: "Europe/Berlin")], source: "crm")
    try call("2")
    // Earlier in event time, or no zone at all: nothing changes.
    try partition.bring([try Self.draft("p1", "2026-01-10T00:00:00Z", zone: "Asia/Tokyo")], source: "crm")
    try partition.bring([try Self.draft("p3", "2026-01-20T00:00:00Z", zone: "Mars/Olympus")], source: "crm")
    try call("3")
    // Of one instant the last by source and id.
    try partition.bring([try Self.draft("p9", "2026-01-14T23:00:00Z", zone: "America/Lima")], source: "crm")
    try call("4")
    try partition.bring([try Self.draft("r", evening, reverses: "p9")], source: "crm")
    try call("5")
    try partition.bring([try Self.draft("r2", evening, reverses: "p2")], source: "crm")
    try call("6")
    try partition.bring([try Self.draft("r3", evening, reverses: "p1")], source: "crm")
    try call("7")
    #expect(
      try Self.days(partition) == [
        "2026-01-14", "2026-01-15", "2026-01-15", "2026-01-10", "2026-01-20", "2026-01-15", "2026-01-14",
        "2026-01-14", "2026-01-14", "2026-01-15", "2026-01-15", "2026-01-15", "2026-01-10", "2026-01-14",
      ])
    #expect(try partition.row(IngestionRow.customerKey("anna")) == .customer(14))
    #expect(try partition.twin.audit() == [])
    #expect(try partition.derived() == [])
  }

  /// A REVERSAL that waits for a profile takes its zone away at once.
  @Test func aProfileThatIsAwaitedByItsReversalMovesNobody() throws {
    let partition = try PartitionUnderTest()
    try partition.bring([try Self.draft("r", "2026-01-15T00:00:00Z", reverses: "p")], source: "crm")
    try partition.bring([try Self.draft("p", "2026-01-14T00:00:00Z", zone: "Asia/Tokyo")], source: "crm")
    try partition.bring([try Self.draft("1", "2026-01-14T20:00:00Z")], source: "crm")
    #expect(try Self.days(partition).last == "2026-01-14")
    #expect(try partition.derived() == [])
  }

  @Test func onlyTheNewestUpdatesAreKept() throws {
    let partition = try PartitionUnderTest()
    for number in 10..<10 + Residence.updatesMax + 5 {
      let at = "2026-01-01T00:00:\(number)Z"
      try partition.bring([try Self.draft("p\(number)", at, zone: "Asia/Tokyo")], source: "crm")
    }
    guard case .resident(let residence)? = try partition.row(IngestionRow.customerKey("anna")) else {
      return #expect(Bool(false), "no residence is kept")
    }
    #expect(residence.updates.count == Residence.updatesMax)
    #expect(residence.updates.first?.id == "p15")
    #expect(try partition.derived() == [])
  }
}
