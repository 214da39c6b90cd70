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
  @usableFromInline var dirty: [String: F.Row?] = [:]
  @usableFromInline var identities: [UInt128: Int64] = [:]
  var timers: [Due: Bool] = [:]
  @usableFromInline var outputs = Frames()
  /// The journal's head before this work.
  @usableFromInline let head: Int64
  /// How far each upstream has been taken, this work included.
  @usableFromInline var taken: [Int64]
  /// A storage error met while a row was fetched: the whole work is then forgotten.
  @usableFromInline var failure: (any Error)?

  @usableFromInline let cache: RowCache<F.Row>
  @usableFromInline let source: any RowSource

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
  @inlinable public var nextNumber: Int64 { head + Int64(outputs.count) + 1 }

  /// How far an upstream has been taken.
  @inlinable public func taken(_ journal: JournalName) -> Int64 { taken[journal.index] }

  /// A row as it is after what this work has done so far.
  @inlinable public mutating func row(_ key: String) -> F.Row? {
    if let changed = dirty[key] { return changed }
    if let known = cache[key] { return known }
    guard let row = fetch(key) else { return nil }
    cache.fill(key, row)
    return row
  }

  /// A row from the store; nil outside where the store fails.
  @inlinable mutating func fetch(_ key: String) -> F.Row?? {
    do { return .some(try source.row(key).map(F.Row.unpack)) } catch {
      failure = failure ?? error
      return nil
    }
  }

  /// Rows of distinct keys in one go, those that are present after what this work has done so far.
  @inlinable public mutating func rows(_ keys: [String]) -> [String: F.Row] {
    var found: [String: F.Row] = [:]
    var missing: [String] = []
    for key in keys {
      if let known = dirty[key] ?? cache[key] { found[key] = known } else { missing.append(key) }
    }
    let source = source
    Self.attempt(&failure) {
      try source.rows(missing) { key, bytes in found[key] = try F.Row.unpack(bytes) }
    }
    return found
  }

  /// Changes a row in place; a missing one begins as `initial`.
  @inlinable public mutating func update<T>(
    _ key: String, initial: @autoclosure () -> F.Row, _ body: (inout F.Row, inout Work<F>) -> T
  ) -> T {
    var row = take(key) ?? initial()
    let result = body(&row, &self)
    dirty[key] = row
    return result
  }

  /// Takes a row out of where it is kept, so that the change does not copy its arrays.
  @inlinable mutating func take(_ key: String) -> F.Row? {
    if let changed = dirty.updateValue(nil, forKey: key) { return changed }
    return cache.lend(key) ?? fetch(key) ?? nil
  }

  @inlinable public mutating func set(_ key: String, _ row: F.Row?) {
    dirty[key] = .some(row)
  }

  /// Keys of present rows with a prefix, in byte order, after a key.
  public mutating func keys(after key: String, prefix: String, limit: Int) -> [String] {
    let (source, more) = (source, limit + dirty.count)
    let stored = Self.attempt(&failure) { try source.keys(after: key, prefix: prefix, limit: more) } ?? []
    var found = Set(stored)
    for (changed, row) in dirty where changed.begins(with: prefix) {
      if row == nil { found.remove(changed) } else if Order.precedes(key, changed) { found.insert(changed) }
    }
    return Array(found.sorted(by: Order.precedes).prefix(limit))
  }

  /// The entry number kept for a hash.
  @inlinable public mutating func identity(_ hash: UInt128) -> Int64? {
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
  @inlinable public mutating func claimIdentity(_ hash: UInt128, _ number: Int64) -> Int64? {
    if let earlier = identities[hash] { return earlier }
    identities[hash] = number
    return nil
  }

  @inlinable public mutating func setIdentity(_ hash: UInt128, _ number: Int64) { identities[hash] = number }

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
  @inlinable public mutating func emit(raw entry: [UInt8]) { outputs.append(entry) }

  /// Fetches rows in one go that the step will ask for.
  @inlinable mutating func prefetch(_ keys: [String]) throws {
    var missing: [String] = []
    for key in keys where dirty[key] == nil && cache[key] == nil {
      // Known to be absent unless the store gives it.
      cache.fill(key, nil)
      missing.append(key)
    }
    if missing.isEmpty { return }
    do { try source.rows(missing) { cache.fill($0, try F.Row.unpack($1)) } } catch {
      cache.clear()
      throw error
    }
  }

  @discardableResult
  @inlinable static func attempt<T>(_ failure: inout (any Error)?, _ body: () throws -> T) -> T? {
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

/// Committed rows in memory, and keys that have none; when there are more than its limit, all are let go.
@usableFromInline
final class RowCache<Row> {
  @usableFromInline enum Entry {
    case row(Row)
    case absent
    /// A step changes it; should the step come to nothing, the store has it.
    case lent
  }

  @usableFromInline var entries: [String: Entry] = [:]
  @usableFromInline let limit: Int

  init(limit: Int) { self.limit = limit }

  /// The row, nil inside where there is none; nil where that is not known.
  @inlinable subscript(_ key: String) -> Row?? {
    switch entries[key] {
    case .row(let row): row
    case .absent: .some(nil)
    case .lent, nil: nil
    }
  }

  /// Gives the row away; what comes of it arrives by `take`.
  @inlinable func lend(_ key: String) -> Row?? {
    guard let place = entries.index(forKey: key) else { return nil }
    var entry = Entry.lent
    swap(&entry, &entries.values[place])
    switch entry {
    case .row(let row): return row
    case .absent: return .some(nil)
    case .lent: return nil
    }
  }

  @inlinable func fill(_ key: String, _ row: Row?) {
    if entries.count >= limit { entries.removeAll(keepingCapacity: true) }
    entries[key] = row.map(Entry.row) ?? .absent
  }

  @inlinable func take(_ changes: [String: Row?]) {
    for (key, row) in changes { fill(key, row) }
  }

  @usableFromInline func clear() { entries.removeAll() }
}
