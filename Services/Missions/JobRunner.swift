import Contracts
import Journal
import Messaging
import Wire

/// Does the running jobs, where the definitions partition is open: one chunk after the other at its owner.
///
/// A chunk is asked again after a crash; its partition keeps a mark of it, so nothing is made twice.
struct JobRunner: Sendable {
  /// How long one chunk may take, milliseconds.
  static let timeoutMilliseconds = 30_000
  let node: MissionsNode

  /// Looks for running jobs on every tick, until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      for number in node.definitions.registers(node.definitionsPartition)?.running ?? [] {
        while !Task.isCancelled, await moved(number) {}
      }
      try? await Task.sleep(for: .milliseconds(node.settings.tickMilliseconds))
    }
  }

  /// Does a job's next chunk; false when there is none, or when it must be tried again.
  private func moved(_ number: Int64) async -> Bool {
    let partition = node.definitionsPartition
    do {
      let next = try await node.definitions.read(partition) { reader -> (GenerationJob, JobChunk?)? in
        guard case .job(let job)? = try reader.row(DefinitionsRow.job(number)), job.status == .running else {
          return nil
        }
        if job.planning != nil { return (job, nil) }
        guard case .chunk(let chunk)? = try reader.row(DefinitionsRow.chunk(number, job.next)) else {
          return nil
        }
        return (job, chunk)
      }
      guard let (job, chunk) = next else { return false }
      if let planning = job.planning { return try await plan(planning, of: job) }
      guard let chunk else { return false }
      let note = try await done(chunk, job)
      let key = "job/\(note.id)/\(note.chunk)/done"
      _ = try await node.definitions.submit(
        partition, Command(method: JobMethod.progress, key: key, payloads: Frames([note.encoded()])))
      return true
    } catch {
      if !Task.isCancelled { node.settings.log("job \(number) waits: \(error)") }
      return false
    }
  }

  /// Asks who is meant, a page at a time: what is noted once stays, so that nobody is meant twice.
  private func plan(_ planning: JobPlanning, of job: GenerationJob) async throws -> Bool {
    let id = JobID.text(node.definitionsPartition, job.number)
    let page = try await SegmentSource(node: node).page(planning, of: id)
    _ = try await node.definitions.submit(
      node.definitionsPartition, Command(method: JobMethod.plan, key: "", payloads: Frames([page.encoded()])))
    return true
  }

  /// Hands a chunk to its owner; one that is wrong in itself fails and the job goes on.
  private func done(_ chunk: JobChunk, _ job: GenerationJob) async throws -> JobNote {
    var note = JobNote(id: JobID.text(node.definitionsPartition, job.number), chunk: job.next)
    note.customers = chunk.customers.count
    let request = ChunkRequest(job: note.id, chunk: job.next, maxMissions: job.maxMissions, part: chunk)
    do {
      note.generated = try ChunkRequest.generated(try await hand(request).first)
    } catch let error as WireError where error.status == .invalidArgument {
      note.failed = chunk.customers.count
      note.error = error.message
    }
    return note
  }

  /// To the owner of the chunk's partition: here, or wherever it is.
  private func hand(_ request: ChunkRequest) async throws -> Frames {
    if node.main.isOpen(request.part.partition) {
      do {
        return try await MissionsHandlers(node: node).chunk(request, milliseconds: Self.timeoutMilliseconds)
      } catch let error as WireError where error.owner != nil {
        // The partition moved in between.
      }
    }
    return try await node.directory.call(
      ServiceName.missions.rawValue, JobMethod.chunk, partition: request.part.partition,
      Frames([request.encoded()]), timeoutMilliseconds: Self.timeoutMilliseconds, retry: true)
  }
}

/// One chunk of a job on its way to its partition's owner.
struct ChunkRequest: Sendable, Equatable {
  var job: String
  var chunk: Int
  var maxMissions: Int
  var part: JobChunk

  /// The idempotency key of its effect.
  var key: String { "job/\(job)/\(chunk)" }

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("job", job)
      writer.member("chunk", chunk)
      writer.member("max_missions", maxMissions)
      writer.member("partition", part.partition)
      writer.key("customers")
      writer.array { writer in for customer in part.customers { writer.string(customer) } }
    }
  }

  init(job: String, chunk: Int, maxMissions: Int, part: JobChunk) {
    (self.job, self.chunk, self.maxMissions, self.part) = (job, chunk, maxMissions, part)
  }

  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var request = ChunkRequest(job: "", chunk: 0, maxMissions: 0, part: JobChunk(partition: 0, customers: []))
    try Payload.read(payload) { key, scanner in
      switch key {
      case "job": request.job = try scanner.string()
      case "chunk": request.chunk = Int(try scanner.integer())
      case "max_missions": request.maxMissions = Int(try scanner.integer())
      case "partition": request.part.partition = Int(try scanner.integer())
      case "customers":
        try scanner.beginArray()
        while try scanner.nextElement() { request.part.customers.append(try CustomerID.read(&scanner)) }
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    self = request
  }

  /// Missions made, as the answer says.
  static func generated(_ payload: ArraySlice<UInt8>?) throws(WireError) -> Int {
    var generated = 0
    try Payload.read(payload) { key, scanner in
      if "generated" ~= key { generated = Int(try scanner.integer()) } else { try scanner.skip() }
    }
    return generated
  }
}
