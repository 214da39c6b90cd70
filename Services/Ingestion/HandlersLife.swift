import Contracts
import Journal
import Messaging
import Wire

/// What is known of sources' lives, at their home partitions.
extension SyncHandler {
  /// `ingestion.v1/source-totals {"source"}`: `{"source", counts, "chunks", "open_chunks", "last_record_at"?,
  /// "rhythm", "cursor"?, "last_sync_at"?, "last_sync_status"?, "failures"?}`.
  func totals(_ request: Request) async throws -> Frames {
    let source = try SourceCommand.name(request.payloads.first)
    let home = run.home(of: source)
    guard node.main.isOpen(home) else {
      return try await forward(IngestionMethod.sourceTotals, home, request)
    }
    let life = try await ownLives([source], home)[source] ?? SourceLife()
    return Frames([JSONWriter.object { Self.write(source, life, &$0) }])
  }

  private static func write(_ source: String, _ life: SourceLife, _ writer: inout JSONWriter) {
    writer.member("source", source)
    life.totals.counts.write(&writer)
    writer.member("chunks", life.totals.chunks)
    writer.member("open_chunks", life.totals.open)
    if life.totals.lastAt > 0 { writer.member("last_record_at", life.totals.lastAt) }
    writer.member("rhythm", life.totals.rhythm)
    if !life.cursor.isEmpty { writer.member("cursor", life.shownCursor) }
    guard let last = life.last else { return }
    writer.member("last_sync_at", last.at)
    writer.member("last_sync_status", last.status.rawValue)
    writer.member("failures", last.failures)
  }

  /// The lives of sources whose home is a partition that is open here.
  func ownLives(_ sources: [String], _ home: Int) async throws -> [String: SourceLife] {
    let holder = holder
    return try await node.main.read(home) { reader in
      let keys = sources.flatMap {
        [IngestionRow.syncKey($0), IngestionRow.totalsKey($0), IngestionRow.feedKey($0)]
      }
      let rows = try reader.rows(keys)
      var lives: [String: SourceLife] = [:]
      for source in sources {
        var life = SourceLife()
        if case .totals(let row) = rows[IngestionRow.totalsKey(source)] { life.totals = row }
        if case .feed(let row) = rows[IngestionRow.feedKey(source)] { life.cursor = row.place.cursor }
        if case .sync(let row) = rows[IngestionRow.syncKey(source)] { life.last = row }
        if let last = life.last, last.status == .running,
          case .job(let job) = try reader.row(IngestionRow.jobKey(last.job))
        {
          life.last?.status = job.seen(by: holder).status
        }
        lives[source] = life
      }
      return lives
    }
  }

  /// The life of a source, wherever its home is; nothing where nobody answers.
  func life(_ source: String) async -> SourceLife {
    let home = run.home(of: source)
    if node.main.isOpen(home) { return (try? await ownLives([source], home)[source]) ?? SourceLife() }
    let payload = JSONWriter.object { $0.member("source", source) }
    let reply = try? await node.directory.call(
      ServiceName.ingestion.rawValue, IngestionMethod.sourceTotals, partition: home, Frames([payload]),
      timeoutMilliseconds: Self.askMilliseconds, retry: true)
    return (try? Self.life(reply?.first)) ?? SourceLife()
  }

  private static func life(_ payload: ArraySlice<UInt8>?) throws -> SourceLife {
    var life = SourceLife()
    var last = SyncRow(job: 0, status: .failed, at: 0)
    try Payload.read(payload) { key, scanner in
      switch key {
      case "last_record_at": life.totals.lastAt = try scanner.integer()
      case "rhythm": life.totals.rhythm = try scanner.integer()
      case "cursor": life.cursor = try scanner.string()
      case "last_sync_at": last.at = try scanner.integer()
      case "last_sync_status": last.status = JobRow.Status(rawValue: try scanner.string()) ?? .failed
      case "failures": last.failures = Int(try scanner.integer())
      default: try scanner.skip()
      }
    }
    if last.at > 0 { life.last = last }
    return life
  }
}
