import Contracts
import Journal
import Testing
import Wire

@testable import Ingestion

/// Drafts become entries: numbers, links, repeats.
struct AppendTests {
  @Test("an entry is what the owner adds and then the draft's own text")
  func entry() throws {
    let partition = try PartitionUnderTest()
    try partition.append([draft("a", "r1"), draft("b", "r2"), draft("a", "r3")])
    #expect(
      partition.entries == [
        #"{"v":1,"kind":"event","id":"e-0-1","prev":0,"ingested_at":1700000000000000,"customer_id":"a","#
          + #""at":1699990000000000,"type":"CALL_OUTGOING","value":60,"unit":"s","day":19675,"source":"cdr","#
          + #""source_type":"cdr","source_event_id":"r1"}"#,
        partition.entries[0].replacing("e-0-1", with: "e-0-2").replacing(#""a""#, with: #""b""#)
          .replacing("r1", with: "r2"),
        partition.entries[0].replacing("e-0-1", with: "e-0-3").replacing(#""prev":0"#, with: #""prev":1"#)
          .replacing("r1", with: "r3"),
      ])
    #expect(try partition.row("c:a") == .customer(3))
    #expect(try partition.row("c:b") == .customer(2))
    #expect(try partition.twin.audit() == [])
  }

  @Test("followers read what is written")
  func readable() throws {
    let partition = try PartitionUnderTest()
    try partition.append([draft("ü \"x\"", "r1")])
    let entry = try #require(try EventEntry(partition.twin.outputs[0][...], number: 1))
    #expect(entry.customer == "ü \"x\"")
    #expect(entry.type == .callOutgoing)
    #expect(entry.value == Decimal6(60))
    #expect(entry.ingestedAt == PartitionUnderTest.now)
  }

  @Test("a repeat changes nothing and is answered with the first one's id")
  func repeats() throws {
    let partition = try PartitionUnderTest()
    let first = try partition.append([draft("a", "r1"), draft("a", "r1", value: 7), draft("b", "r1")])
    #expect(first.duplicates == [1])
    #expect(first.eventIDs == ["e-0-1", "e-0-1", "e-0-2"])
    let second = try partition.append([draft("b", "r2"), draft("a", "r1"), draft("a", "r1", shape: 2)])
    #expect(second.duplicates == [1])
    #expect(second.eventIDs == ["e-0-3", "e-0-1", "e-0-4"])
    #expect(second.position == Position(partition: 0, journal: .events, number: 4))
    #expect(partition.entries.count == 4)
  }

  @Test("the same id of another source or customer is another event")
  func identity() throws {
    let partition = try PartitionUnderTest()
    try partition.append([draft("a", "bc"), draft("ab", "c")])
    let other = try partition.append([draft("a", "bc", source: "crm")], source: "crm")
    #expect(other.duplicates == [])
    #expect(partition.entries.count == 3)
  }

  @Test("the same part again gives the same answer and appends nothing")
  func again() throws {
    let partition = try PartitionUnderTest()
    try partition.append([draft("a", "r0")])
    let part = [draft("a", "r1"), draft("b", "r0"), draft("a", "r0"), draft("a", "r1")]
    let first = try partition.append(part, chunk: "cdr/x/0-4")
    try partition.append([draft("c", "r9")])
    var again = try partition.append(part, chunk: "cdr/x/0-4")
    #expect(again.position?.number == 4)
    again.position = first.position
    #expect(again == first)
    #expect(partition.entries.count == 4)
    #expect(try partition.twin.audit() == [])
  }

  @Test("nothing of a part is appended when one draft cannot be")
  func allOrNothing() throws {
    let partition = try PartitionUnderTest()
    let good = String(decoding: draft("a", "r1").encoded(), as: UTF8.self)
    let bad = [
      good.replacing(#""at":1699990000000000,"#, with: ""), good.replacing("CALL_OUTGOING", with: "CALL"),
      good.replacing(#""source":"cdr""#, with: #""source":"crm""#), good.replacing("r1", with: ""),
      good.replacing(#""day""#, with: #""prev":7,"day""#), good.replacing(#""day""#, with: #""at":7,"day""#),
      good.replacing(#""a""#, with: #""\u0007""#), good.replacing(#""day""#, with: #""shape":33,"day""#),
      good.replacing("CALL_OUTGOING", with: "REVERSAL"), good + "x", " " + good, "[]", "",
    ]
    let head = AppendRequest(partition: 0, of: 1, chunk: "cdr/x/0-2", source: "cdr").encoded()
    for text in bad {
      let error = refusal {
        _ = try partition.twin.command(Method.append, [head, Array(good.utf8), Array(text.utf8)], now: 1)
      }
      #expect(error?.status == .invalidArgument, "\(text)")
    }
    #expect(partition.entries.isEmpty)
    #expect(try partition.row("!p:cdr/x/0-2") == nil)
    #expect(try partition.row("c:a") == nil)
  }

  @Test("a part for another partition, or of a customer of another one, is refused")
  func elsewhere() throws {
    let partition = try PartitionUnderTest()
    let other = AppendRequest(partition: 1, of: 2, chunk: "cdr/x/0-1", source: "cdr")
    let error = refusal {
      _ = try partition.twin.command(Method.append, [other.encoded(), draft("a", "r1").encoded()], now: 1)
    }
    #expect(error?.status == .invalidArgument)
    let spread = try Twin(IngestionFold(), partition: 3, path: "\(partition.folder.path)/spread")
    let request = AppendRequest(partition: 3, of: 64, chunk: "cdr/x/0-1", source: "cdr")
    let wrong = refusal {
      _ = try spread.command(Method.append, [request.encoded(), draft("C-1", "r1").encoded()], now: 1)
    }
    #expect(wrong?.message.contains("partition 3") == true)
  }
}
