import Messaging

/// Who is there, put together from the answers of one or more gateways.
///
/// A gateway that has just begun knows only those that announced themselves since; so whoever was named
/// stays for a while after nobody names it any more.
struct Roll: Sendable {
  /// How long a replica stays unnamed, in milliseconds; all announce themselves within one second.
  static let graceMilliseconds: Int64 = 2000

  private struct Name: Hashable {
    let service: String
    let instance: String
  }

  private var seen: [Name: (replica: Replica, at: Int64)] = [:]

  /// Takes the answers of one round at a machine time in milliseconds, and gives the membership, in order.
  mutating func take(_ answers: [[Replica]], now: Int64) -> [Replica] {
    var round: [Name: Replica] = [:]
    for replica in answers.joined() {
      let name = Name(service: replica.service, instance: replica.instance)
      if let other = round[name], other.epoch > replica.epoch { continue }
      round[name] = replica
    }
    for (name, replica) in round { seen[name] = (replica, now) }
    seen = seen.filter { now - $0.value.at <= Self.graceMilliseconds }
    return seen.values.map(\.replica).sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
  }
}
