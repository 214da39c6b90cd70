import Contracts
import Wire

/// Which of a customer's events are wanted.
struct EventSearch: Sendable {
  let customer: String
  private let type: EventType?
  private let source: String?
  /// Unix microseconds; included.
  private let since: Int64?
  /// Unix microseconds; not included.
  private let until: Int64?

  /// Reads the parameters; throws a 400 that names the wrong one.
  init(_ call: Call) throws {
    customer = try call.customer()
    type = try call.query["event_type"].map { try Call.word($0, "event_type") }
    source = call.query["source"]
    since = try call.instant("since")
    until = try call.instant("until")
  }

  /// Whether an entry is wanted: a reversal has no time of its own, so that of its arrival counts.
  func wants(_ entry: ObjectText) throws -> Bool {
    if let source, try entry.string("source") != source { return false }
    if let type, try entry.string("type") ?? EventType.reversal.rawValue != type.rawValue { return false }
    guard since != nil || until != nil else { return true }
    guard let at = try entry.integer("at") ?? entry.integer("ingested_at") else { return false }
    return at >= since ?? .min && at < until ?? .max
  }
}

/// One page of a customer's events, found by going from the newest entry back.
///
/// A cursor holds the numbers before which the pages up to this one begin, so that there is a way back.
struct EventPage: Sendable {
  private let limit: Int
  /// The last is this page's; a first 0 stands for those that are forgotten.
  private let starts: [Int64]
  /// The entries that were looked at are not older than this one; 0: the newest is still to come.
  private var reached: Int64
  private var isAtEnd = false
  private var seen = 0
  private var results: [[UInt8]] = []

  private static let prefix = "e"

  /// Reads `limit` and `cursor`; throws a 400 that names the wrong one.
  init(_ query: [String: String]) throws(Problem) {
    limit = try ListPage(query.filter { $0.key == "limit" }).limit
    starts = try Self.starts(query["cursor"])
    reached = starts.last ?? 0
  }

  private static func starts(_ text: String?) throws(Problem) -> [Int64] {
    guard let text else { return [] }
    let words = Base64URL.bytes(text).map { String(decoding: $0, as: UTF8.self).split(separator: ",") } ?? []
    let starts = words.dropFirst().compactMap { Int64($0) }
    guard words.first == prefix[...], starts.count == words.count - 1, starts.last ?? 1 > 0,
      starts.allSatisfy({ $0 >= 0 }), starts.count <= GatewayLimits.cursorPagesMax
    else { throw .field("cursor", "invalid", "is not a cursor that this API has given") }
    return starts
  }

  /// What is to be asked next: nil when the page is full, the customer has no more, or enough was looked at.
  func question(_ customer: String) -> [UInt8]? {
    guard !isAtEnd, results.count < limit, seen < GatewayLimits.scanEntriesMax else { return nil }
    return JSONWriter.object { writer in
      writer.member("customer_id", customer)
      if reached > 0 { writer.member("before", reached) }
      writer.member("limit", min(limit, GatewayLimits.scanEntries))
    }
  }

  /// Takes the answer: `{"last", "numbers"}` and the entries, newest first.
  mutating func take(_ reply: Frames, _ search: EventSearch) throws {
    let head = try ObjectText(reply.first ?? [])
    let numbers = try head.elements("numbers").map { text in
      var scanner = JSONScanner(text)
      return try scanner.integer()
    }
    let last = try head.integer("last") ?? 0
    var place = 0
    for (number, entry) in zip(numbers, reply.dropFirst()) where results.count < limit {
      place += 1
      seen += 1
      reached = number
      guard try search.wants(ObjectText(entry)) else { continue }
      results.append(try EventText.shown(AnswerText(entry).body[...]))
    }
    isAtEnd = place == numbers.count && (last == 0 || numbers.isEmpty)
  }

  /// `{count, next, previous, results}`.
  func body(target: String) throws -> [UInt8] {
    let isAll = isAtEnd && starts.isEmpty
    return JSONWriter.object { writer in
      writer.key("count")
      if isAll { writer.integer(results.count) } else { writer.null() }
      if !isAll { writer.member("count_at_least", results.count) }
      writer.key("next")
      ListPage.link(isAtEnd ? nil : cursor(next), target, &writer)
      writer.key("previous")
      let hasPrevious = !starts.isEmpty && starts.dropLast().last != 0
      ListPage.link(hasPrevious ? cursor(starts.dropLast()) : nil, target, &writer)
      writer.key("results")
      writer.array { writer in for result in results { writer.raw(result) } }
    }
  }

  private var next: [Int64] {
    let all = starts + [reached]
    return all.count > GatewayLimits.cursorPagesMax ? [0] + all.dropFirst(2) : all
  }

  private func cursor(_ starts: [Int64]) -> String {
    ([Self.prefix] + starts.map(String.init)).joined(separator: ",")
  }
}
