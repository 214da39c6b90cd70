import Contracts
import Storage
import Wire

// The loops over entries and rows are default implementations that can be inlined: as requirements of `Fold`
// they are compiled in the module of each fold, where its types are known. In this module, which knows none
// of them, the same loops take more than twice the time.

/// Entries of a page as they were read; nil is one that is not the fold's business or that is unreadable.
public struct PageItems<Item> {
  @usableFromInline var items: [Item?] = []
  /// The numbers of those that are left out.
  @usableFromInline var unreadable: [Int64] = []
  @usableFromInline var sum: EntrySum

  @inlinable init(sum: EntrySum) { self.sum = sum }
}

/// What a step did to its rows, as they are stored.
public struct RowChanges {
  @usableFromInline var changed: [(key: String, bytes: [UInt8])] = []
  @usableFromInline var removed: [String] = []

  @inlinable init() {}
}

extension Fold {
  /// Reads entries from a page's beginning, as many as are allowed now; adds those taken to `sum`.
  @inlinable
  public func readAll(
    _ page: Page, of journal: JournalName, taken: [Int64], sum: EntrySum, unreadableMax: Int
  ) throws -> PageItems<Item> {
    var read = PageItems<Item>(sum: sum)
    read.items.reserveCapacity(page.entries.count)
    let isTaken = { (journal: JournalName) in taken[journal.index] }
    var number = page.first - 1
    for entry in page.entries {
      number += 1
      do {
        let item = try decode(journal, number, entry)
        if let item, !allows(item, taken: isTaken) { break }
        read.items.append(item)
      } catch let error as StorageError {
        throw error
      } catch {
        guard read.unreadable.count < unreadableMax else { throw Self.tooManyUnreadable(journal) }
        read.unreadable.append(number)
        read.items.append(nil)
      }
      read.sum.add(entry)
    }
    return read
  }

  @usableFromInline static func tooManyUnreadable(_ journal: JournalName) -> WireError {
    .dataLoss("more than \(StepLimits.parkedMax) entries of \(journal.rawValue) are unreadable")
  }

  /// Applies items in their order, after one look-up of all rows that they will touch first.
  @inlinable
  public func applyAll(
    _ items: [Item?], from first: Int64, of journal: JournalName, _ work: inout Work<Self>
  ) throws {
    var keys: [String] = []
    keys.reserveCapacity(items.count)
    for case let item? in items { if let key = key(of: item) { keys.append(key) } }
    try work.prefetch(keys)
    var number = first
    for item in items {
      work.taken[journal.index] = number
      if let item { apply(item, &work) }
      number += 1
    }
  }

  /// The rows of a step as they are stored.
  @inlinable
  public func packAll(_ work: Work<Self>) -> RowChanges {
    var changes = RowChanges()
    changes.changed.reserveCapacity(work.dirty.count + 2)
    for (key, row) in work.dirty {
      if let row { changes.changed.append((key, row.packed)) } else { changes.removed.append(key) }
    }
    return changes
  }

  /// Keeps the rows of a committed step in memory.
  @inlinable
  public func keepAll(_ work: Work<Self>) { work.cache.take(work.dirty) }
}
