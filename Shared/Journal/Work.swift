import Contracts
import Wire

/// Where rows come from that a step asks for and that are not in memory.
public protocol RowSource {
  func row(_ key: String) throws -> [UInt8]?
  func rows(_ keys: [String], _ row: (String, [UInt8]) throws -> Void) throws
  func keys(after key: String, prefix: String, limit: Int) throws -> [String]
  func identity(_ hash: UInt128) throws -> Int64?
  func identities(_ hashes: [UInt128]) throws -> [UInt128: Int64]
}

/// What a step works on: the state as it was committed, and what the step changes.
///
/// The shell writes the changes, outputs, timers and the intake in one transaction, or forgets them all.
public struct Work<F: Fold> {
  public let partition: Int
  /// The instant of the entry in hand, unix microseconds.
  public internal(set) var now: Int64 = 0
  public var registers: F.Registers { didSet { registersChanged = true } }
  public var definitions: F.Definitions { didSet { definitionsChanged = true } }
  var registersChanged = false
  var definitionsChanged = false

  /// Changed rows; nil is a removed one.
  var dirty: [String: F.Row?] = [:]
  var identities: [UInt128: Int64] = [:]
  var timers: [Due: Bool] = [:]
  var outputs = Frames()
  /// The journal's head before this work.
  let head: Int64
  /// How far each upstream has been taken, this work included.
  var taken: [Int64]
  /// A storage error met while a row was fetched: the whole work is then forgotten.
  var failure: (any Error)?

  private let cache: RowCache<F.Row>
  private let source: any RowSource

  init(
    partition: Int, head: Int64, taken: [Int64], registers: F.Registers, definitions: F.Definitions,
    cache: RowCache<F.Row>, source: any RowSource
  ) {
    self.partition = partition
    self.head = head
    self.taken = taken
    self.registers = registers
    self.definitions = definitions
    self.cache = cache
    self.source = source
  }

  /// The number that the next output will have.
  public var nextNumber: Int64 { head + Int64(outputs.count) + 1 }

  /// How far an upstream has been taken.
  public func taken(_ journal: JournalName) -> Int64 { taken[journal.index] }

  /// A row as it is after what this work has done so far.
  public mutating func row(_ key: String) -> F.Row? {
    if let changed = dirty[key] { return changed }
    if let cached = cache[key] { return cached }
    let source = source
    guard let bytes = Self.attempt(&failure, { try source.row(key) }) ?? nil else { return nil }
    let row = Self.attempt(&failure) { () throws -> F.Row in
      var reader = PackedReader(bytes)
      return try F.Row(&reader)
    }
    if let row { cache[key] = row }
    return row
  }

  /// Rows of distinct keys in one go, those that are present after what this work has done so far.
  public mutating func rows(_ keys: [String]) -> [String: F.Row] {
    var found: [String: F.Row] = [:]
    var missing: [String] = []
    for key in keys {
      if let changed = dirty[key] {
        found[key] = changed
      } else if let cached = cache[key] {
        found[key] = cached
      } else {
        missing.append(key)
      }
    }
    let source = source
    Self.attempt(&failure) {
      try source.rows(missing) { key, bytes in found[key] = try F.Row.unpack(bytes) }
    }
    return found
  }

  /// Changes a row in place; a missing one begins as `initial`.
  public mutating func update<T>(
    _ key: String, initial: @autoclosure () -> F.Row, _ body: (inout F.Row, inout Work<F>) -> T
  ) -> T {
    var row = row(key) ?? initial()
    // The stored copy is dropped first, so that the change does not copy the row's arrays.
    dirty[key] = .some(nil)
    cache[key] = nil
    let result = body(&row, &self)
    dirty[key] = row
    return result
  }

  public mutating func set(_ key: String, _ row: F.Row?) {
    dirty[key] = .some(row)
  }

  /// Keys of present rows with a prefix, in byte order, after a key.
  public mutating func keys(after key: String, prefix: String, limit: Int) -> [String] {
    let (source, more) = (source, limit + dirty.count)
    let stored = Self.attempt(&failure) { try source.keys(after: key, prefix: prefix, limit: more) } ?? []
    var found = Set(stored)
    for (changed, row) in dirty where changed.hasPrefix(prefix) {
      if row == nil { found.remove(changed) } else if Order.precedes(key, changed) { found.insert(changed) }
    }
    return Array(found.sorted(by: Order.precedes).prefix(limit))
  }

  /// The entry number kept for a hash.
  public mutating func identity(_ hash: UInt128) -> Int64? {
    if let number = identities[hash] { return number }
    let source = source
    return Self.attempt(&failure) { try source.identity(hash) } ?? nil
  }

  /// The entry numbers kept for hashes, in their order, fetched in one go; 0 where there is none.
  public mutating func identities(of hashes: [UInt128]) -> [Int64] {
    let source = source
    let missing = hashes.filter { identities[$0] == nil }
    let stored = missing.isEmpty ? [:] : Self.attempt(&failure) { try source.identities(missing) } ?? [:]
    return hashes.map { identities[$0] ?? stored[$0] ?? 0 }
  }

  /// Keeps a number for a hash that the store is known not to hold, unless this work has one: gives that one.
  public mutating func claimIdentity(_ hash: UInt128, _ number: Int64) -> Int64? {
    if let earlier = identities[hash] { return earlier }
    identities[hash] = number
    return nil
  }

  public mutating func setIdentity(_ hash: UInt128, _ number: Int64) { identities[hash] = number }

  public mutating func set(_ due: Due) { timers[due] = true }
  public mutating func cancel(_ due: Due) { timers[due] = false }

  /// Appends an output; the body writes what follows `v`, `kind`, `id` and `prev`. Gives its number.
  @discardableResult
  public mutating func emit(
    kind: String, id: String? = nil, prev: Int64 = 0, _ body: (inout JSONWriter) -> Void
  ) -> Int64 {
    let number = nextNumber
    var writer = JSONWriter(capacity: 320)
    writer.object { writer in
      writer.member("v", 1)
      writer.member("kind", kind)
      if let id { writer.member("id", id) }
      writer.member("prev", prev)
      body(&writer)
    }
    outputs.append(writer.bytes)
    return number
  }

  /// Appends an output that is already an entry's text.
  public mutating func emit(raw entry: [UInt8]) { outputs.append(entry) }

  /// Keys whose rows are not in memory.
  func missing(_ keys: [String]) -> [String] {
    var seen = Set<String>()
    return keys.filter { dirty[$0] == nil && cache[$0] == nil && seen.insert($0).inserted }
  }

  /// Puts a committed row into memory.
  func fill(_ key: String, _ row: F.Row) { cache[key] = row }

  @discardableResult
  private static func attempt<T>(_ failure: inout (any Error)?, _ body: () throws -> T) -> T? {
    do { return try body() } catch {
      failure = failure ?? error
      return nil
    }
  }
}

/// Byte order of UTF-8, which is the order of both engines' keys.
enum Order {
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

/// Committed rows in memory; when there are more than its limit, all are let go.
final class RowCache<Row> {
  private var rows: [String: Row] = [:]
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  subscript(_ key: String) -> Row? {
    get { rows[key] }
    set {
      if rows.count >= limit { rows.removeAll(keepingCapacity: true) }
      rows[key] = newValue
    }
  }

  func take(_ changes: [String: Row?]) {
    for (key, row) in changes { self[key] = row }
  }

  func clear() { rows.removeAll() }
}
