import Messaging
import Wire

/// Who has announced itself lately, as a value: no clock, no sockets.
struct Registry: Sendable {
  /// A replica that has not announced itself for so long is gone, in milliseconds of machine time.
  static let goneMilliseconds: Int64 = 3_000
  /// More members are refused.
  static let membersMax = 1_024
  /// The longest name of a service or an instance, in bytes.
  static let nameBytesMax = 128
  /// The longest URL, in bytes.
  static let urlBytesMax = 256
  /// The highest number of a partition; the definitions' one follows the customers' last.
  static let partitionMax = 4_096

  private struct Name: Hashable {
    let service: String
    let instance: String
  }

  private var seen: [Name: (replica: Replica, at: Int64?)] = [:]

  /// Begins with the gateway itself, which never goes.
  init(own: Replica) { seen[Name(service: own.service, instance: own.instance)] = (own, nil) }

  /// All members, by service and instance.
  var members: [Replica] {
    seen.values.map(\.replica).sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
  }

  /// Takes an announcement at a machine time in milliseconds; true when the membership is another one.
  ///
  /// Throws `invalid_argument` for one that cannot be, `resource_exhausted` when there are too many.
  mutating func announce(_ replica: Replica, now: Int64) throws(WireError) -> Bool {
    try Self.check(replica)
    let name = Name(service: replica.service, instance: replica.instance)
    let before = seen[name]
    if let before, before.at == nil {
      throw .invalid("\(replica.instance) is the name of the gateway that was asked")
    }
    if before == nil, seen.count >= Self.membersMax {
      throw .exhausted("there are \(Self.membersMax) members already")
    }
    seen[name] = (replica, now)
    return before?.replica != replica
  }

  /// Drops those whose time is over; true when somebody went.
  mutating func expire(now: Int64) -> Bool {
    let before = seen.count
    seen = seen.filter { _, member in member.at.map { now - $0 <= Self.goneMilliseconds } ?? true }
    return seen.count < before
  }

  private static func check(_ replica: Replica) throws(WireError) {
    for (name, text) in [("service", replica.service), ("instance", replica.instance)] {
      guard !text.isEmpty, text.utf8.count <= nameBytesMax else {
        throw .invalid("'\(name)' has 1 to \(nameBytesMax) bytes")
      }
    }
    for url in [replica.urls.rpc, replica.urls.bell, replica.urls.health] {
      guard url.contains("://"), url.utf8.count <= urlBytesMax else {
        throw .invalid("'urls' are addresses of at most \(urlBytesMax) bytes")
      }
    }
    guard replica.partitions.allSatisfy({ (0...partitionMax).contains($0) }) else {
      throw .invalid("'partitions' are numbers from 0 to \(partitionMax)")
    }
  }
}
