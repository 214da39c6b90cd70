import Contracts
import Journal
import Wire

/// Where a source's records are fetched page by page.
protocol PageSource: Sendable {
  /// Tells this feed from another one of the same source: a cursor means nothing there.
  var identity: String { get }
  /// The records after a cursor; an empty one is the beginning. The first page of a run may repeat records.
  func page(after cursor: String, isFirst: Bool) async throws -> FeedPage
}

/// Takes what comes in pages, over HTTP or by SQL.
extension SyncRun {
  /// Pages of one run; the next run goes on behind them.
  private static let pagesMax = 100_000

  /// Takes all pages from where the last run ended; the page that was in hand then comes first.
  func pull(_ pages: any PageSource) async throws {
    let form = try run.forms.form(of: definition).ofObjects
    let (known, held) = try await known()
    var feed = known
    if let held { feed = try await take(held, feed, form) }
    if feed.place.identity != pages.identity { feed.place = FeedPlace(identity: pages.identity) }
    var page = try await pages.page(after: feed.place.cursor, isFirst: true)
    for _ in 0..<Self.pagesMax {
      if page.isLast { break }
      // The next page is fetched while one is appended.
      let next = page.next
      async let following = pages.page(after: next, isFirst: false)
      feed = try await take(page, feed, pages.identity, form)
      page = try await following
    }
    _ = try await take(page, feed, pages.identity, form)
  }

  /// Where the last run ended, and the page that was in hand.
  private func known() async throws -> (FeedRow, HeldPage?) {
    let source = source
    return try await run.node.main.read(home) { reader in
      var feed = FeedRow()
      if case .feed(let row) = try reader.row(IngestionRow.feedKey(source)) { feed = row }
      guard case .held(let page) = try reader.row(IngestionRow.heldKey(source)) else { return (feed, nil) }
      return (feed, page)
    }
  }

  private func take(
    _ page: FeedPage, _ feed: FeedRow, _ identity: String, _ form: RecordForm
  ) async throws -> FeedRow {
    guard page.records.count <= IngestionLimits.recordsMax else {
      throw WireError.failedPrecondition(
        "a page has more than \(IngestionLimits.recordsMax) records: ask for smaller ones"
      )
    }
    let held = HeldPage(page, at: feed.place, identity: identity)
    if !held.records.isEmpty { return try await take(held, feed, form) }
    if held.place != feed.place { try await move(to: held) }
    return feed.moved(by: held)
  }

  private func take(_ held: HeldPage, _ feed: FeedRow, _ form: RecordForm) async throws -> FeedRow {
    var plan = run.plan(form)
    let reader = form.reader(header: nil)
    for record in held.records { plan.take(reader.read(record)) }
    let digest = held.digest
    let name = try ChunkName(
      source: source, run: "feed@\(digest)", from: feed.records,
      to: feed.records + Int64(held.records.count))
    let batch = ChunkBatch(
      name: name, digest: digest, plan: plan, records: held.records,
      feed: FeedStep(job: job, page: held))
    let (_, isRepeat) = try await run.bring(batch)
    if isRepeat { try await move(to: held, RecordCounts(duplicate: held.records.count)) }
    return feed.moved(by: held)
  }

  /// Moves the feed without a chunk.
  private func move(to page: HeldPage, _ counts: RecordCounts = RecordCounts()) async throws {
    let payload = JSONWriter.object { writer in
      job.write(&writer)
      writer.member("feed", true)
      counts.write(&writer)
    }
    try await submit(IngestionMethod.advanceSync, payload, page.packed)
  }
}
