import Contracts
import Storage
import Wire

/// One partition of a fold without processes or sockets: the same steps on a scratch store.
///
/// For tests and tools: entries are fed in, outputs come out, the state can be read. Not for threads.
public final class Twin<F: Fold> {
  public let fold: F
  public let partition: Int
  private let session: Session
  private let cache = RowCache<F.Row>(limit: StepLimits.cachedRowsMax)
  public private(set) var progress = Progress()
  public private(set) var registers: F.Registers
  public private(set) var definitions: F.Definitions
  /// Everything that was put out, in order; number 1 first.
  public private(set) var outputs: [[UInt8]] = []

  /// A fresh twin over an empty scratch database at a path.
  public init(_ fold: F, partition: Int = 0, path: String) throws {
    self.fold = fold
    self.partition = partition
    session = try Session.open(DatabaseURL("sqlite:\(path)"), SessionOptions(durable: false))
    try Schema.create(session)
    try ProgressStore.create(session, partition)
    registers = fold.initialRegisters(partition: partition)
    definitions = fold.initialDefinitions()
  }

  deinit { session.close() }

  private func step<T>(_ body: (inout Batch<F>) throws -> T) throws -> T {
    var batch = Batch(
      fold: fold, partition: partition, progress: progress, registers: registers, definitions: definitions,
      cache: cache, store: StateStore(session: session, partition: partition))
    let result = try body(&batch)
    batch.close()
    try session.transaction { try batch.write($0) }
    progress = batch.progress
    registers = batch.work.registers
    definitions = batch.work.definitions
    fold.keepAll(batch.work)
    outputs += batch.work.outputs.map { Array($0) }
    return result
  }

  /// Feeds entries of an upstream journal that follow those fed before; gives the outputs that they caused.
  @discardableResult
  public func feed(_ journal: JournalName, _ entries: [[UInt8]], now: Int64) throws -> [[UInt8]] {
    let before = outputs.count
    try step { batch in
      let page = Page(first: batch.progress[journal].number + 1, entries: Frames(entries))
      let taken = try batch.take(page, of: journal, incarnation: "twin", now: now)
      guard taken == entries.count else {
        throw WireError.failedPrecondition("\(taken) of \(entries.count) taken")
      }
    }
    return Array(outputs[before...])
  }

  /// Does a command; throws its refusal.
  @discardableResult
  public func command(_ method: String, _ payloads: [[UInt8]], key: String = "", now: Int64) throws -> Frames
  {
    try step { try $0.take(Command(method: method, key: key, payloads: Frames(payloads)), now: now) }.get()
  }

  /// Takes all due instants up to a time, in order; gives the outputs that they caused.
  @discardableResult
  public func advance(to instant: Int64) throws -> [[UInt8]] {
    let before = outputs.count
    while try step({ try $0.takeDue(upTo: instant, now: { $0 }) }) != nil {}
    return Array(outputs[before...])
  }

  /// The committed state.
  public var reader: StateReader<F> {
    StateReader(
      partition: partition, registers: registers, definitions: definitions,
      store: StateStore(session: session, partition: partition))
  }

  /// What the fold's auditor finds, given the audited upstream entries in the order in which they were fed.
  public func audit(_ upstreams: [JournalName: [[UInt8]]] = [:]) throws -> [String] {
    var auditor = F.Auditor(partition: partition)
    for (place, entry) in outputs.enumerated() { try auditor.own(Int64(place + 1), entry[...]) }
    for (journal, entries) in upstreams.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for (place, entry) in entries.enumerated() {
        try auditor.upstream(journal, Int64(place + 1), entry[...])
      }
    }
    try Workshop.rows(session, partition, &auditor)
    return auditor.finish()
  }
}
