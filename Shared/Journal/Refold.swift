import Contracts
import Storage
import Wire

/// Gives entries of an upstream journal: journal, partition, after, to.
public typealias PageSource = @Sendable (JournalName, Int, Int64, Int64) async throws -> Page

/// Folds a partition's intake again into fresh state and compares what comes out with its journal.
///
/// It serves recovery (the state tables are gone: `scratch` is the live store) and `rebuild`.
struct Refold<F: Fold> {
  /// Differences that are reported by name; the rest is only counted.
  static var differencesMax: Int { 20 }
  /// Intake entries between two writes to the scratch store.
  private static var entriesPerWrite: Int { 64 }
  private static var readBytes: Int { 1 << 20 }

  let fold: F
  let partition: Int
  let live: Session
  let scratch: Session
  let fetch: PageSource
  private(set) var progress = Progress()
  private(set) var differences: [String] = []
  private(set) var differenceCount = 0
  private var registers: F.Registers
  private var definitions: F.Definitions
  private let cache = RowCache<F.Row>(limit: StepLimits.cachedRowsMax)
  private var target = Progress()

  init(
    fold: F, partition: Int, live: Session, scratch: Session, from start: Progress = Progress(),
    fetch: @escaping PageSource
  ) {
    self.fold = fold
    self.partition = partition
    self.live = live
    self.scratch = scratch
    self.fetch = fetch
    progress = start
    let store = StateStore(session: scratch, partition: partition)
    registers =
      (try? store.row(StateStore.registers).map(F.Registers.unpack))
      ?? fold.initialRegisters(partition: partition)
    definitions =
      (try? store.row(StateStore.definitions).map(F.Definitions.unpack)) ?? fold.initialDefinitions()
  }

  private mutating func differ(_ text: String) {
    differenceCount += 1
    if differences.count < Self.differencesMax { differences.append(text) }
  }

  /// Folds on from where it stands to a target; may be called again with a later one.
  nonisolated(nonsending) mutating func run(until target: Progress) async throws {
    self.target = target
    if fold.keepsIntake { try await foldIntake() } else { try derive() }
  }

  private nonisolated(nonsending) mutating func foldIntake() async throws {
    while progress.intake < target.intake {
      guard
        let page = try PageStore.read(
          live, partition, PageStore.intake, after: progress.intake, to: target.intake,
          bytesMax: Self.readBytes)
      else { throw WireError.dataLoss("the intake of partition \(partition) ends at \(progress.intake)") }
      let entries = page.entries.array()
      for start in stride(from: 0, to: entries.count, by: Self.entriesPerWrite) {
        var batch = batch()
        for entry in entries[start..<min(start + Self.entriesPerWrite, entries.count)] {
          try await take(try IntakeEntry(entry), &batch)
        }
        try finish(&batch)
      }
    }
  }

  private func batch() -> Batch<F> {
    Batch(
      fold: fold, partition: partition, progress: progress, registers: registers, definitions: definitions,
      cache: cache, store: StateStore(session: scratch, partition: partition))
  }

  private nonisolated(nonsending) mutating func take(_ entry: IntakeEntry, _ batch: inout Batch<F>)
    async throws
  {
    let place = "intake \(batch.progress.intake + 1)"
    switch entry {
    case .range(let journal, let from, let to, let parked, let now):
      try await takeRange(journal, from, to, parked, now, &batch)
    case .command(let command, let now):
      if case .failure(let error) = try batch.take(command, now: now) {
        differ("\(place): \(command.method) was done and is now refused: \(error.message)")
        batch.progress.intake += 1
      }
    case .due(let at, let now):
      let taken = try batch.takeDue(upTo: at, now: { _ in now })
      if taken != at {
        differ("\(place): the instant \(at) was due, now it is \(taken.map(String.init) ?? "none")")
        if taken == nil { batch.progress.intake += 1 }
      }
    case .unparked(let journal, let number, let entry, let now):
      try batch.unpark(journal, number, entry, now: now)
    }
  }

  private nonisolated(nonsending) mutating func takeRange(
    _ journal: JournalName, _ from: Int64, _ to: Int64, _ parked: [Int64], _ now: Int64,
    _ batch: inout Batch<F>
  ) async throws {
    let intake = batch.progress.intake
    let before = batch.progress.parked.count
    var page = Page(first: from, entries: Frames())
    while page.next <= to {
      let more = try await fetch(journal, partition, page.next - 1, to)
      guard more.first == page.next, !more.entries.isEmpty else {
        throw WireError.dataLoss("\(journal.rawValue), partition \(partition): no entry \(page.next)")
      }
      page.entries.append(contentsOf: more.entries)
    }
    let taken = try batch.take(page, of: journal, incarnation: target[journal].incarnation, now: now)
    let parkedNow = batch.progress.parked[before...].map(\.number)
    if taken != page.entries.count || parkedNow != parked {
      differ("intake \(intake + 1): \(journal.rawValue) \(from)...\(to) is taken in another way now")
    }
  }

  private mutating func finish(_ batch: inout Batch<F>) throws {
    batch.progress.opened = target.opened
    batch.close()
    try compareOutputs(batch)
    try write(batch)
  }

  private mutating func write(_ batch: Batch<F>) throws {
    try scratch.transaction { session in
      try StateStore(session: session, partition: partition).write(
        batch.work, of: fold, mark: batch.progress.mark(fold))
    }
    progress = batch.progress
    registers = batch.work.registers
    definitions = batch.work.definitions
    fold.keepAll(batch.work)
  }

  private mutating func compareOutputs(_ batch: Batch<F>) throws {
    var after = batch.before.head
    for output in batch.work.outputs {
      after += 1
      if stored.next <= after || stored.first > after {
        stored =
          try PageStore.read(
            live, partition, fold.journal.rawValue, after: after - 1, bytesMax: Self.readBytes
          )
          .map { StoredRun(first: $0.first, entries: $0.entries.array()) }
          ?? StoredRun(first: after, entries: [])
      }
      let kept = stored[after]
      if kept == nil || !kept!.elementsEqual(output) {
        differ(
          """
          \(fold.journal.rawValue) \(after): the journal has \
          \(kept.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"), \
          the fold gives \(String(decoding: output, as: UTF8.self))
          """)
      }
    }
  }

  private var stored = StoredRun(first: 1, entries: [])

  /// Ingestion: identities, last numbers and waiting reversals come out of the own journal.
  private mutating func derive() throws {
    while progress.head < target.head {
      guard
        let page = try PageStore.read(
          live, partition, fold.journal.rawValue, after: progress.head, to: target.head,
          bytesMax: Self.readBytes)
      else { throw WireError.dataLoss("the journal of partition \(partition) ends at \(progress.head)") }
      var batch = batch()
      for (place, entry) in page.entries.enumerated() {
        try fold.derive(page.first + Int64(place), entry, &batch.work)
        batch.progress.outputs.add(entry)
      }
      if let failure = batch.work.failure { throw failure }
      batch.progress.head = page.next - 1
      try write(batch)
    }
  }

  /// Compares where the fold stands and what it holds with the live store, which must stand still.
  mutating func compareState(with live: Progress) throws {
    var ours = progress
    ours.now = max(ours.now, live.now)
    ours.opened = live.opened
    if !fold.keepsIntake {
      (ours.intake, ours.cursors, ours.parked) = (live.intake, live.cursors, live.parked)
    }
    if ours != live { differ("progress: the store has \(live), the fold gives \(ours)") }
    for table in ["state", "identity", "timer"] { try compare(table: table) }
  }

  /// A state row's bytes in the newest form.
  private static func newest(_ key: String, _ bytes: [UInt8]) throws -> [UInt8] {
    key.begins(with: "=") ? bytes : try F.Row.unpack(bytes).packed
  }

  private mutating func compare(table: String) throws {
    let ours = try TableSum(scratch, table, partition)
    var theirs = try TableSum(live, table, partition)
    guard ours.sum != theirs.sum else { return }
    // A row of an older form is not another row: it is written in the newest with its next change.
    if table == "state" { theirs = try TableSum(live, table, partition, in: Self.newest) }
    guard ours.sum != theirs.sum else { return }
    let keys = ours.rows.filter { theirs.rows[$0.key] != $0.value }.map(\.key)
    let lost = theirs.rows.keys.filter { ours.rows[$0] == nil }
    let named = (keys + lost).sorted().prefix(5).map { String(decoding: $0.bytes, as: UTF8.self) }
    differ(
      """
      table \(table), partition \(partition): the store has \(theirs.sum.count) rows, \
      the fold gives \(ours.sum.count); they differ at \(named)
      """)
  }
}

/// Stored entries in hand while outputs are compared.
private struct StoredRun {
  var first: Int64
  var entries: [ArraySlice<UInt8>]
  var next: Int64 { first + Int64(entries.count) }

  subscript(_ number: Int64) -> ArraySlice<UInt8>? {
    number >= first && number < next ? entries[Int(number - first)] : nil
  }
}

/// A partition's rows of a table as a checksum, with one per row.
private struct TableSum {
  struct Key: Hashable, Comparable {
    let bytes: [UInt8]
    static func < (left: Key, right: Key) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
  }

  var sum = EntrySum()
  var rows: [Key: UInt64] = [:]

  private static func columns(_ table: String) -> String {
    switch table {
    case "identity": "hash, number"
    case "timer": "kind, at, id"
    default: "key, value"
    }
  }

  /// `form` gives a state row's value the form in which it is compared.
  init(
    _ session: Session, _ table: String, _ partition: Int,
    in form: (_ key: String, [UInt8]) throws -> [UInt8] = { $1 }
  ) throws {
    let isState = table == "state"
    try session.forEach(
      "SELECT \(Self.columns(table)) FROM \(table) WHERE partition = ?1", [.integer(Int64(partition))]
    ) { row in
      var bytes: [UInt8] = []
      for column in 0..<row.count {
        // Engines give integers in forms of their own: their digits are the same on both.
        if case .integer(let number) = row.value(column) {
          bytes += Array(String(number).utf8) + [0]
        } else {
          let blob = row.blob(column)
          bytes += (isState && column == 1 ? try form(row.text(0), blob) : blob) + [0]
        }
      }
      sum.add(bytes[...])
      var one = EntrySum()
      one.add(bytes[...])
      let key = table == "timer" ? bytes : row.blob(0)
      rows[Key(bytes: key)] = one.sum
      return true
    }
  }
}
