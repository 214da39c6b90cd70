import Contracts
import Storage
import Synchronization
import Wire

/// Keeps this replica's leases: claims its fair share, renews it, lets go of what is too much.
///
/// On SQLite the file's lock makes this the one process, so it claims everything at once and renews nothing.
actor Keeper {
  /// What a group of partitions does when a lease comes or goes.
  struct Member: Sendable {
    let partitions: [Int]
    let open: @Sendable (Int, Int64) async throws -> Void
    let close: @Sendable (Int, WireError) async -> Void
    let isOpen: @Sendable (Int) -> Bool
    let note: @Sendable (Int, String) -> Void
    let failed: @Sendable (Int, any Error) -> Void
  }

  /// Machine milliseconds between two rounds.
  static let roundMilliseconds = 500

  nonisolated let tenure: Tenure
  private let connection: Connection
  private let engine: Engine
  private let instance: String
  private let holder: String
  private let machine: @Sendable () -> Int64
  private let members: [Member]
  private var epochs: [Int: Int64] = [:]
  private var isLeaving = false
  private var isBusy = false

  init(
    connection: Connection, engine: Engine, instance: String, holder: String, members: [Member],
    machine: @escaping @Sendable () -> Int64
  ) {
    self.connection = connection
    self.engine = engine
    self.instance = instance
    self.holder = holder
    self.members = members
    self.machine = machine
    tenure = Tenure(machine: machine)
  }

  /// Owned partitions and the greatest epoch.
  var held: (partitions: [Int], epoch: Int64) {
    let open = members.flatMap { member in member.partitions.filter(member.isOpen) }
    return (open.sorted(), epochs.values.max() ?? 0)
  }

  /// One round: renew, count the living, claim or let go.
  func round() async throws {
    guard !isLeaving, !isBusy else { return }
    isBusy = true
    defer { isBusy = false }
    // From before the question: the store's clock was not earlier when it wrote.
    let begin = machine()
    let (leases, living) = try await look()
    if engine == .postgres { tenure.extend(from: begin) }
    for member in members {
      for partition in member.partitions {
        member.note(partition, leases.first { $0.partition == partition }?.owner ?? "")
      }
      try await settle(member, leases.filter { member.partitions.contains($0.partition) }, living)
    }
  }

  private func look() async throws -> (leases: [Lease], living: [String]) {
    let (holder, engine, machine) = (holder, engine, machine())
    return try await connection.run { session in
      let now = try LeaseStore.now(session, machine: machine)
      let living = try LeaseStore.beat(session, instance: holder, now: now)
      if engine == .postgres { try LeaseStore.renew(session, holder: holder, now: now) }
      let free = try LeaseStore.all(session).map { lease in
        var lease = lease
        if lease.owner != holder, engine == .sqlite || lease.expires <= now { lease.expires = 0 }
        return lease
      }
      return (free, living)
    }
  }

  private func settle(_ member: Member, _ leases: [Lease], _ living: [String]) async throws {
    for lease in leases where lease.owner != holder && member.isOpen(lease.partition) {
      await member.close(lease.partition, .owned(by: Self.instance(lease.owner), "another replica took over"))
    }
    let mine = leases.filter { $0.owner == holder }
    for lease in mine where !member.isOpen(lease.partition) {
      await open(member, lease.partition, lease.epoch)
    }
    let share = share(of: leases.count, living)
    for lease in mine.dropFirst(share) { try await release(member, lease.partition) }
    let free = leases.filter { $0.owner != holder && ($0.owner.isEmpty || $0.expires == 0) }
    for lease in free.prefix(max(0, share - mine.count)) { try await claim(member, lease) }
  }

  /// This replica's part, the remainder going to the first in the order of names.
  private func share(of count: Int, _ living: [String]) -> Int {
    let rank = living.firstIndex(of: holder) ?? 0
    let replicas = max(1, living.count)
    return count / replicas + (rank < count % replicas ? 1 : 0)
  }

  private func claim(_ member: Member, _ lease: Lease) async throws {
    let (holder, machine) = (holder, machine())
    let epoch = try await connection.run { session in
      try LeaseStore.claim(session, lease, holder: holder, now: LeaseStore.now(session, machine: machine))
    }
    if let epoch { await open(member, lease.partition, epoch) }
  }

  private func open(_ member: Member, _ partition: Int, _ epoch: Int64) async {
    do {
      epochs[partition] = epoch
      try await member.open(partition, epoch)
      member.note(partition, holder)
    } catch {
      member.failed(partition, error)
    }
  }

  private func release(_ member: Member, _ partition: Int) async throws {
    await member.close(partition, .unavailable("partition \(partition) is being handed over"))
    epochs[partition] = nil
    let holder = holder
    try await connection.run { try LeaseStore.release($0, partition, holder: holder) }
  }

  /// Lets everything go, for a clean stop.
  func leave() async {
    isLeaving = true
    for member in members {
      for partition in member.partitions where member.isOpen(partition) {
        try? await release(member, partition)
      }
    }
    let holder = holder
    try? await connection.run { try LeaseStore.leave($0, instance: holder) }
  }

  static func instance(_ holder: String) -> String { String(holder.prefix { $0 != "#" }) }
}
