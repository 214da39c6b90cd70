import Contracts
import Wire

/// One page of a customer's events, newest first.
///
/// Its cursor holds the places where the pages up to this one begin, so that there is a way back.
struct EventPage: Sendable {
  private let limit: Int
  /// Entries before these numbers: the last is this page's; a first 0 stands for those that are forgotten.
  private let starts: [Int64]

  private static let prefix = "e"

  /// Reads `limit` and `cursor`; throws a 400 that names the wrong one.
  init(_ query: [String: String]) throws(Problem) {
    limit = try ListPage(query.filter { $0.key == "limit" }).limit
    starts = try Self.starts(query["cursor"])
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

  /// The members that ask for this page.
  func write(_ writer: inout JSONWriter) {
    writer.member("before", optional: starts.last)
    writer.member("limit", limit)
  }

  /// `{count, next, previous, results}` from `{"events", "next"}`; to ask for less than all takes no count.
  func body(_ answer: ObjectText, target: String) throws(WireError) -> [UInt8] {
    var results: [[UInt8]] = []
    for event in try answer.elements("events") { results.append(try EventText.shown(event)) }
    let next = try answer.integer("next").flatMap { $0 > 0 ? $0 : nil }
    let isAll = next == nil && starts.isEmpty
    return JSONWriter.object { writer in
      writer.key("count")
      if isAll { writer.integer(results.count) } else { writer.null() }
      if !isAll { writer.member("count_at_least", results.count) }
      writer.key("next")
      ListPage.link(next.map { cursor(after($0)) }, target, &writer)
      writer.key("previous")
      let hasPrevious = !starts.isEmpty && starts.dropLast().last != 0
      ListPage.link(hasPrevious ? cursor(starts.dropLast()) : nil, target, &writer)
      writer.key("results")
      writer.array { writer in for result in results { writer.raw(result) } }
    }
  }

  private func after(_ next: Int64) -> [Int64] {
    let all = starts + [next]
    return all.count > GatewayLimits.cursorPagesMax ? [0] + all.dropFirst(2) : all
  }

  private func cursor(_ starts: [Int64]) -> String {
    ([Self.prefix] + starts.map(String.init)).joined(separator: ",")
  }
}
