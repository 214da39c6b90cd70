import Contracts
import Journal
import Wire

/// Runs of connectors and how far files have been read, kept at the home partition of the source.
extension IngestionFold {
  /// Jobs that a partition remembers.
  static let jobsKept: Int64 = 1_000

  /// Begins a run, or names the one that this process does already: `{"job", "started"}`.
  ///
  /// A run of a process that is gone is ended as failed; the files' rows say where to go on.
  func beginSync(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var source = ""
    var holder = ""
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "source": source = try scanner.string()
      case "holder": holder = try scanner.string()
      default: try scanner.skip()
      }
    }
    try ChunkName.check("source", source, MappingLimits.nameBytesMax)
    if case .sync(let last) = work.row(IngestionRow.syncKey(source)), last.status == .running {
      guard case .job(let row) = work.row(IngestionRow.jobKey(last.job)), row.holder != holder else {
        return Self.begun(last.job, started: false)
      }
      end(last.job, .failed, JobRow.interrupted, &work)
    }
    let number = nextJob(&work)
    let row = JobRow(source: source, holder: holder, startedAt: work.now)
    work.set(IngestionRow.jobKey(number), .job(row))
    work.set(IngestionRow.syncKey(source), .sync(SyncRow(job: number, status: .running, at: work.now)))
    return Self.begun(number, started: true)
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

  /// A step without a chunk: `{"job", "holder", "total"?, "file"?: {...}, "source"?, counts}`.
  func advanceSync(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var job = JobRef(number: 0, holder: "")
    var total: Int64?
    var file: FileStep?
    var counts = RecordCounts()
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "total": total = try scanner.integer()
      case "file": file = try FileStep(&scanner)
      default:
        if try !job.take(key, &scanner), try !counts.take(key, &scanner) { try scanner.skip() }
      }
    }
    var row = try running(job, &work)
    if let total { row.total = total }
    work.set(IngestionRow.jobKey(job.number), .job(row))
    if let file { advance(file, row, counts, &work) }
    return Frames([JSONWriter.object { $0.member("job", job.number) }])
  }

  /// Moves a file's row and its job on.
  func advance(_ step: FileStep, _ job: JobRow, _ counts: RecordCounts, _ work: inout Work<Self>) {
    var job = job
    job.done += step.row.offset - step.from
    job.counts += counts
    work.set(IngestionRow.jobKey(step.job.number), .job(job))
    work.set(IngestionRow.fileKey(job.source, step.name), .file(step.row))
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
    work.set(IngestionRow.jobKey(number), .job(row))
    work.set(IngestionRow.syncKey(row.source), .sync(SyncRow(job: number, status: status, at: work.now)))
  }
}
