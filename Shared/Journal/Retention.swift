import Contracts
import Messaging
import Storage
import Wire

/// What nobody needs any more may go: pages behind every follower's snapshot and the own one, and old enough.
///
/// `laurel retain` asks all replicas what they need (`retention/read`), and tells each owner how far it may
/// drop (`retention/drop`); the owner itself keeps what its own snapshot and the shortest time ask for.
public enum Retention {
  /// Days that events are kept at least: thirteen months, within which a reversal may name an original.
  public static let eventDaysMin = 403
  /// Days that any entry is kept at least.
  public static let daysMin = 1
}

extension Node {
  /// `{"service", "partitions": {"7": {"intake", "head", "dropped", "followed": {"events": n}}}}`: up to
  /// where the snapshot of each partition that is open here has taken everything; 0 without a snapshot.
  func needs() async throws -> Frames {
    let (partitions, version) = (main.open, main.fold.version)
    let journal = main.fold.journal.rawValue
    let needs = try await lock.run { session in
      try partitions.map { partition in
        let snapshots = SnapshotStore(session: session, partition: partition, version: version)
        let dropped = try RetentionStore.read(session, partition, journal)
        return (partition, try snapshots.usable() ?? Progress(), dropped.number)
      }
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("service", settings.service.rawValue)
        writer.key("partitions")
        writer.object { writer in
          for (partition, progress, dropped) in needs {
            writer.key(text: String(partition))
            writer.object { writer in
              writer.member("intake", progress.intake)
              writer.member("head", progress.head)
              writer.member("dropped", dropped)
              writer.key("followed")
              writer.object { writer in
                for upstream in main.fold.upstreams where !upstream.isDefinitions {
                  writer.key(text: upstream.rawValue)
                  writer.integer(progress[upstream].number)
                }
              }
            }
          }
        }
      }
    ])
  }

  /// `{"days", "through": {"7": n}}`: drops the own journal up to there, and the intake behind the snapshot,
  /// as far as both are older than so many days. Answers `{"7": {"journal": n, "intake": n}}`: what is gone.
  func drop(_ request: Request) async throws -> Frames {
    let asked = try DropRequest(request)
    let isEvents = main.fold.journal == .events
    let days = max(asked.days, isEvents ? Retention.eventDaysMin : Retention.daysMin)
    let instant = settings.clock.now() - Int64(days) * Micros.day
    var gone: [(Int, journal: Int64, intake: Int64)] = []
    for (partition, through) in asked.through.sorted(by: { $0.key < $1.key }) {
      let version = main.fold.version
      let own = try await lock.run { session in
        try SnapshotStore(session: session, partition: partition, version: version).usable()
      }
      guard let own else { continue }
      let owner = main.owner(of: partition)
      gone.append(
        (
          partition,
          try await owner.drop(
            partition, main.fold.journal.rawValue, through: min(through, own.head), olderThan: instant),
          try await owner.drop(partition, PageStore.intake, through: own.intake, olderThan: instant)
        ))
    }
    return Frames([
      JSONWriter.object { writer in
        for (partition, journal, intake) in gone {
          writer.key(text: String(partition))
          writer.object { writer in
            writer.member("journal", journal)
            writer.member("intake", intake)
          }
        }
      }
    ])
  }
}

extension Owner {
  /// Drops old pages of a partition that is owned here, a few in a transaction, so that steps come between.
  /// Gives the number up to which all are gone.
  func drop(_ partition: Int, _ journal: String, through: Int64, olderThan instant: Int64) async throws
    -> Int64
  {
    while true {
      guard let epoch = owned[partition]?.epoch else {
        throw WireError.failedPrecondition("partition \(partition) is not owned here")
      }
      let (part, isMore) = try usableSession().transaction { session in
        let result = try RetentionStore.drop(
          session, partition, journal, through: through, olderThan: instant)
        try LeaseStore.check(session, partition, holder: settings.holder, epoch: epoch)
        return result
      }
      if journal == fold.journal.rawValue { settlement.dropped(partition, through: part.number) }
      if !isMore { return part.number }
      await Task.yield()
    }
  }

  /// Refuses to fold again what is gone: then the state tables must not be cleared.
  func requireReach(_ store: SnapshotStore, mark: Int64, _ session: Session) throws {
    let journal = fold.keepsIntake ? PageStore.intake : fold.journal.rawValue
    let dropped = try RetentionStore.read(session, store.partition, journal)
    guard dropped.number > 0 else { return }
    let snapshot = try store.usable().map { $0.mark(fold) } ?? 0
    guard snapshot >= dropped.number, snapshot <= mark else {
      throw WireError.dataLoss(
        """
        partition \(store.partition) must be folded again, its \(journal) up to \(dropped.number) was \
        dropped by retention, and this release reads no snapshot behind that: start the release that wrote \
        the state, or restore a backup
        """)
    }
  }
}

/// `{"days", "through": {"7": n}}`.
private struct DropRequest {
  var days = Retention.eventDaysMin
  var through: [Int: Int64] = [:]

  init(_ request: Request) throws {
    guard let payload = request.payloads.first else { throw WireError.invalid("the payload is missing") }
    var scanner = JSONScanner(payload)
    try readable {
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "days": days = Int(try scanner.integer())
        case "through":
          try scanner.beginObject()
          while let key = try scanner.nextKey() {
            guard let partition = Int(key.description) else {
              throw WireError.invalid("a partition is a number")
            }
            through[partition] = try scanner.integer()
          }
        default: try scanner.skip()
        }
      }
    }
  }
}
