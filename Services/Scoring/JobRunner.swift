import Contracts
import Journal
import Messaging
import Wire

/// Does the running jobs, where the definitions partition is open: one partition after the other at its
/// owner. A pass only reads, so one that was broken off is begun again.
struct JobRunner: Sendable {
  /// How long one partition may take, milliseconds.
  static let timeoutMilliseconds = 300_000
  let node: ScoringNode

  /// Looks for running jobs on every tick, until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      for number in node.definitions.registers(node.definitionsPartition)?.running ?? [] {
        while !Task.isCancelled, await moved(number) {}
      }
      try? await Task.sleep(for: .milliseconds(node.settings.tickMilliseconds))
    }
  }

  /// Partitions that are passed over at the same time: a pass reads, and reading is what takes long.
  private static let ahead = 2

  /// Does a job's next partitions; false when there are none, or when they must be tried again.
  private func moved(_ number: Int64) async -> Bool {
    do {
      guard let (job, requests) = try await next(number) else { return false }
      if let position = job.forgets {
        try await ErasureRun(node: node, position: position).take(job.next)
        try await submit(note(job, job.next))
        return true
      }
      for note in try await notes(job, requests) { try await submit(note) }
      return true
    } catch {
      if !Task.isCancelled { node.settings.log("job \(number) waits: \(error)") }
      return false
    }
  }

  private func note(_ job: ScoringJob, _ partition: Int) -> ProgressNote {
    ProgressNote(id: JobID.text(node.definitionsPartition, job.number), partition: partition)
  }

  private func submit(_ note: ProgressNote) async throws {
    let key = "job/\(note.id)/\(note.partition)"
    _ = try await node.definitions.submit(
      node.definitionsPartition,
      Command(method: ScoringMethod.jobProgress, key: key, payloads: Frames([note.encoded()])))
  }

  /// What partitions came to, in their order; nil is one of a segment that is gone.
  private func notes(_ job: ScoringJob, _ requests: [TallyRequest?]) async throws -> [ProgressNote] {
    try await withThrowingTaskGroup(of: ProgressNote.self) { group in
      for (place, request) in requests.enumerated() {
        group.addTask {
          var note = note(job, job.next + place)
          guard let request else {
            note.error = "the segment was deleted"
            return note
          }
          do { note.tally = try await hand(request) } catch let error as WireError
            where error.status == .invalidArgument
          {
            note.error = error.message
          }
          return note
        }
      }
      var notes: [ProgressNote] = []
      for try await note in group { notes.append(note) }
      return notes.sorted { $0.partition < $1.partition }
    }
  }

  /// A running job, and what is asked of its next partitions; nil inside when its segment is gone.
  private func next(_ number: Int64) async throws -> (ScoringJob, [TallyRequest?])? {
    let partitions = node.settings.partitions
    return try await node.definitions.read(node.definitionsPartition) { reader in
      guard let job = try reader.row(DefinitionsRow.job(number))?.job, job.status == .running else {
        return nil
      }
      var request = TallyRequest(partition: job.next)
      if case .version(let definition, _)? = try reader.row(DefinitionsRow.version(job.version)) {
        request.fullMarks = definition.fullMarks
      }
      let segment = try job.segment.flatMap { try reader.row(DefinitionsRow.segment($0))?.segment }
      request.rule = segment?.rule
      let isGone = job.segment != nil && segment?.isDeleted != false
      let places = job.next..<min(job.next + Self.ahead, job.partitions)
      return (
        job,
        places.map { place in
          guard !isGone else { return nil }
          request.partition = place
          request.customers = segment?.customers?.filter {
            Partitioning.partition(of: $0, count: partitions) == place
          }
          return request
        }
      )
    }
  }

  /// To the owner of the partition: here, or wherever it is.
  private func hand(_ request: TallyRequest) async throws -> ScoreTally {
    if node.main.isOpen(request.partition) {
      do { return try await node.tally(request) } catch let error as WireError where error.owner != nil {
        // The partition moved in between.
      }
    }
    let reply = try await node.directory.call(
      ServiceName.scoring.rawValue, ScoringMethod.tally, partition: request.partition,
      Frames([try request.encoded()]), timeoutMilliseconds: Self.timeoutMilliseconds, retry: true)
    var tally: ScoreTally?
    var scanner = JSONScanner(reply.first ?? [])
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if case "tally" = key { tally = try ScoreTally(&scanner) } else { try scanner.skip() }
    }
    guard let tally else { throw WireError.internal("a partition of scoring gave no tally") }
    return tally
  }
}
