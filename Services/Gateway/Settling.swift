import Contracts
import Wire

/// Whom a read must wait for, as a value.
struct Settling: Sendable, Equatable {
  /// One question `settled/wait`.
  struct Wait: Sendable, Equatable {
    let service: ServiceName
    /// Its owner is asked; nil: every replica.
    let partition: Int?
    var positions: [Position]
  }

  let waits: [Wait]

  /// - Parameters:
  ///   - positions: where the client's writes stand.
  ///   - service: the one that is read, about the customers of `partition`, or without one about all.
  init(_ positions: [Position], reading service: ServiceName, partition: Int?) {
    var waits: [Wait] = []
    for position in positions {
      let isElsewhere = partition != nil && position.partition != partition
      if !position.journal.isDefinitions, isElsewhere { continue }
      let place = position.journal.isDefinitions ? nil : position.partition
      for follower in Self.followers(of: position.journal, upTo: service) {
        if let index = waits.firstIndex(where: { $0.service == follower && $0.partition == place }) {
          waits[index].positions.append(position)
        } else {
          waits.append(Wait(service: follower, partition: place, positions: [position]))
        }
      }
    }
    self.waits = waits
  }

  /// Who must have folded a journal before `service` shows its effects, itself or through others.
  ///
  /// A settled number of customers' journals says so for all between; definitions are asked of each service
  /// that follows them. What a service has written itself it shows at once.
  private static func followers(of journal: JournalName, upTo service: ServiceName) -> [ServiceName] {
    guard journal.isDefinitions else { return place(journal.owner) < place(service) ? [service] : [] }
    return direct(journal).filter { place($0) <= place(service) }
  }

  private static func direct(_ journal: JournalName) -> [ServiceName] {
    switch journal {
    case .ingestionDefinitions: [.ingestion]
    case .scoringDefinitions: [.scoring]
    case .missionsDefinitions: [.scoring, .missions]
    case .badgingDefinitions: [.scoring, .badging]
    case .events, .crossings, .outcomes, .awards: []
    }
  }

  /// The place in the flow.
  private static func place(_ service: ServiceName) -> Int {
    Readiness.services.firstIndex(of: service) ?? Readiness.services.count
  }
}
