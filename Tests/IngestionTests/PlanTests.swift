import Contracts
import Testing
import Wire

@testable import Ingestion

/// From raw records to parts and back to one fate for each record.
struct PlanTests {
  static let now = RFC3339.micros("2024-06-01T12:00:00Z".utf8) ?? 0

  static func form(_ more: String = "") throws -> RecordForm {
    RecordForm(
      try Mapping(
        json: (#"{"name":"app","type":"app","format":{"kind":"json_lines"},\#(more)"#
          + #""skip":{"==":[{"var":"kind"},"ping"]},"events":["#
          + #"{"when":{"!=":[{"var":"kind"},"undo"]},"customer_id":"c","event_type":{"#
          + #""const":"APP_LOGIN"},"timestamp":"t","source_event_id":"id"},"#
          + #"{"when":{"==":[{"var":"kind"},"buy"]},"customer_id":"c","event_type":{"#
          + #""const":"RECHARGE"},"value":"v","timestamp":"t","source_event_id":"id"},"#
          + #"{"when":{"==":[{"var":"kind"},"undo"]},"customer_id":"c","event_type":{"#
          + #""const":"REVERSAL"},"source_event_id":"id","reverses_id":"of"}]}"#)
          .utf8))
  }

  static func plan(_ form: RecordForm, _ records: [String], zone: Zone = .utc, names: Bool = true)
    -> ChunkPlan
  {
    var plan = ChunkPlan(form: form, partitions: 64, zone: zone, now: now, names: names)
    let reader = form.reader(header: nil)
    for record in records { plan.take(reader.read(bytes(record))) }
    return plan
  }

  static let records = [
    #"{"kind":"buy","c":"C-1","t":"2024-05-31T23:30:00Z","id":"r0","v":5}"#,
    #"{"kind":"ping"}"#,
    #"{"kind":"login","c":"müller","t":"2024-05-31T10:00:00Z","id":"r2"}"#,
    #"{"kind":"login","c":"C-1","id":"r3"}"#,
    #"{"kind":"undo","c":"C-1","id":"r4","of":"r0"}"#,
    #"{"kind":"login","c":"C-1","t":"2024-05-31T10:00:00Z","id":"r5"}"#,
  ]

  @Test("records are spread by their customers' partitions, in their order")
  func spread() throws {
    let plan = Self.plan(try Self.form(), Self.records)
    #expect(plan.count == 6)
    #expect(plan.skipped == [1])
    #expect(plan.rejected.map(\.index) == [3])
    #expect(plan.rejected.map(\.code) == ["missing_timestamp"])
    #expect(plan.parts.map(\.partition) == [20, 45])
    #expect(plan.parts[1].records == [0, 0, 4, 5])
    #expect(plan.parts[1].reversals == [2])
    let first = try AppendDraft(plan.parts[1].drafts.array()[0])
    #expect(text(first.customer) == "C-1")
    #expect(try AppendDraft(plan.parts[1].drafts.array()[1]).shape == 2)
    #expect(try AppendDraft(plan.parts[1].drafts.array()[2]).reverses == RecordName(source: "app", id: "r0"))
  }

  @Test("the day is that of the given zone; events before announce_from are quiet")
  func stamps() throws {
    let form = try Self.form(#""announce_from":"2024-06-01","#)
    let late = #"{"kind":"login","c":"C-1","t":"2024-06-01T10:00:00Z","id":"r5"}"#
    let berlin = Self.plan(form, [Self.records[0], late], zone: try Zone(named: "Europe/Berlin"))
    let drafts = try berlin.parts[0].drafts.map { try #require(try EventEntry($0, number: 1)) }
    #expect(drafts.map(\.day.description) == ["2024-06-01", "2024-06-01", "2024-06-01"])
    #expect(drafts.map(\.quiet) == [true, true, false])
  }

  @Test("each record has one fate: accepted over rejected over duplicate")
  func fates() throws {
    let plan = Self.plan(try Self.form(), Self.records)
    var outcome = ChunkOutcome(plan)
    let west = try AppendReply(
      bytes(
        #"{"duplicates":[0],"refused":[],"results":[{"event_id":"e-20-7"}],"position":{"#
          + #""partition":20,"journal":"events","number":9}}"#
      ))
    let east = try AppendReply(
      bytes(
        #"{"duplicates":[0],"refused":[{"place":2,"code":"reversal_of_reversal"}],"#
          + #""results":[{"event_id":"e-45-1"},{"event_id":"e-45-2"},{},{"event_id":"e-45-3"}],"#
          + #""position":{"partition":45,"journal":"events","number":3}}"#
      ))
    outcome.add(east, of: plan.parts[1], source: "app") { bytes(Self.records[$0]) }
    outcome.add(west, of: plan.parts[0], source: "app") { bytes(Self.records[$0]) }
    #expect(outcome.fates == [.accepted, .skipped, .duplicate, .rejected, .rejected, .accepted])
    #expect(outcome.counts == RecordCounts(accepted: 2, duplicate: 1, rejected: 2, skipped: 1))
    #expect(outcome.refused.map(\.raw) == [Array(Self.records[4].utf8)])
    let answer = text(outcome.encoded(detail: true)[...])
    #expect(
      answer.hasPrefix(
        #"{"records":6,"accepted":2,"duplicate":1,"rejected":2,"skipped":1,"errors":[{"index":3,"#
          + #""code":"missing_timestamp""#
      ))
    #expect(
      answer.contains(
        #"{"index":4,"code":"reversal_of_reversal","message":"a REVERSAL cannot be taken back"}"#))
    #expect(answer.contains(#""positions":[{"partition":20,"journal":"events","number":9},{"partition":45,"#))
    #expect(
      answer.hasSuffix(
        #""results":[{"status":"accepted","event_id":"e-45-2","customer_id":"C-1","event_type":"APP_LOGIN"},"#
          + #"{"status":"skipped"},{"status":"duplicate","event_id":"e-20-7","customer_id":"müller","#
          + #""event_type":"APP_LOGIN"},"#
          + #"{"status":"rejected"},{"status":"rejected","customer_id":"C-1","event_type":"REVERSAL"},"#
          + #"{"status":"accepted","event_id":"e-45-3","customer_id":"C-1","event_type":"APP_LOGIN"}]}"#))
  }

  @Test("a preview says of each record what becomes of it")
  func preview() throws {
    let form = try Self.form()
    let reader = form.reader(header: nil)
    let told = text(Preview.encoded(Self.records.map(bytes), form: form, reader: reader, now: Self.now)[...])
    #expect(
      told.hasPrefix(
        #"{"outcomes":[{"index":0,"fate":"event","customer_id":"C-1","event_type":"APP_LOGIN","#
          + #""at":1717198200000000,"#
      ))
    #expect(told.contains(#"{"index":1,"fate":"skipped"}"#))
    #expect(told.contains(#"{"index":3,"fate":"rejected","stage":"map","code":"missing_timestamp","#))
    #expect(told.contains(#""reverses":{"source":"app","source_event_id":"r0"}"#))
  }
}

/// Events that are pushed in Laurel's own form.
struct OwnFormTests {
  private func outcomes(_ record: String, name: String = "push") throws -> [MappedOutcome] {
    let form = try RecordForm(defaultOf: "custom", name: name, zone: try Zone(named: "Europe/Berlin"))
    return form.map(form.reader(header: nil).read(bytes(record)), now: PlanTests.now)
  }

  private func event(_ record: String, name: String = "push") throws -> MappedEvent {
    guard case .event(let event) = try outcomes(record, name: name)[0] else {
      throw MappingError(field: record, reason: "is no event: \(try outcomes(record, name: name))")
    }
    return event
  }

  @Test func whole() throws {
    let event = try event(
      #"{"customer_id":"007","event_type":"DATA_USAGE","value":1.5,"unit":"MB","#
        + #""timestamp":"2024-05-31T12:00:00Z","#
        + #""source_event_id":"d-1","metadata":{"roaming":true}}"#)
    #expect(event.customerID == "007")
    #expect(event.type == .dataUsage)
    #expect(event.value?.description == "1.5")
    #expect(event.unit == "MB")
    #expect(event.sourceEventID == "d-1")
    #expect(String(decoding: event.metadata, as: UTF8.self) == #"{"roaming":true}"#)
  }

  @Test(
    "a time is RFC 3339, or a count whose size says its unit",
    arguments: [
      (#""2024-05-31T12:00:00Z""#, 0), (#""2024-05-31T14:00:00+02:00""#, 0), (#""2024-05-31T14:00:00""#, 0),
      ("1717156800", 0), ("1717156800.25", 250_000), ("1717156800000", 0), ("1717156800000001", 1),
    ] as [(String, Int64)])
  func times(text: String, more: Int64) throws {
    let event = try event(#"{"customer_id":"1","event_type":"ACTIVATION","timestamp":\#(text)}"#)
    #expect(event.at == 1_717_156_800_000_000 + more)
  }

  @Test("a REVERSAL names its record, of its own source unless it says another")
  func reversal() throws {
    let own = try event(
      #"{"customer_id":"1","event_type":"REVERSAL","source_event_id":"x","reverses":{"#
        + #""source_event_id":"d-1"}}"#,
      name: "shop")
    #expect(own.reverses == RecordName(source: "shop", id: "d-1"))
    let other = try event(
      #"{"customer_id":"1","event_type":"REVERSAL","reverses":{"source":"cdr","source_event_id":"d-1"}}"#)
    #expect(other.reverses == RecordName(source: "cdr", id: "d-1"))
    #expect(other.sourceEventID.count == 32)
  }

  @Test("without an id the record itself is it, under its source")
  func identity() throws {
    let record = #"{"customer_id":"1","event_type":"ACTIVATION","timestamp":1717156800}"#
    #expect(try event(record).sourceEventID == event(record).sourceEventID)
    #expect(try event(record).sourceEventID != event(record + " ").sourceEventID)
    #expect(try event(record).sourceEventID != event(record, name: "shop").sourceEventID)
  }

  @Test("what cannot be one says why", arguments: ["timestamp", "event_type", "customer_id"])
  func rejected(missing: String) throws {
    let record = #"{"customer_id":"1","event_type":"ACTIVATION","timestamp":1717156800}"#
    guard case .rejected(let rejection) = try outcomes(record.replacing(missing, with: "other"))[0] else {
      Issue.record("not rejected")
      return
    }
    let codes: [String: MappingRejection.Code] = [
      "timestamp": .missingTimestamp, "event_type": .unknownEventType, "customer_id": .missingCustomer,
    ]
    #expect(rejection.code == codes[missing])
  }
}
