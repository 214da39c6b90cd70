import Contracts
import Journal
import Wire

/// Passes over many customers: begun, moved on and ended by commands, so that they outlast a restart.
extension ScoringDefinitionsFold {
  func start(_ request: StartRequest, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var job = ScoringJob(
      number: work.nextNumber, kind: request.kind, partitions: request.partitions, createdAt: work.now)
    if request.kind == .forget {
      (job.forgets, job.partitions) = (request.forgets, ErasureRun.steps)
    } else if request.kind == .dryRun {
      guard work.row(DefinitionsRow.version(request.version)) != nil else {
        throw .notFound("there is no score definition of version \(request.version)")
      }
      job.version = request.version
    } else if let id = request.segment {
      guard work.row(DefinitionsRow.segment(id))?.segment?.isDeleted == false else {
        throw .notFound("there is no segment '\(id)'")
      }
      job.segment = id
    }
    let id = JobID.text(work.partition, job.number)
    work.emit(kind: "job", id: id) { $0.member("of", job.kind.rawValue) }
    work.set(DefinitionsRow.job(job.number), .job(job))
    work.registers.running.append(job.number)
    return Frames([JSONWriter.object { $0.member("id", id) }])
  }

  /// Notes a partition that is done, or that the job cannot go on; what was noted before changes nothing.
  func progress(_ note: ProgressNote, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var job = try found(note.id, &work)
    if job.status == .running, note.partition == job.next {
      if let error = note.error {
        job.error = error
        end(&job, .failed, &work)
      } else {
        job.done.append(note.tally.looked)
        job.tally.add(note.tally)
        if job.next == job.partitions { end(&job, .done, &work) }
      }
      work.set(DefinitionsRow.job(job.number), .job(job))
    }
    return answer(job, work)
  }

  /// Ends a running job before its time.
  func cancel(_ id: String, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var job = try found(id, &work)
    if job.status == .running {
      end(&job, .cancelled, &work)
      work.set(DefinitionsRow.job(job.number), .job(job))
    }
    return answer(job, work)
  }

  private func end(_ job: inout ScoringJob, _ status: ScoringJob.Status, _ work: inout Work<Self>) {
    (job.status, job.endedAt) = (status, work.now)
    for old in work.registers.end(job.number) { work.set(DefinitionsRow.job(old), nil) }
  }

  private func found(_ id: String, _ work: inout Work<Self>) throws(WireError) -> ScoringJob {
    guard let number = JobID.number(id, partition: work.partition),
      let job = work.row(DefinitionsRow.job(number))?.job
    else { throw .notFound("there is no job '\(id)'") }
    return job
  }

  private func answer(_ job: ScoringJob, _ work: Work<Self>) -> Frames {
    Frames([JSONWriter.object { job.write(&$0, partition: work.partition) }])
  }
}
