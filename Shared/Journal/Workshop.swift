import Contracts
import Glibc
import Storage
import Wire

/// Where rebuilds and audits of a replica run: on a thread and sessions of their own, one at a time.
actor Workshop {
  private let executor = BlockingExecutor(label: "laurel.workshop")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// What a rebuild of one partition found.
  struct Rebuilt: Sendable {
    let partition: Int
    let journal: JournalName
    let intake: Int64
    let outputs: Int64
    /// The mark of the snapshot with which it began; 0 without one.
    let began: Int64
    let differenceCount: Int
    let differences: [String]
  }

  /// Folds a partition's intake into a scratch store and compares outputs and state; the partition goes on,
  /// but for the moment of the last comparison. It begins at the partition's snapshot unless all is to be
  /// folded, and leaves a new one when nothing differs.
  func rebuild<F: Fold>(
    _ group: Group<F>, _ partition: Int, database: DatabaseURL, scratch path: String, isWhole: Bool,
    fetch: @escaping PageSource
  ) async throws -> Rebuilt {
    let owner = group.owner(of: partition)
    guard let start = await owner.progress(of: partition) else { throw group.refusal(partition) }
    let live = try Session.open(database)
    defer { live.close() }
    let scratch = try Self.scratch(path)
    defer {
      scratch.close()
      Self.remove(path)
    }
    let snapshots = SnapshotStore(session: live, partition: partition, version: group.fold.version)
    let base = try ErasureBase.read(live, partition)
    // What lies before an erasure cannot be folded any more.
    let begin =
      isWhole && base == nil ? nil : try snapshots.restore(upTo: start.mark(group.fold), into: scratch)
    if base != nil, begin == nil { throw ErasureBase.lost(partition) }
    var refold = Refold(
      fold: group.fold, partition: partition, live: live, scratch: scratch, from: begin ?? Progress(),
      fetch: fetch)
    try await refold.run(until: start)
    guard let still = await owner.hold(partition, true) else { throw group.refusal(partition) }
    do {
      try await refold.run(until: still)
      try refold.compareState(with: still)
    } catch {
      _ = await owner.hold(partition, false)
      throw error
    }
    _ = await owner.hold(partition, false)
    if refold.differenceCount == 0 {
      try snapshots.write(refold.progress, mark: refold.progress.mark(group.fold), from: scratch)
    }
    return Rebuilt(
      partition: partition, journal: group.fold.journal, intake: still.intake, outputs: still.head,
      began: begin?.mark(group.fold) ?? 0, differenceCount: refold.differenceCount,
      differences: refold.differences)
  }

  /// Rebuilds a partition and lets its history be erased up to the snapshot that this leaves.
  func secure<F: Fold>(
    _ group: Group<F>, _ partition: Int, database: DatabaseURL, scratch path: String,
    fetch: @escaping PageSource
  ) async throws {
    let found = try await rebuild(
      group, partition, database: database, scratch: path, isWhole: false, fetch: fetch)
    guard found.differenceCount == 0 else {
      throw WireError.failedPrecondition(
        "\(group.fold.journal.rawValue) \(partition) cannot be folded again, so nothing is erased")
    }
    let live = try Session.open(database)
    defer { live.close() }
    guard let progress = try SnapshotStore(session: live, partition: partition, version: 0).progress() else {
      throw ErasureBase.lost(partition)
    }
    try ErasureBase(head: progress.head, intake: progress.intake).write(live, partition)
  }

  /// Where the snapshots of a partition stand in its upstream.
  func snapshot(_ database: DatabaseURL, _ partition: Int) throws -> Progress? {
    let live = try Session.open(database)
    defer { live.close() }
    return try SnapshotStore(session: live, partition: partition, version: 0).progress()
  }

  private static func scratch(_ path: String) throws -> Session {
    remove(path)
    let session = try Session.open(DatabaseURL("sqlite:\(path)"), SessionOptions(durable: false))
    try Schema.create(session)
    return session
  }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] { unlink(path + suffix) }
  }

  /// What an audit of one partition found.
  struct Audited: Sendable {
    let partition: Int
    let progress: Progress
    var findings: [String]
    /// Whether entries are gone that the fold's own rules would have to be checked against.
    var isPartial = false
  }

  private static let readBytes = 1 << 20

  /// Checks a partition's journals for gaps, its checksums, and the fold's own invariants.
  func audit<F: Fold>(
    _ group: Group<F>, _ partition: Int, database: DatabaseURL, fetch: @escaping PageSource
  ) async throws -> Audited {
    let live = try Session.open(database)
    defer { live.close() }
    var auditor = F.Auditor(partition: partition)
    guard let progress = await group.owner(of: partition).hold(partition, true) else {
      throw group.refusal(partition)
    }
    do {
      try Self.rows(live, partition, &auditor)
      _ = await group.owner(of: partition).hold(partition, false)
    } catch {
      _ = await group.owner(of: partition).hold(partition, false)
      throw error
    }
    let own = try RetentionStore.read(live, partition, group.fold.journal.rawValue)
    var outputs = own.sum
    try Self.entries(
      live, partition, group.fold.journal.rawValue, after: own.number, to: progress.head
    ) { number, entry in
      outputs.add(entry)
      try auditor.own(number, entry)
    }
    var findings: [String] = []
    if outputs != progress.outputs {
      findings.append(
        "\(group.fold.journal.rawValue) \(partition): \(outputs) stored, \(progress.outputs) written")
    }
    let intake = try RetentionStore.read(live, partition, PageStore.intake)
    try Self.entries(live, partition, PageStore.intake, after: intake.number, to: progress.intake) { _, _ in }
    let isWhole = try await Self.show(&auditor, group.fold.audited, partition, progress, fetch)
    let isPartial = own.number > 0 || !isWhole
    if !isPartial { findings += auditor.finish() }
    return Audited(partition: partition, progress: progress, findings: findings, isPartial: isPartial)
  }

  /// Shows an auditor what its upstreams wrote; false when some of that has been dropped.
  private nonisolated(nonsending) static func show<A: FoldAuditor>(
    _ auditor: inout A, _ journals: [JournalName], _ partition: Int, _ progress: Progress,
    _ fetch: @escaping PageSource
  ) async throws -> Bool {
    for journal in journals {
      var after: Int64 = 0
      while after < progress[journal].number {
        let page: Page
        do { page = try await fetch(journal, partition, after, progress[journal].number) } catch let error
          as WireError where error.status == .outOfRange
        { return false }
        guard page.first == after + 1, !page.entries.isEmpty else {
          throw WireError.dataLoss("\(journal.rawValue), partition \(partition): no entry \(after + 1)")
        }
        for (place, entry) in page.entries.enumerated() {
          try auditor.upstream(journal, page.first + Int64(place), entry)
        }
        after = page.next - 1
      }
    }
    return true
  }

  static func rows<A: FoldAuditor>(_ session: Session, _ partition: Int, _ auditor: inout A) throws {
    for table in ["state", "kept"] {
      try session.forEach(
        "SELECT key, value FROM \(table) WHERE partition = ?1", [.integer(Int64(partition))]
      ) { row in
        let key = row.text(0)
        if !key.begins(with: "=") { auditor.row(key, try A.Row.unpack(row.blob(1))) }
        return true
      }
    }
  }

  /// Shows all entries of a stored journal in order; a gap throws `data_loss`.
  static func entries(
    _ session: Session, _ partition: Int, _ journal: String, after start: Int64 = 0, to head: Int64,
    _ body: (Int64, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var after = start
    while after < head {
      guard
        let page = try PageStore.read(
          session, partition, journal, after: after, to: head, bytesMax: readBytes)
      else { throw WireError.dataLoss("journal \(journal), partition \(partition): no entry \(after + 1)") }
      for (place, entry) in page.entries.enumerated() { try body(page.first + Int64(place), entry) }
      after = page.next - 1
    }
  }

  /// Count and checksum of a journal's entries up to a number.
  func sum(_ database: DatabaseURL, _ partition: Int, _ journal: JournalName, to number: Int64) throws
    -> EntrySum
  {
    let session = try Session.open(database)
    defer { session.close() }
    let dropped = try RetentionStore.read(session, partition, journal.rawValue)
    guard number >= dropped.number else { throw dropped.refusal(partition, journal.rawValue) }
    var sum = dropped.sum
    try Self.entries(session, partition, journal.rawValue, after: dropped.number, to: number) { _, entry in
      sum.add(entry)
    }
    return sum
  }
}
