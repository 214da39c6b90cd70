import Contracts
import Messaging
import Synchronization
import Wire

/// Follows one upstream journal for all partitions of a group: hears heads, fetches pages by request.
final class Follower<F: Fold>: Sendable {
  /// Bytes of pages asked for in one request, over all its partitions.
  static var bytesMax: Int { 4 << 20 }
  /// How long one request may take, milliseconds of the machine.
  static var timeoutMilliseconds: Int { 5_000 }

  private struct State {
    var heads: [Int: Int64] = [:]
    var asksHeads = true
  }

  let journal: JournalName
  let bell = Bell()
  private let group: Group<F>
  private let directory: Directory
  private let definitionsPartition: Int
  private let state = Mutex(State())

  init(_ journal: JournalName, group: Group<F>, directory: Directory, definitionsPartition: Int) {
    self.journal = journal
    self.group = group
    self.directory = directory
    self.definitionsPartition = definitionsPartition
    for owner in group.owners { owner.inbox.onTake(bell) }
  }

  /// Asks for heads at the next turn: bells may have been lost.
  func tick() {
    state.withLock { $0.asksHeads = true }
    bell.ring()
  }

  /// Takes in heads, from a bell or an answer.
  func heard(_ message: HeadsMessage, floor: [Int: Int64] = [:]) {
    state.withLock { state in for report in message.heads { state.heads[report.partition] = report.head } }
    let replaced = group.settlement.heard(message, floor: floor)
    for partition in replaced { stop(partition, Owner<F>.Step.replaced(journal)) }
    // A gate may have opened, or a settled number moved what waits.
    for owner in group.owners { owner.inbox.bell.ring() }
    bell.ring()
  }

  /// Runs until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await bell.wait()
      if Task.isCancelled { return }
      let asks = state.withLock { state in
        defer { state.asksHeads = false }
        return state.asksHeads
      }
      if asks { await askHeads() }
      while !Task.isCancelled, await fetch() {}
    }
  }

  private func askHeads() async {
    let payload = Frames([JSONWriter.object { $0.member("journal", journal.rawValue) }])
    let floor = group.settlement.taken(journal)
    for replica in directory.replicas(of: journal.owner.rawValue) {
      guard let caller = directory.caller(of: replica.service, instance: replica.instance) else { continue }
      let reply = try? await caller.call(
        "journal/heads", payload, timeoutMilliseconds: Self.timeoutMilliseconds)
      if let first = reply?.first, let message = try? HeadsMessage(first) { heard(message, floor: floor) }
    }
  }

  /// Fetches one round of pages; false when nothing is wanted or nobody answers.
  private func fetch() async -> Bool {
    let wanted = wanted()
    guard !wanted.isEmpty else { return false }
    let replicas = directory.replicas(of: journal.owner.rawValue)
    return await withTaskGroup(of: Bool.self) { tasks in
      for replica in replicas {
        let owned = Set(replica.partitions)
        let after = wanted.filter { owned.contains($0.key) }
        if !after.isEmpty { tasks.addTask { await self.fetch(after, from: replica) } }
      }
      var progressed = false
      for await result in tasks { progressed = progressed || result }
      return progressed
    }
  }

  /// For each upstream partition the number after which entries exist and are wanted.
  private func wanted() -> [Int: Int64] {
    let heads = state.withLock { $0.heads }
    var wanted: [Int: Int64] = [:]
    for owner in group.owners {
      for (partition, after) in owner.inbox.wanted(journal) {
        let source = journal.isDefinitions ? definitionsPartition : partition
        if heads[source] ?? 0 > after { wanted[source] = min(wanted[source] ?? after, after) }
      }
    }
    return wanted
  }

  private func fetch(_ after: [Int: Int64], from replica: Replica) async -> Bool {
    guard let caller = directory.caller(of: replica.service, instance: replica.instance) else { return false }
    let request = PagesRequest(journal: journal, after: after, bytesMax: Self.bytesMax)
    do {
      let reply = try await caller.call(
        "journal/read", Frames([request.encoded()]), timeoutMilliseconds: Self.timeoutMilliseconds)
      return try deliver(try PagesReply(reply))
    } catch let error as WireError where error.status == .outOfRange {
      for partition in after.keys.sorted() { tooLate(partition, error.message) }
      return false
    } catch {
      return false
    }
  }

  /// Entries that are wanted are gone: the partition stops, and says what to do.
  private func tooLate(_ source: Int, _ reason: String) {
    let error = WireError.dataLoss(
      "\(group.fold.journal.rawValue) cannot follow \(journal.rawValue): \(reason)")
    for owner in group.owners {
      for partition in owner.inbox.partitions where journal.isDefinitions || partition == source {
        stop(partition, error)
      }
    }
  }

  private func stop(_ partition: Int, _ error: WireError) {
    let owner = group.owner(of: partition)
    Task {
      // The fault comes first, so that nobody opens the partition again in between.
      owner.settings.fault(partition, error)
      await owner.close(partition, error)
    }
  }

  private func deliver(_ reply: PagesReply) throws -> Bool {
    var progressed = false
    for part in reply.parts where part.isGone {
      let refusal = DroppedPart(number: part.oldest - 1).refusal(part.partition, journal.rawValue)
      tooLate(part.partition, refusal.message)
    }
    for part in reply.parts where !part.page.entries.isEmpty {
      progressed = true
      let waiting = Inbox.WaitingPage(journal: journal, incarnation: reply.incarnation, page: part.page)
      if journal.isDefinitions {
        for owner in group.owners {
          for partition in owner.inbox.partitions { owner.inbox.deliver(partition, waiting) }
        }
      } else {
        group.owner(of: part.partition).inbox.deliver(part.partition, waiting)
      }
    }
    heard(reply.heads(of: journal))
    return progressed
  }
}
