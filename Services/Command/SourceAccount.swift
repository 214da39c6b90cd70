import Wire

/// What became of one source's records, and for a simulated one what had to become of them.
struct SourceAccount: Sendable, Hashable {
  let source: String
  let records: Int
  let accepted: Int
  let duplicate: Int
  let rejected: Int
  let skipped: Int
  let expected: FeedCounts?

  /// Ingestion's own counts of a feed, from the answer of `ingestion.v1/totals`.
  init(_ feed: Feed, _ totals: JSONTree, _ expected: FeedCounts) {
    source = feed.source
    let counts = totals["sources"][feed.source]
    records = counts["records"].integer ?? 0
    accepted = counts["accepted"].integer ?? 0
    duplicate = counts["duplicate"].integer ?? 0
    rejected = counts["rejected"].integer ?? 0
    skipped = counts["skipped"].integer ?? 0
    self.expected = expected
  }

  /// The counts of one's own data.
  init(_ source: String, _ tally: FateTally) {
    self.source = source
    records = tally.records
    accepted = tally.accepted
    duplicate = tally.duplicate
    rejected = tally.rejected
    skipped = tally.skipped
    expected = nil
  }

  var counts: [Int] { [records, accepted, duplicate, rejected, skipped] }

  /// Every record is exactly one of accepted, duplicate, rejected and skipped, and as many as were written.
  var isExact: Bool {
    let adds = records == accepted + duplicate + rejected + skipped
    guard let expected else { return adds }
    let wanted = [expected.lines, expected.accepted, expected.duplicate, expected.rejected, expected.skipped]
    return adds && counts == wanted
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("records", records)
      writer.member("accepted", accepted)
      writer.member("duplicate", duplicate)
      writer.member("rejected", rejected)
      writer.member("skipped", skipped)
      if let expected {
        writer.key("expected")
        expected.write(&writer)
      }
      writer.member("exact", isExact)
    }
  }
}
