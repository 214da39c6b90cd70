import Contracts
import Journal
import Testing
import Wire

@testable import Ingestion

/// The requests about single records, customers and sources, at a running Ingestion.
struct RequestTests {
  @Test("normalize: accepted, duplicate, skipped, and refused with a reason and kept")
  func normalize() async throws {
    let office = try Office()
    let running = try await office.start()
    try await running.seed()
    let event =
      #"{"msisdn":"007","transaction_type":"recharge","amount":"10.50","record_id":"r-1","#
      + #""date":"2024-05-31T10:00:00Z"}"#
    let asked = #"{"source_type":"billing","event":\#(event)}"#
    let first = try await office.text(IngestionMethod.normalize, asked, key: "k-1")
    #expect(first.hasPrefix(#"{"status":"accepted","event_id":"e-"#), "\(first)")
    #expect(first.contains(#""customer_id":"007","event_type":"RECHARGE","positions":[{"#), "\(first)")
    #expect(try await office.text(IngestionMethod.normalize, asked, key: "k-1") == first)
    let second = try await office.text(IngestionMethod.normalize, asked, key: "k-2")
    #expect(second == first.replacing("accepted", with: "duplicate"))
    // Another name is another source: the record is a new one.
    let shop = #"{"source_name":"shop","source_type":"billing","connection_config":{"kind":"push"}}"#
    _ = try await office.text(Method.putSource, #"{"definition":\#(shop)}"#)
    let named = asked.replacing(#""event":"#, with: #""source":"shop","event":"#)
    #expect(try await office.text(IngestionMethod.normalize, named, key: "k-3").contains(#""accepted""#))
    let error = await Self.refusal {
      _ = try await office.text(
        IngestionMethod.normalize, asked.replacing("10.50", with: "ten"), key: "k-4")
    }
    #expect(error?.status == .failedPrecondition)
    #expect(error?.message.hasPrefix("the record is rejected and kept: invalid_value: ") == true)
    let details = error?.details.map { text($0[...]) } ?? ""
    #expect(details.hasPrefix(#"{"code":"invalid_value","message":""#))
    let kept = try await office.text(Method.rejected, #"{"source":"billing"}"#)
    #expect(kept.contains(#""code":"invalid_value""#) && kept.contains("ten"))
    for bad in [
      #"{"source_type":"letters","event":{}}"#, #"{"event":{}}"#, #"{"source_type":"app","event":7}"#,
      #"{"source_type":"app"}"#, #"{"source_type":"app","event":{},"more":1}"#, "{",
    ] {
      let error = await Self.refusal { _ = try await office.text(IngestionMethod.normalize, bad) }
      #expect(error?.status == .invalidArgument, "\(bad)")
    }
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("normalize: a named source's own mapping is used, also where its files are CSV; it must be there")
  func normalizeByName() async throws {
    let office = try Office()
    let running = try await office.start()
    try await running.seed()
    try await office.define()
    let event = #""event":{"id":"c-1","who":"C-7","seconds":"60","at":"2024-05-31T10:00:00Z"}}"#
    let asked = #"{"source_type":"cdr","source":"calls",\#(event)"#
    let reply = try await office.text(IngestionMethod.normalize, asked, key: "k-1")
    #expect(reply.contains(#""customer_id":"C-7","event_type":"CALL_OUTGOING""#), "\(reply)")
    // The record is the same one when it comes in a file.
    try office.write("day.csv", "id,who,seconds,at\nc-1,C-7,60,2024-05-31T10:00:00Z\n")
    let job = try await office.sync()
    #expect(job.accepted == 0 && job.duplicate == 1, "\(job)")
    for (wrong, message) in [
      (asked.replacing(#""calls""#, with: #""cals""#), "there is no source 'cals'"),
      (asked.replacing(#""cdr""#, with: #""app""#), "the source 'calls' is of the type cdr, not app"),
    ] {
      let error = await Self.refusal { _ = try await office.text(IngestionMethod.normalize, wrong) }
      #expect(error?.status == .invalidArgument)
      #expect(error?.message.hasPrefix(message) == true, "\(error as Any)")
      #expect(error?.details.map { text($0[...]) } == #"{"field":"source_name","code":"unknown_source"}"#)
    }
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("entries: a customer's as stored, newest first, page by page; events: filtered")
  func entries() async throws {
    let office = try Office()
    let running = try await office.start()
    let head = #"{"source":"push","source_type":"custom"}"#
    for round in 0..<3 {
      let records = ["C-1", "C-2", "C-3", "C-4", "C-5"].map { customer in
        #"{"customer_id":"\#(customer)","event_type":"\#(round == 1 ? "APP_LOGIN" : "WEB_LOGIN")","#
          + #""timestamp":"2024-05-3\#(1 - round % 2)T10:00:0\#(round)Z","source_event_id":"r\#(round)"}"#
      }
      _ = try await office.call(Method.push, [head] + records, key: "k-\(round)")
    }
    var before = ""
    var seen: [String] = []
    while true {
      let reply = try await office.call(
        IngestionMethod.entries, [#"{"customer_id":"C-2","limit":2\#(before)}"#])
      let (last, numbers) = try Self.page(reply)
      let entries = reply.dropFirst().map { text($0) }
      #expect(entries.count == numbers.count)
      for (number, entry) in zip(numbers, entries) {
        #expect(entry.contains("-\(number)\",\"prev\":"))
        seen.append(entry)
      }
      guard last > 0, let smallest = numbers.last else { break }
      before = #","before":\#(smallest)"#
    }
    #expect(seen.count == 3)
    for (round, entry) in seen.reversed().enumerated() {
      #expect(entry.contains(#""customer_id":"C-2""#) && entry.contains(#""source_event_id":"r\#(round)""#))
    }
    #expect(
      try Self.page(try await office.call(IngestionMethod.entries, [#"{"customer_id":"X"}"#])) == (0, []))
    let filters = [
      (#""event_type":"APP_LOGIN""#, ["r1"]), (#""source":"push""#, ["r2", "r1", "r0"]),
      (#""source":"shop""#, []), (#""since":1717149600000000"#, ["r2", "r0"]),
      (#""since":1717149600000001"#, ["r2"]), (#""until":1717149600000000"#, ["r1"]),
      (#""since":1717149600000000,"until":1717149602000000"#, ["r0"]),
      (#""event_type":"WEB_LOGIN","limit":1"#, ["r2"]),
    ]
    for (filter, expected) in filters {
      let answer = try await office.text(Method.events, #"{"customer_id":"C-2",\#(filter)}"#)
      let found = answer.split(separator: #""source_event_id":""#).dropFirst().map { String($0.prefix(2)) }
      #expect(found == expected, "\(filter)")
    }
    let error = await Self.refusal {
      _ = try await office.text(Method.events, #"{"customer_id":"C-2","event_type":"WALK"}"#)
    }
    #expect(error?.status == .invalidArgument)
    await running.stop()
    await office.end()
  }

  @Test("sources: secrets stay inside, what is not given stays, a deleted one is gone and its name taken")
  func sources() async throws {
    let office = try Office()
    let running = try await office.start()
    try await running.seed()
    func put(_ text: String) async throws {
      _ = try await office.text(Method.putSource, #"{"definition":\#(text)}"#)
    }
    func shown(_ name: String) async throws -> String {
      try await office.text(Method.sources, #"{"source":"\#(name)"}"#)
    }
    try await put(
      #"{"source_name":"bss","source_type":"xiva","is_active":false,"sync_frequency":"hourly","#
        + #""connection_config":{"kind":"http","url":"http://u:pw@x/?token=t","auth":{"kind":"basic","#
        + #""username":"u","password":"p"},"headers":{"X-Api-Key":"k"}}}"#)
    let first = try await shown("bss")
    #expect(
      first.contains(
        #""connection_config":{"kind":"http","url":"http://u:***@x/?token=***","auth":{"kind":"basic","#
          + #""username":"u","password":"***"},"headers":{"X-Api-Key":"***"}},"sync_frequency":"hourly","#
          + #""is_active":false,"#), "\(first)")
    // What is shown can be given back: the secrets are those that were known.
    try await put(
      #"{"source_name":"bss","connection_config":{"kind":"http","url":"http://u:***@x/?token=***","#
        + #""auth":{"kind":"basic","username":"v","password":"***"},"headers":{"X-Api-Key":"l"}}}"#)
    let row = try await running.node.definitions.read(running.node.definitionsPartition) {
      try $0.row(SourcesFold.prefix + "bss")
    }
    #expect(
      row?.connection == #"{"kind":"http","url":"http://u:pw@x/?token=t","auth":{"kind":"basic","#
        + #""username":"v","password":"p"},"headers":{"X-Api-Key":"l"}}"#)
    #expect(row?.syncFrequency == "hourly" && row?.isActive == false && row?.version == 2)
    #expect(row?.mapping.contains(#""transaction_type""#) == true)
    for bad in [
      #"{"source_name":"f","source_type":"cdr","connection_config":{"kind":"file"}}"#,
      #"{"source_name":"f","source_type":"cdr","connection_config":{"kind":"pigeon"}}"#,
      #"{"source_name":"f","source_type":"cdr","connection_config":{"kind":"http"}}"#,
      #"{"source_name":"f","source_type":"cdr","connection_config":{"kind":"http","url":"x","colour":1}}"#,
      #"{"source_name":"f","source_type":"cdr","connection_config":{"kind":"sql","url":"postgres://h/d"}}"#,
      #"{"source_name":"f","source_type":"cdr","colour":1}"#, #"{"source_name":"f"}"#,
      #"{"source_type":"cdr"}"#,
    ] {
      let error = await Self.refusal { try await put(bad) }
      #expect(error?.status == .invalidArgument, "\(bad)")
    }
    _ = try await office.text(IngestionMethod.deleteSource, #"{"source":"bss"}"#)
    #expect(try await shown("bss") == #"{"sources":[]}"#)
    let gone = await Self.refusal {
      _ = try await office.text(IngestionMethod.deleteSource, #"{"source":"bss"}"#)
    }
    #expect(gone?.status == .notFound)
    _ = try await office.text(IngestionMethod.deleteSource, #"{"source":"cdr"}"#)
    try await running.seed()
    #expect(try await shown("cdr") == #"{"sources":[]}"#)
    try await put(#"{"name":"bss","type":"app"}"#)
    #expect(try await shown("bss").contains(#""version":4"#))
    await running.stop()
    await office.end()
  }

  private static func page(_ reply: Frames) throws -> (last: Int64, numbers: [Int64]) {
    var (last, numbers): (Int64, [Int64]) = (-1, [])
    try Payload.read(reply.first) { key, scanner in
      switch key {
      case "last": last = try scanner.integer()
      case "numbers":
        try scanner.beginArray()
        while try scanner.nextElement() { numbers.append(try scanner.integer()) }
      default: try scanner.skip()
      }
    }
    return (last, numbers)
  }

  private static func refusal(_ body: () async throws -> Void) async -> WireError? {
    do {
      try await body()
      return nil
    } catch { return error as? WireError }
  }
}
