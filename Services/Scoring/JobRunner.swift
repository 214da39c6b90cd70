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

  /// Does a job's next partition; false when there is none, or when it must be tried again.
  private func moved(_ number: Int64) async -> Bool {
    let partition = node.definitionsPartition
    do {
      guard let (job, request) = try await next(number) else { return false }
      var note = ProgressNote(id: JobID.text(partition, number), partition: job.next)
      if let request {
        do { note.tally = try await hand(request) } catch let error as WireError
          where error.status == .invalidArgument
        {
          note.error = error.message
        }
      } else {
        note.error = "the segment was deleted"
      }
      let key = "job/\(note.id)/\(note.partition)"
      _ = try await node.definitions.submit(
        partition, Command(method: ScoringMethod.jobProgress, key: key, payloads: Frames([note.encoded()])))
      return true
    } catch {
      if !Task.isCancelled { node.settings.log("job \(number) waits: \(error)") }
      return false
    }
  }

  /// A running job, and what is asked of its next partition; nil inside when its segment is gone.
  private func next(_ number: Int64) async throws -> (ScoringJob, TallyRequest?)? {
    let partitions = node.settings.partitions
    return try await node.definitions.read(node.definitionsPartition) { reader in
      guard let job = try reader.row(DefinitionsRow.job(number))?.job, job.status == .running else {
        return nil
      }
      var request = TallyRequest(partition: job.next)
      if case .version(let definition, _)? = try reader.row(DefinitionsRow.version(job.version)) {
        request.fullMarks = definition.fullMarks
      }
      guard let id = job.segment else { return (job, request) }
      guard let segment = try reader.row(DefinitionsRow.segment(id))?.segment, !segment.isDeleted else {
        return (job, nil)
      }
      request.rule = segment.rule
      request.customers = segment.customers?.filter {
        Partitioning.partition(of: $0, count: partitions) == job.next
      }
      return (job, request)
    }
  }

  /// To the owner of the partition: here, or wherever it is.
  private func hand(_ request: TallyRequest) async throws -> ScoreTally {
    if node.main.open.contains(request.partition) {
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
