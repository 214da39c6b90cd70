import Contracts
import Journal
import Wire

/// The books of chunks, kept at the partition of the source's name.
extension IngestionFold {
  /// Begins a chunk and keeps its rejected records: `{"state": "open"}`, or `"closed"` and the answer once
  /// given.
  ///
  /// A chunk that was begun and not ended is begun again; another one of the same name is refused.
  func openChunk(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var iterator = payloads.makeIterator()
    let request = try ChunkRequest(iterator.next())
    let page = try request.feed.map { (_) throws(WireError) in try HeldPage(payload: iterator.next()) }
    let rejected = try RejectedRow.all(&iterator, source: request.source)
    let key = IngestionRow.chunkKey(request.chunk)
    let step = request.file?.job ?? request.feed
    let job = try step.map { (step) throws(WireError) in try running(step, &work) }
    if case .chunk(let row) = work.row(key) {
      guard row.digest == request.digest else { throw Self.reused(request.chunk) }
      if row.counts != nil { return Self.closed(row) }
      forgetRejected(request.chunk, &work)
    } else {
      changeTotals(request.source, &work) { $0.open += 1 }
      let row = ChunkRow(source: request.source, digest: request.digest, openedAt: work.now)
      work.set(key, .chunk(row))
    }
    keep(rejected, request.chunk, &work)
    if let file = request.file, let job { mark(file, job, &work) }
    if let page, let job { hold(page, job, &work) }
    return Frames([JSONWriter.object { $0.member("state", "open") }])
  }

  /// Ends a chunk: its counts are added to the source's, once. `{"state": "closed"}` and the answer.
  func closeChunk(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var iterator = payloads.makeIterator()
    let request = try ChunkRequest(iterator.next())
    guard let answer = iterator.next() else { throw .invalid("the chunk's answer is missing") }
    let rejected = try RejectedRow.all(&iterator, source: request.source)
    let key = IngestionRow.chunkKey(request.chunk)
    guard case .chunk(var row) = work.row(key) else {
      throw .notFound("no chunk '\(request.chunk)' was begun")
    }
    if row.counts != nil { return Self.closed(row) }
    if let file = request.file { advance(file, try running(file.job, &work), request.counts, &work) }
    if let job = request.feed { try release(job, request.counts, &work) }
    row.counts = request.counts
    row.answer = Array(answer)
    work.set(key, .chunk(row))
    keep(rejected, request.chunk, &work)
    let now = work.now
    changeTotals(request.source, &work) { totals in
      totals.open -= 1
      totals.chunks += 1
      totals.counts += request.counts
      totals.arrive(at: now)
    }
    return Self.closed(row)
  }

  /// Keeps where the chunk ends that is begun, so that it is cut alike after an interruption.
  private func mark(_ step: FileStep, _ job: JobRow, _ work: inout Work<Self>) {
    let key = IngestionRow.fileKey(job.source, step.name)
    var row = FileRow()
    if case .file(let known) = work.row(key) { row = known }
    row.pending = step.row.offset
    work.set(key, .file(row))
  }

  private static func closed(_ row: ChunkRow) -> Frames {
    Frames([JSONWriter.object { $0.member("state", "closed") }, row.answer])
  }

  /// The refusal that a reused idempotency key gets everywhere.
  private static func reused(_ chunk: String) -> WireError {
    .failedPrecondition(
      "the chunk '\(chunk)' was sent before with other records",
      details: JSONWriter.object { $0.member("code", "idempotency_key_reused") })
  }

  private func changeTotals(_ source: String, _ work: inout Work<Self>, _ change: (inout TotalsRow) -> Void) {
    let key = IngestionRow.totalsKey(source)
    var totals = TotalsRow()
    if case .totals(let row) = work.row(key) { totals = row }
    change(&totals)
    work.set(key, .totals(totals))
  }

  private func keep(_ rejected: [RejectedRow], _ chunk: String, _ work: inout Work<Self>) {
    for var row in rejected {
      row.at = work.now
      work.set(IngestionRow.rejectedKey(chunk, row.index), .rejected(row))
    }
  }

  /// Between two tries the mapping may have changed, and with it what is rejected.
  private func forgetRejected(_ chunk: String, _ work: inout Work<Self>) {
    let prefix = IngestionRow.rejectedPrefix(chunk)
    for key in work.keys(after: prefix, prefix: prefix, limit: IngestionLimits.recordsMax) {
      work.set(key, nil)
    }
  }
}
