import Wire

/// One page of a list: what is asked of a service for it, and what the client sees.
struct ListPage: Sendable, Equatable {
  /// The parameters of every list.
  static let parameters: Set<String> = ["limit", "cursor"]

  /// Elements before the page.
  let offset: Int
  /// Elements of the page.
  let limit: Int

  /// Reads `limit` and `cursor`; throws a 400 that names the wrong one.
  init(_ query: [String: String]) throws(Problem) {
    limit = try Self.limit(query["limit"])
    offset = try Self.offset(query["cursor"])
  }

  /// What a service is asked for: everything up to the page's end, as services count from the newest; more
  /// where only some of it is wanted.
  func asked(_ question: ListQuestion) -> Int {
    question.filter.isEmpty ? min(offset + limit, GatewayLimits.pageMax) : GatewayLimits.pageMax
  }

  static func limit(_ text: String?) throws(Problem) -> Int {
    guard let text else { return GatewayLimits.pageDefault }
    guard let number = Int(text), (1...GatewayLimits.pageMax).contains(number) else {
      throw .field("limit", "invalid", "is a whole number from 1 to \(GatewayLimits.pageMax)")
    }
    return number
  }

  private static func offset(_ text: String?) throws(Problem) -> Int {
    guard let text else { return 0 }
    guard let bytes = Base64URL.bytes(text), let number = Int(String(decoding: bytes, as: UTF8.self)),
      (0..<GatewayLimits.pageMax).contains(number)
    else { throw .field("cursor", "invalid", "is not a cursor that this API has given") }
    return number
  }

  /// `{count, next, previous, results}` from the answer to a question.
  ///
  /// `target` is what was asked for: next and previous are the same with another cursor.
  func body(_ answer: ObjectText, _ question: ListQuestion, target: String) throws(WireError) -> [UInt8] {
    let all = try answer.elements(question.member)
    var known = try answer.integer("count").map { Int(clamping: $0) }
    // Fewer than asked for are all.
    if known == nil, question.isWhole || all.count < asked(question) { known = all.count }
    guard !question.filter.isEmpty else {
      return try body(all, known: known, target: target, shown: question.shown)
    }
    var kept: [ArraySlice<UInt8>] = []
    for element in all {
      let element = try question.shown(element)[...]
      if try question.filter.keeps(element) { kept.append(element) }
    }
    return try body(kept, known: known == all.count ? kept.count : nil, target: target)
  }

  /// The page of a list whose first elements are these, of so many as are known.
  func body(
    _ elements: [ArraySlice<UInt8>], known: Int?, target: String,
    shown: (ArraySlice<UInt8>) throws(WireError) -> [UInt8] = { Array($0) }
  ) throws(WireError) -> [UInt8] {
    let end = offset + limit
    let hasNext = end < (known ?? elements.count + 1) && end < GatewayLimits.pageMax
    var page: [[UInt8]] = []
    for element in elements.dropFirst(offset).prefix(limit) { page.append(try shown(element)) }
    return JSONWriter.object { writer in
      writer.key("count")
      if let known { writer.integer(known) } else { writer.null() }
      if known == nil { writer.member("count_at_least", elements.count) }
      writer.key("next")
      Self.link(hasNext ? String(end) : nil, target, &writer)
      writer.key("previous")
      Self.link(offset > 0 ? String(max(0, offset - limit)) : nil, target, &writer)
      writer.key("results")
      writer.array { writer in for element in page { writer.raw(element) } }
    }
  }

  /// The same request with another cursor, or null.
  static func link(_ place: String?, _ target: String, _ writer: inout JSONWriter) {
    guard let place else { return writer.null() }
    let parts = target.split(separator: "?", maxSplits: 1)
    let kept = (parts.count > 1 ? parts[1].split(separator: "&") : []).filter { !$0.hasPrefix("cursor=") }
    let cursor = "cursor=" + Base64URL.text(place.utf8)
    writer.string(parts[0] + "?" + (kept.map(String.init) + [cursor]).joined(separator: "&"))
  }
}
