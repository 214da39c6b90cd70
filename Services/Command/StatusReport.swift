import Contracts

/// Heads and lags from what the replicas say of themselves (`status/read`).
struct StatusReport: Sendable {
  struct JournalLine: Sendable, Hashable {
    var name: String
    var partitions = 0
    var entries = 0
    var parked = 0
  }

  struct Lag: Sendable, Hashable {
    var service: String
    var journal: JournalName
    /// Entries that are not taken yet, over all partitions.
    var entries = 0
    /// Those of the partition that is furthest behind.
    var largest = 0
  }

  private(set) var journals: [JournalLine] = []
  private(set) var lags: [Lag] = []

  init(_ replicas: [JSONTree]) {
    var heads: [JournalName: [String: Int]] = [:]
    for replica in replicas {
      guard let name = replica["journal"].text else { continue }
      for partition in replica["partitions"].members {
        add(name, partition.value)
        if let journal = JournalName(rawValue: name) {
          heads[journal, default: [:]][partition.name] = partition.value["head"].integer
        }
      }
    }
    for replica in replicas { addLags(replica, heads) }
  }

  private mutating func add(_ name: String, _ partition: JSONTree) {
    let place = journals.firstIndex { $0.name == name } ?? journals.count
    if place == journals.count { journals.append(JournalLine(name: name)) }
    journals[place].partitions += 1
    journals[place].entries += partition["head"].integer ?? 0
    journals[place].parked += partition["parked"].integer ?? 0
  }

  /// Definitions are few and every partition follows them, so they are left out.
  private mutating func addLags(_ replica: JSONTree, _ heads: [JournalName: [String: Int]]) {
    let service = replica["service"].text ?? ""
    for partition in replica["partitions"].members {
      for cursor in partition.value["cursors"].members {
        guard let journal = JournalName(rawValue: cursor.name), !journal.isDefinitions,
          let head = heads[journal]?[partition.name]
        else { continue }
        let behind = max(0, head - (cursor.value.integer ?? 0))
        let place = lags.firstIndex { $0.service == service && $0.journal == journal } ?? lags.count
        if place == lags.count { lags.append(Lag(service: service, journal: journal)) }
        lags[place].entries += behind
        lags[place].largest = max(lags[place].largest, behind)
      }
    }
  }
}
