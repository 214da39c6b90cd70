import Contracts
import Journal
import Wire

/// Runs of connectors, kept at the home partition of the source.
extension IngestionFold {
  /// Jobs that a partition remembers.
  static let jobsKept: Int64 = 1_000

  /// Begins a run, or names the one that this process does already: `{"job", "started"}`.
  ///
  /// A run of a process that is gone is ended as failed; the rows of its source say where to go on.
  func beginSync(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var row = JobRow(source: "", holder: "", startedAt: work.now)
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "source": row.source = try scanner.string()
      case "holder": row.holder = try scanner.string()
      case "unit": row.unit = JobRow.Unit(rawValue: try scanner.string()) ?? .bytes
      case "scheduled": row.isScheduled = try scanner.bool()
      default: try scanner.skip()
      }
    }
    try ChunkName.check("source", row.source, MappingLimits.nameBytesMax)
    if case .sync(let last) = work.row(IngestionRow.syncKey(row.source)), last.status == .running {
      if case .job(let known) = work.row(IngestionRow.jobKey(last.job)), known.holder == row.holder {
        join(last.job, known, row, &work)
        return Self.begun(last.job, started: false)
      }
      end(last.job, .failed, JobRow.interrupted, &work)
    }
    let number = nextJob(&work)
    work.set(IngestionRow.jobKey(number), .job(row))
    note(row.source, &work) { (number, .running, $0) }
    return Self.begun(number, started: true)
  }

  /// Somebody who asks for a run gets to know its end, also where its schedule had begun it.
  private func join(_ number: Int64, _ known: JobRow, _ asked: JobRow, _ work: inout Work<Self>) {
    guard known.isScheduled, !asked.isScheduled else { return }
    var row = known
    row.isScheduled = false
    work.set(IngestionRow.jobKey(number), .job(row))
  }

  private static func begun(_ number: Int64, started: Bool) -> Frames {
    Frames([
      JSONWriter.object { writer in
        writer.member("job", number)
        writer.member("started", started)
      }
    ])
  }

  private func nextJob(_ work: inout Work<Self>) -> Int64 {
    var number: Int64 = 1
    if case .counter(let last) = work.row(IngestionRow.jobCounterKey) { number = last + 1 }
    work.set(IngestionRow.jobCounterKey, .counter(number))
    if number > Self.jobsKept { work.set(IngestionRow.jobKey(number - Self.jobsKept), nil) }
    return number
  }

  /// Writes down the source's last run: its job, its state, and how many failed up to it.
  private func note(
    _ source: String, _ work: inout Work<Self>, _ run: (_ failures: Int) -> (Int64, JobRow.Status, Int)
  ) {
    let key = IngestionRow.syncKey(source)
    var failures = 0
    if case .sync(let last) = work.row(key) { failures = last.failures }
    let (job, status, count) = run(failures)
    work.set(key, .sync(SyncRow(job: job, status: status, at: work.now, failures: count)))
  }

  /// A step without a chunk: `{"job", "holder", "total"?, "file"?: {...}, "feed"?: true, counts}`; with
  /// `feed` the page that only moves the feed's place is the second payload.
  func advanceSync(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var job = JobRef(number: 0, holder: "")
    var total: Int64?
    var file: FileStep?
    var isFeed = false
    var counts = RecordCounts()
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "total": total = try scanner.integer()
      case "file": file = try FileStep(&scanner)
      case "feed": isFeed = try scanner.bool()
      default:
        if try !job.take(key, &scanner), try !counts.take(key, &scanner) { try scanner.skip() }
      }
    }
    var row = try running(job, &work)
    if let total { row.total = total }
    work.set(IngestionRow.jobKey(job.number), .job(row))
    if let file { advance(file, row, counts, &work) }
    if isFeed {
      hold(try HeldPage(payload: payloads.array().dropFirst().first), row, &work)
      try release(job, counts, &work)
    }
    return Frames([JSONWriter.object { $0.member("job", job.number) }])
  }

  /// Moves a file's row and its job on.
  func advance(_ step: FileStep, _ job: JobRow, _ counts: RecordCounts, _ work: inout Work<Self>) {
    var job = job
    job.done += step.read
    job.counts += counts
    work.set(IngestionRow.jobKey(step.job.number), .job(job))
    work.set(IngestionRow.fileKey(job.source, step.name), .file(step.row))
  }

  /// Keeps the page that a run takes.
  func hold(_ page: HeldPage, _ job: JobRow, _ work: inout Work<Self>) {
    work.set(IngestionRow.heldKey(job.source), .held(page))
  }

  /// Moves a feed behind the page in hand, and its job on.
  func release(_ ref: JobRef, _ counts: RecordCounts, _ work: inout Work<Self>) throws(WireError) {
    var job = try running(ref, &work)
    guard case .held(let page) = work.row(IngestionRow.heldKey(job.source)) else {
      throw .failedPrecondition("no page of '\(job.source)' is in hand")
    }
    var feed = FeedRow()
    if case .feed(let row) = work.row(IngestionRow.feedKey(job.source)) { feed = row }
    job.done += Int64(page.records.count)
    job.counts += counts
    work.set(IngestionRow.jobKey(ref.number), .job(job))
    work.set(IngestionRow.feedKey(job.source), .feed(feed.moved(by: page)))
    work.set(IngestionRow.heldKey(job.source), nil)
  }

  /// The job of a step; throws when it does not run, or in another process.
  func running(_ job: JobRef, _ work: inout Work<Self>) throws(WireError) -> JobRow {
    guard case .job(let row) = work.row(IngestionRow.jobKey(job.number)), row.status == .running,
      row.holder == job.holder
    else { throw .failedPrecondition("the run is over: it was cancelled, or begun again elsewhere") }
    return row
  }

  /// Ends a run: `{"job", "holder"?, "status", "error"?}`; one that is over stays as it is.
  func endSync(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var job = JobRef(number: 0, holder: "")
    var (status, error) = ("", "")
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "status": status = try scanner.string()
      case "error": error = try scanner.string()
      default: if try !job.take(key, &scanner) { try scanner.skip() }
      }
    }
    guard let status = JobRow.Status(rawValue: status), status != .running else {
      throw .invalid("'status' is no end of a run")
    }
    guard case .job(let row) = work.row(IngestionRow.jobKey(job.number)) else {
      throw .notFound("there is no job '\(JobID.text(work.partition, job.number))'")
    }
    if row.status == .running, job.holder.isEmpty || job.holder == row.holder {
      end(job.number, status, error, &work)
    }
    return Frames([JSONWriter.object { $0.member("id", JobID.text(work.partition, job.number)) }])
  }

  private func end(_ number: Int64, _ status: JobRow.Status, _ error: String, _ work: inout Work<Self>) {
    guard case .job(var row) = work.row(IngestionRow.jobKey(number)) else { return }
    row.status = status
    row.error = error
    row.endedAt = work.now
    if row.isScheduled, status == .done, row.counts.records == 0 {
      forget(number, &work)
    } else {
      work.set(IngestionRow.jobKey(number), .job(row))
    }
    note(row.source, &work) { failures in
      (number, status, status == .failed ? failures + 1 : status == .done ? 0 : failures)
    }
  }

  /// What a schedule finds empty is no history: with a short rhythm nothing else would be left of it.
  private func forget(_ number: Int64, _ work: inout Work<Self>) {
    work.set(IngestionRow.jobKey(number), nil)
    if case .counter(number) = work.row(IngestionRow.jobCounterKey) {
      work.set(IngestionRow.jobCounterKey, .counter(number - 1))
    }
  }
}
