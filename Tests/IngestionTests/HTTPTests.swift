import Contracts
import Support
import Synchronization
import Testing
import Wire

@testable import Ingestion

/// The HTTP connector against a real server.
struct HTTPTests {
  @Test("offset paging behind a login: a token that is refused is asked for again")
  func offsets() async throws {
    let stock = Stock(Stock.calls(0..<23))
    let logins = Mutex(0)
    let server = try Counterpart { asked in
      if asked.path == "/login" {
        guard asked.method == "POST", asked.body == #"{"username":"laurel","password":"pass-word"}"# else {
          return .init("{}", status: 403)
        }
        let number = logins.withLock { logins in
          logins += 1
          return logins
        }
        return .init(#"{"data":{"access":"token-\#(number)"}}"#)
      }
      // The first token is good for two pages.
      let offset = Int(asked.query["offset"] ?? "") ?? -1
      let isFirst = asked.headers["authorization"] == "Bearer token-1"
      if isFirst ? offset >= 10 : asked.headers["authorization"] != "Bearer token-2" {
        return .init(#"{"error":"expired"}"#, status: 401)
      }
      guard asked.query["limit"] == "5", asked.query["kind"] == "call & more", offset >= 0 else {
        return .init("{}", status: 400)
      }
      return .init(#"{"items":{"all":\#(Stock.list(stock.records.dropFirst(offset).prefix(5)))}}"#)
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/usage","query":{"kind":"call & more"},"#
        + #""records":"items.all","paging":{"kind":"offset","size":5},"auth":{"kind":"login","#
        + #""url":"\#(server.url)/login","username":"laurel","password":"pass-word","at":"data.access"}}"#)
    let first = try await office.sync()
    #expect(first.status == "done", "\(first.error)")
    #expect(first.counts == [23, 23, 0, 0, 0])
    #expect(first.done == 23)
    #expect(logins.withLock { $0 } == 2)
    let before = server.asked.count
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    // The next run asks only for what is behind the last record, with the token that it still has.
    #expect(server.asked.count == before + 1)
    #expect(server.asked.last?.query["offset"] == "23")
    stock.add(Stock.calls(23..<31) + ["17"])
    #expect(try await office.sync().counts == [9, 8, 0, 1, 0])
    #expect(try await office.counts() == [32, 31, 0, 1, 0, 0])
    let shown = try await office.shown()
    #expect(shown.contains(#""password":"***""#) && !shown.contains("pass-word"), "\(shown)")
    #expect(shown.contains(#""cursor":"32""#), "\(shown)")
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("page tokens: the last page is read again, and only what is new on it counts")
  func tokens() async throws {
    let stock = Stock(Stock.calls(0..<13))
    let server = try Counterpart { asked in
      let start = Int(asked.query["page"]?.dropFirst() ?? "0") ?? 0
      let page = stock.records.dropFirst(start).prefix(4)
      let next = start + 4 < stock.records.count ? #""t\#(start + 4)""# : "null"
      return .init(#"{"next":\#(next),"rows":\#(Stock.list(page))}"#)
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/","records":"rows","#
        + #""paging":{"kind":"token","param":"page","next":"next"}}"#)
    #expect(try await office.sync().counts == [13, 13, 0, 0, 0])
    #expect(try await office.sync().counts == [0, 0, 0, 0, 0])
    stock.add(Stock.calls(13..<15))
    #expect(try await office.sync().counts == [2, 2, 0, 0, 0])
    stock.add(Stock.calls(15..<30))
    #expect(try await office.sync().counts == [15, 15, 0, 0, 0])
    #expect(try await office.counts() == [30, 30, 0, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("Link headers and JSON Lines; a link to another server is not followed")
  func links() async throws {
    let stock = Stock(Stock.calls(0..<9) + [#"{"broken":"#])
    let elsewhere = Mutex("")
    let server = try Counterpart { asked in
      let start = Int(asked.query["after"] ?? "0") ?? 0
      let page = stock.records.dropFirst(start).prefix(4)
      let target = elsewhere.withLock { $0 } + "/more?after=\(start + 4)&secret_token=x"
      let more = start + 4 < stock.records.count
      let link = #"</first>; rel="first", <\#(target)>; title="a, b"; rel="next last""#
      return .init(page.joined(separator: "\n"), headers: more ? ["Link": link] : [:])
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/all","body":"json_lines","#
        + #""paging":{"kind":"link"},"auth":{"kind":"api_key","api_key":"k-e-y","header":"X-Key"}}"#)
    let first = try await office.sync()
    #expect(first.status == "done", "\(first.error)")
    #expect(first.counts == [10, 9, 0, 1, 0])
    #expect(server.asked.allSatisfy { $0.headers["x-key"] == "k-e-y" })
    let shown = try await office.shown()
    #expect(shown.contains(#""cursor":"/more""#) && !shown.contains("k-e-y"), "\(shown)")
    stock.add(Stock.calls(20..<29))
    elsewhere.withLock { $0 = "http://example.invalid" }
    let second = try await office.sync()
    #expect(second.status == "failed")
    #expect(second.error.contains("links to another server, http://example.invalid:80"), "\(second.error)")
    #expect(second.counts == [2, 2, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("what passes is asked for again: 500, 429, a truncated body, a lost connection")
  func recovery() async throws {
    let stock = Stock(Stock.calls(0..<12))
    let server = try Counterpart { asked in
      if let failure = stock.failure() { return failure }
      let offset = Int(asked.query["start"] ?? "") ?? 0
      return .init(Stock.list(stock.records.dropFirst(offset).prefix(5)))
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/","retry_ms":5,"attempts":8,"#
        + #""paging":{"kind":"offset","offset":"start","size":5},"#
        + #""auth":{"kind":"basic","username":"u","password":"p"}}"#)
    let whole = Stock.list(Stock.calls(0..<5))
    stock.fail([
      .init("oops", status: 500), .init("", status: 429, headers: ["Retry-After": "0"]),
      .init(whole, sentBytes: whole.utf8.count / 2), .silence, .init(String(whole.dropLast(3))),
      .init("{}", status: 503),
    ])
    let job = try await office.sync()
    #expect(job.status == "done", "\(job.error)")
    #expect(job.counts == [12, 12, 0, 0, 0])
    #expect(server.asked.allSatisfy { $0.headers["authorization"] == "Basic dTpw" })
    #expect(try await office.counts() == [12, 12, 0, 0, 0, 0])
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("what lasts ends the run with its reason and without secrets; the next one goes on where it stopped")
  func giving() async throws {
    let stock = Stock(Stock.calls(0..<12))
    let server = try Counterpart { asked in
      if let failure = stock.failure() { return failure }
      let offset = Int(asked.query["offset"] ?? "") ?? 0
      return .init(Stock.list(stock.records.dropFirst(offset).prefix(5)))
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await office.define(
      connection: #"{"kind":"http","url":"\#(server.url)/usage?api_key=hidden","retry_ms":1,"attempts":3,"#
        + #""paging":{"kind":"offset","size":5},"auth":{"kind":"bearer","token":"also-hidden"}}"#)
    stock.fail([.init(Stock.list(Stock.calls(0..<5)))] + Array(repeating: .init("x", status: 500), count: 3))
    let first = try await office.sync()
    #expect(first.status == "failed")
    #expect(first.error == "\(server.url)/usage answered 500, after 3 attempts")
    #expect(first.counts == [5, 5, 0, 0, 0])
    for (answer, reason) in [
      (Counterpart.Answer("no", status: 403), "answered 403"),
      (.init(#"{"a":1}"#, status: 302, headers: ["Location": "ftp://x"]), "answered 302"),
      (.init(String(repeating: " ", count: HTTPSettings.bodyBytesMax + 1)), "ask for smaller pages"),
    ] {
      stock.fail([answer])
      let job = try await office.sync()
      #expect(job.status == "failed" && job.error.contains(reason), "\(job.error)")
      #expect(!job.error.contains("hidden") && job.read == 0, "\(job.error)")
    }
    let last = try await office.sync()
    #expect(last.counts == [7, 7, 0, 0, 0])
    let shown = try await office.shown()
    #expect(shown.contains("?api_key=***") && !shown.contains("hidden"), "\(shown)")
    try await office.check()
    await running.stop()
    await office.end()
  }

  @Test("the default source of Xiva, told where it is")
  func xiva() async throws {
    let records = [
      #"{"event":"activation","customer_id":"C-1","timestamp":"2024-05-01T08:00:00Z","event_id":"x1"}"#,
      #"{"transaction_type":"recharge","customer_id":"C-1","amount":20,"timestamp":"2024-05-02T08:00:00Z","#
        + #""event_id":"x2"}"#,
      #"{"features":{"tenure":400},"customer_id":"C-2","timestamp":"2024-05-02T08:00:00Z","event_id":"x3"}"#,
    ]
    let server = try Counterpart { asked in
      if asked.path == "/login" { return .init(#"{"access_token":"t"}"#) }
      guard asked.headers["authorization"] == "Bearer t" else { return .init("", status: 401) }
      let offset = Int(asked.query["offset"] ?? "") ?? 0
      return .init(#"{"data":\#(Stock.list(records.dropFirst(offset).prefix(500)))}"#)
    }
    defer { server.stop() }
    let office = try Office()
    let running = try await office.start()
    try await running.seed()
    _ = try await office.text(
      Method.putSource,
      #"{"definition":{"name":"xiva","is_active":true,"connection_config":{"kind":"http","#
        + #""url":"\#(server.url)/e","records":"data","paging":{"kind":"offset","size":500},"#
        + #""auth":{"kind":"login","url":"\#(server.url)/login","username":"u","password":"p"}}}}"#)
    let job = try await office.sync("xiva")
    #expect(job.status == "done", "\(job.error)")
    #expect(job.counts == [3, 3, 0, 0, 0])
    let events = try await office.text(Method.events, #"{"customer_id":"C-1","limit":5}"#)
    #expect(events.contains("RECHARGE") && events.contains("ACTIVATION"), "\(events)")
    await running.stop()
    await office.end()
  }
}
