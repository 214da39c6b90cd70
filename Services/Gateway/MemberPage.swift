import Wire

/// How many customers a rule is true for: exact up to a limit, beyond it at least so many.
struct MemberCount: Sendable, Equatable {
  static let exactMax = 10_000
  var found = 0
  var isCapped: Bool { found > Self.exactMax }

  func write(_ writer: inout JSONWriter) {
    writer.key("count")
    if isCapped { writer.null() } else { writer.integer(found) }
    if isCapped { writer.member("count_at_least", Self.exactMax) }
  }
}

/// Where a page of members begins: behind a customer of a partition.
struct MemberPlace: Sendable, Equatable {
  var partition = 0
  /// Empty: at the first customer.
  var after = ""

  init(partition: Int = 0, after: String = "") { (self.partition, self.after) = (partition, after) }

  /// Where it goes on, given what the partition says of the next customer.
  func behind(_ next: String?) -> MemberPlace {
    next.map { MemberPlace(partition: partition, after: $0) } ?? MemberPlace(partition: partition + 1)
  }

  /// `<partition> <customer>`.
  var text: String { "\(partition) \(after)" }

  init?(_ text: Substring) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let partition = Int(parts[0]), partition >= 0 else { return nil }
    self.init(partition: partition, after: String(parts[1]))
  }
}

/// One page of a segment's members.
///
/// Its cursor holds the places where the pages up to this one begin, so that there is a way back.
struct MemberPage: Sendable, Equatable {
  static let sampleDefault = 10
  static let sampleMax = 100

  let limit: Int
  /// The last is this page's; none: the first page.
  private let starts: [MemberPlace]

  var place: MemberPlace { starts.last ?? MemberPlace() }

  init(_ query: [String: String]) throws(Problem) {
    limit = try ListPage.limit(query["limit"])
    guard let cursor = query["cursor"] else {
      starts = []
      return
    }
    let text = Base64URL.bytes(cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    starts = lines.compactMap { MemberPlace($0) }
    guard (1...GatewayLimits.cursorPagesMax).contains(lines.count), starts.count == lines.count else {
      throw .field("cursor", "invalid", "is not a cursor that this API has given")
    }
  }

  /// `{count, next, previous, results}`.
  func body(
    _ results: [ArraySlice<UInt8>], count: MemberCount, next: MemberPlace?, target: String
  ) -> [UInt8] {
    JSONWriter.object { writer in
      count.write(&writer)
      writer.key("next")
      ListPage.link(
        next.map { cursor((starts + [$0]).suffix(GatewayLimits.cursorPagesMax)) }, target, &writer)
      writer.key("previous")
      let before = starts.count == 1 ? [MemberPlace()] : starts.dropLast()
      ListPage.link(starts.isEmpty ? nil : cursor(before[...]), target, &writer)
      writer.key("results")
      writer.array { writer in for result in results { writer.raw(result) } }
    }
  }

  private func cursor(_ starts: ArraySlice<MemberPlace>) -> String {
    starts.map(\.text).joined(separator: "\n")
  }

  /// The page of a list: its place is a number of customers.
  func body(ofList customers: [ArraySlice<UInt8>], target: String) throws(WireError) -> [UInt8] {
    let start = Int(place.after) ?? 0
    let page = customers.dropFirst(start).prefix(limit).map { customer in
      JSONWriter.object { $0.member("customer_id", raw: customer) }[...]
    }
    let end = start + page.count
    var count = MemberCount()
    count.found = customers.count
    let next = end < customers.count ? MemberPlace(after: String(end)) : nil
    return body(Array(page), count: count, next: next, target: target)
  }
}
