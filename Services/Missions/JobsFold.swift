import Contracts
import Journal
import Wire

extension DefinitionsRow: StateRow {}

/// Jobs in the definitions partition: begun, moved on and ended by commands, so that they outlast a restart.
extension TemplatesFold {
  /// Begins a job: its chunks are kept as rows until they are done.
  func start(_ payloads: Frames, _ work: inout Work<TemplatesFold>) throws(WireError) -> Frames {
    var job = GenerationJob(number: work.nextNumber, maxMissions: 0, total: 0, chunks: 0, createdAt: work.now)
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "max_missions": job.maxMissions = Int(try scanner.integer())
      case "total": job.total = Int(try scanner.integer())
      case "segment": job.segment = try scanner.string()
      case "planning": job.planning = try JobPlanning(&scanner)
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    var chunks: [JobChunk] = []
    for payload in payloads.dropFirst() { chunks.append(try JobChunk(payload)) }
    guard chunks.isEmpty == (job.planning != nil), chunks.reduce(0, { $0 + $1.customers.count }) == job.total
    else {
      throw .invalid("'total' must be the number of the customers in the chunks")
    }
    job.chunks = chunks.count
    let id = JobID.text(work.partition, job.number)
    work.emit(kind: "job", id: id) { writer in
      writer.member("customers", job.total)
      writer.member("max_missions", job.maxMissions)
    }
    for (place, chunk) in chunks.enumerated() {
      work.set(DefinitionsRow.chunk(job.number, place + 1), .chunk(chunk))
    }
    work.set(DefinitionsRow.job(job.number), .job(job))
    work.registers.begin(job.number)
    return Frames([JSONWriter.object { $0.member("id", id) }])
  }

  /// Notes a page of the segment's customers: they are the job's next chunk, whatever becomes of the segment.
  func plan(_ payload: ArraySlice<UInt8>?, _ work: inout Work<TemplatesFold>) throws(WireError) -> Frames {
    let page = try PlannedPage(payload)
    var job = try found(page.id, &work)
    if job.status == .running, job.planning == page.from {
      if let chunk = page.chunk {
        job.chunks += 1
        job.total += chunk.customers.count
        work.set(DefinitionsRow.chunk(job.number, job.chunks), .chunk(chunk))
      }
      job.planning = page.to
      if job.planning == nil, job.chunks == 0 { end(&job, .done, &work) }
      work.set(DefinitionsRow.job(job.number), .job(job))
    }
    return answer(job, work)
  }

  /// Notes a chunk that is done; one that was noted before changes nothing.
  func progress(_ payload: ArraySlice<UInt8>?, _ work: inout Work<TemplatesFold>) throws(WireError) -> Frames
  {
    let note = try JobNote(payload)
    var job = try found(note.id, &work)
    if job.status == .running, job.planning == nil, job.next == note.chunk {
      work.set(DefinitionsRow.chunk(job.number, note.chunk), nil)
      job.next += 1
      job.done += note.customers
      job.generated += note.generated
      job.failed += note.failed
      job.error = note.error ?? job.error
      if job.next > job.chunks { end(&job, job.failed == job.total ? .failed : .done, &work) }
      work.set(DefinitionsRow.job(job.number), .job(job))
    }
    return answer(job, work)
  }

  /// Ends a running job before its time; what is done stays done.
  func cancel(_ payload: ArraySlice<UInt8>?, _ work: inout Work<TemplatesFold>) throws(WireError) -> Frames {
    var job = try found(try JobID.request(payload), &work)
    if job.status == .running {
      for chunk in job.next..<job.chunks + 1 { work.set(DefinitionsRow.chunk(job.number, chunk), nil) }
      end(&job, .cancelled, &work)
      work.set(DefinitionsRow.job(job.number), .job(job))
    }
    return answer(job, work)
  }

  private func end(
    _ job: inout GenerationJob, _ status: GenerationJob.Status, _ work: inout Work<TemplatesFold>
  ) {
    job.status = status
    job.endedAt = work.now
    for old in work.registers.end(job.number) { work.set(DefinitionsRow.job(old), nil) }
  }

  private func found(_ id: String, _ work: inout Work<TemplatesFold>) throws(WireError) -> GenerationJob {
    guard let number = JobID.number(id, partition: work.partition),
      case .job(let job)? = work.row(DefinitionsRow.job(number))
    else { throw .notFound("there is no job '\(id)'") }
    return job
  }

  private func answer(_ job: GenerationJob, _ work: Work<TemplatesFold>) -> Frames {
    Frames([JSONWriter.object { job.write(&$0, partition: work.partition) }])
  }
}

extension JobID {
  /// Reads `{"id"}`.
  static func request(_ payload: ArraySlice<UInt8>?) throws(WireError) -> String {
    var id = ""
    try Payload.read(payload) { key, scanner in
      guard "id" ~= key else { throw WireError.invalid("'\(key)' is not a member of this request") }
      id = try scanner.string()
    }
    guard !id.isEmpty else { throw .invalid("'id' is missing") }
    return id
  }
}

extension JobChunk {
  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("partition", partition)
      writer.key("customers")
      writer.array { writer in for customer in customers { writer.string(customer) } }
    }
  }

  init(_ payload: ArraySlice<UInt8>) throws(WireError) {
    var chunk = JobChunk(partition: 0, customers: [])
    try Payload.read(payload) { key, scanner in
      switch key {
      case "partition": chunk.partition = Int(try scanner.integer())
      case "customers":
        try scanner.beginArray()
        while try scanner.nextElement() { chunk.customers.append(try scanner.string()) }
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    guard (1...GenerationOrder.snapshotsMax).contains(chunk.customers.count), chunk.partition >= 0 else {
      throw .invalid("'customers' of a chunk must be 1 to \(GenerationOrder.snapshotsMax)")
    }
    self = chunk
  }
}

/// What the end of a chunk says.
struct JobNote: Sendable, Equatable {
  var id = ""
  var chunk = 0
  var customers = 0
  var generated = 0
  var failed = 0
  var error: String?

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("id", id)
      writer.member("chunk", chunk)
      writer.member("customers", customers)
      writer.member("generated", generated)
      writer.member("failed", failed)
      writer.member("error", optional: error)
    }
  }
}

extension JobNote {
  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var note = JobNote()
    try Payload.read(payload) { key, scanner in
      switch key {
      case "id": note.id = try scanner.string()
      case "chunk": note.chunk = Int(try scanner.integer())
      case "customers": note.customers = Int(try scanner.integer())
      case "generated": note.generated = Int(try scanner.integer())
      case "failed": note.failed = Int(try scanner.integer())
      case "error": note.error = try scanner.optionalString()
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    let counts = [note.customers, note.generated, note.failed]
    guard counts.allSatisfy({ (0...JobLimits.customersMax).contains($0) }) else {
      throw .invalid("the counts of a chunk must be from 0 to \(JobLimits.customersMax)")
    }
    self = note
  }
}
