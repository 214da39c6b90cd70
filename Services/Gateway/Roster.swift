import Hosting
import Logging
import Messaging
import Synchronization
import Wire

/// Keeps the registry: takes announcements, drops who is silent, tells the directory and whoever listens.
final class Roster: Sendable {
  /// What the publication of the membership is called.
  static let topic = "members"
  /// The time between two looks for who is gone, in milliseconds.
  static let lookMilliseconds = 250

  private let own: Replica
  private let registry: Mutex<Registry>
  private let directory: Directory
  private let publisher: Publisher?
  private let logger: Logger
  private let now: @Sendable () -> Int64

  /// A roster with the gateway alone; without a publisher nobody is told but the directory.
  init(
    own: Replica, directory: Directory, publisher: Publisher?, logger: Logger,
    now: @escaping @Sendable () -> Int64
  ) {
    self.own = own
    self.directory = directory
    self.publisher = publisher
    self.logger = logger
    self.now = now
    registry = Mutex(Registry(own: own))
  }

  /// All members.
  var members: [Replica] { registry.withLock(\.members) }

  /// Takes an announcement and gives the whole membership.
  func announce(_ replica: Replica) throws(WireError) -> [Replica] {
    let now = now()
    let result = registry.withLock { registry -> Result<Bool, WireError> in
      do throws(WireError) { return .success(try registry.announce(replica, now: now)) } catch {
        return .failure(error)
      }
    }
    if try result.get() { changed() }
    return members
  }

  /// Drops who is silent until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
      look()
    }
  }

  /// Drops who is silent now.
  func look() {
    let now = now()
    if registry.withLock({ $0.expire(now: now) }) { changed() }
  }

  private func changed() {
    let members = members
    // The gateway does not dial itself.
    let refused = directory.update(members.filter { $0 != own })
    for replica in refused {
      logger.warning("the address \(replica.urls.rpc) of \(replica.instance) cannot be dialled")
    }
    do {
      try publisher?.publish(topic: Self.topic, Frames([try Announcement.encode(members: members)]))
    } catch {
      logger.warning("the membership could not be published: \(error)")
    }
  }
}
