import Contracts
import Storage
import Synchronization
import Wire

/// The partitions of one fold in this process: their owners, what is settled, and how to reach them.
public final class Group<F: Fold>: Sendable {
  public let fold: F
  /// The partitions that exist, owned here or not.
  let partitions: [Int]
  let owners: [Owner<F>]
  let settlement: Settlement
  let committed = Committed<F>()
  private let holders = Mutex<[Int: String]>([:])
  private let readers: [Connection]

  init(
    fold: F, partitions: [Int], writers: Int, readers: [Connection], settings: OwnerSettings,
    ring: @escaping @Sendable () -> Void
  ) {
    self.fold = fold
    self.partitions = partitions
    self.readers = readers
    let settlement = Settlement(
      journal: fold.journal, upstreams: fold.upstreams, now: settings.clock.now, ring: ring)
    self.settlement = settlement
    let faults = Faults()
    let reporting = OwnerSettings(
      database: settings.database, clock: settings.clock, holder: settings.holder, cut: settings.cut
    ) { partition, error in
      faults.put(partition, error)
      settings.fault(partition, error)
    }
    self.reported = faults
    owners = (0..<writers).map { [committed] _ in
      Owner(fold: fold, settlement: settlement, committed: committed, settings: reporting)
    }
  }

  private let reported: Faults

  /// Why partitions stopped.
  var stopped: [Int: WireError] { reported.all }

  /// Forgets why a partition stopped, since it is tried again.
  func retry(_ partition: Int) { reported.clear(partition) }

  func owner(of partition: Int) -> Owner<F> { owners[partition % owners.count] }

  /// Partitions that are open here.
  public var open: [Int] { owners.flatMap { $0.inbox.partitions }.sorted() }

  /// Whether a partition is open here.
  public func isOpen(_ partition: Int) -> Bool { owner(of: partition).inbox.isOpen(partition) }

  func note(holder: String, of partition: Int) { holders.withLock { $0[partition] = holder } }

  /// The refusal for a partition that is not open here: it names the owner, or the fault.
  func refusal(_ partition: Int) -> WireError {
    if let fault = reported.all[partition] { return fault }
    guard partitions.contains(partition) else { return .invalid("there is no partition \(partition)") }
    let holder = holders.withLock { $0[partition] } ?? ""
    if holder.isEmpty { return .unavailable("partition \(partition) has no owner yet") }
    return .owned(by: String(holder.prefix { $0 != "#" }), "partition \(partition) is owned elsewhere")
  }

  /// The committed registers of a partition that is open here.
  public func registers(_ partition: Int) -> F.Registers? { committed.get(partition)?.registers }

  /// How far a partition that is open here has taken an upstream.
  public func taken(_ journal: JournalName, _ partition: Int) -> Int64? {
    settlement.taken(journal)[partition]
  }

  /// Hands a command to its partition and gives the committed reply.
  public func submit(_ partition: Int, _ command: Command) async throws -> Frames {
    let inbox = owner(of: partition).inbox
    return try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Frames, any Error>) in
      let waiting = Inbox.WaitingCommand(command: command) { result in
        continuation.resume(with: result.mapError { $0 as any Error })
      }
      if let error = inbox.submit(partition, waiting) {
        continuation.resume(throwing: error.status == .failedPrecondition ? refusal(partition) : error)
      }
    }
  }

  /// Reads the last committed state of a partition that is open here.
  public func read<T: Sendable>(
    _ partition: Int, _ body: @escaping @Sendable (StateReader<F>) throws -> T
  ) async throws -> T {
    guard let state = committed.get(partition) else { throw refusal(partition) }
    return try await readers[partition % readers.count].run { session in
      try body(
        StateReader(
          partition: partition, registers: state.registers, definitions: state.definitions,
          store: StateStore(session: session, partition: partition)))
    }
  }

  /// Reads stored entries of a partition's journal after a number.
  func page(_ partition: Int, _ journal: String, after: Int64, to: Int64 = .max, bytesMax: Int) async throws
    -> Page?
  {
    try await readers[partition % readers.count].run { session in
      try PageStore.read(session, partition, journal, after: after, to: to, bytesMax: bytesMax)
    }
  }

  /// The entries of the fold's own journal with given numbers.
  public func entries(_ partition: Int, after: Int64, limit: Int) async throws -> [(Int64, [UInt8])] {
    guard
      let page = try await page(
        partition, fold.journal.rawValue, after: after, to: after + Int64(limit), bytesMax: 1 << 20)
    else { return [] }
    return page.entries.enumerated().prefix(limit).map { (page.first + Int64($0.offset), Array($0.element)) }
  }
}

/// Why partitions stopped, shared by owners and readers.
private final class Faults: Sendable {
  private let errors = Mutex<[Int: WireError]>([:])
  var all: [Int: WireError] { errors.withLock { $0 } }
  func put(_ partition: Int, _ error: WireError) { errors.withLock { $0[partition] = error } }
  func clear(_ partition: Int) { errors.withLock { $0[partition] = nil } }
}

/// The committed state of one partition, for queries.
public struct StateReader<F: Fold> {
  public let partition: Int
  public let registers: F.Registers
  public let definitions: F.Definitions
  let store: StateStore

  public func row(_ key: String) throws -> F.Row? { try store.row(key).map(F.Row.unpack) }

  /// Rows of several keys.
  public func rows(_ keys: [String]) throws -> [String: F.Row] {
    var found: [String: F.Row] = [:]
    try store.rows(keys) { found[$0] = try F.Row.unpack($1) }
    return found
  }

  /// Shows rows with a prefix in the byte order of their keys, after a key; gives the last key, nil where
  /// nothing follows.
  public func scan(
    prefix: String, after key: String = "", limit: Int, _ row: (String, F.Row) throws -> Void
  ) throws -> String? {
    var last: String?
    let count = try store.scan(after: key, prefix: prefix, limit: limit) { key, bytes in
      last = key
      try row(key, try F.Row.unpack(bytes))
    }
    return count == limit ? last : nil
  }

  /// The entry numbers kept for hashes, those that exist.
  public func identities(_ hashes: [UInt128]) throws -> [UInt128: Int64] { try store.identities(hashes) }

  /// Keys with a prefix, in byte order, after a key.
  public func keys(prefix: String, after key: String = "", limit: Int) throws -> [String] {
    try store.keys(after: key, prefix: prefix, limit: limit)
  }
}

extension Group {
  /// The sum of the heads of the partitions that are open here.
  public var headSum: Int64 { settlement.reports().reduce(0) { $0 + $1.head } }

  /// Entries of an upstream that this group has heard of and not taken.
  public func lag(behind journal: JournalName) -> Int64 {
    settlement.taken(journal).reduce(0) { sum, taken in
      sum + max(0, (settlement.knownHead(of: journal, taken.key) ?? 0) - taken.value)
    }
  }
}
