import Contracts
import Messaging
import Storage
import Synchronization
import Wire

/// What a service's loop is given.
public struct NodeSettings: Sendable {
  public var service: ServiceName
  public var instance: String
  public var database: DatabaseURL
  public var partitions: Int
  public var clock: ClockFace
  /// Moves the clock; refused on the system clock.
  public var advance: @Sendable (Int64) throws -> Void
  public var urls: Replica.URLs
  /// Random text, new for each process: tells this process from an earlier one of the same name.
  public var start: String
  /// Random text, used when the store is new.
  public var incarnation: String
  /// A folder for scratch databases.
  public var scratch: String
  /// Suppresses all bells, for tests: then everything arrives by ticks.
  public var isSilent = false
  /// Machine milliseconds between two ticks.
  public var tickMilliseconds = 250
  public var cut: @Sendable (CutPoint) throws -> Void = { _ in }
  /// Hears what an operator should know.
  public var log: @Sendable (String) -> Void

  public init(
    service: ServiceName, instance: String, database: DatabaseURL, partitions: Int, clock: ClockFace,
    advance: @escaping @Sendable (Int64) throws -> Void, urls: Replica.URLs, start: String,
    incarnation: String,
    scratch: String, log: @escaping @Sendable (String) -> Void
  ) {
    self.service = service
    self.instance = instance
    self.database = database
    self.partitions = partitions
    self.clock = clock
    self.advance = advance
    self.urls = urls
    self.start = start
    self.incarnation = incarnation
    self.scratch = scratch
    self.log = log
  }
}

/// One replica of a service: its owners, followers, leases, bells and the methods that every service answers.
///
/// `Main` folds the customer partitions, `Defs` the one partition of the definitions journal.
public final class Node<Main: Fold, Defs: Fold>: Sendable {
  /// Owners of a PostgreSQL store, each with its own connection.
  static var postgresWriters: Int { 4 }
  static var readers: Int { 2 }
  /// Requests that may wait to settle at one time: fewer than a server's places, so that pages, heads and
  /// health are always answered.
  static var waitingMax: Int { 128 }
  /// The places of a server for such a node.
  public static var parallel: Int { 256 }
  /// A bell is rung at most this often, milliseconds.
  static var bellMilliseconds: Int { 10 }

  public let settings: NodeSettings
  public let main: Group<Main>
  public let definitions: Group<Defs>
  public let directory: Directory
  public let installation: Installation
  let keeper: Keeper
  let lock: Connection
  let workshop = Workshop()
  private let followers: [Follower<Main>]
  private let readers: [Connection]
  private let publisher: Publisher
  private let subscriber: Subscriber
  private let ringing = Bell()
  private let tasks = Mutex<[Task<Void, Never>]>([])
  /// Requests that wait for something to settle; each holds a place of the server while it waits.
  let waiting = Atomic(0)
  private let dialled = Mutex<Set<String>>([])

  /// The number of the definitions partition.
  public var definitionsPartition: Int { settings.partitions }

  /// Opens the store and prepares everything; nothing runs before `start`.
  public init(_ settings: NodeSettings, main: Main, definitions: Defs, directory: Directory) async throws {
    self.settings = settings
    self.directory = directory
    let lock = Connection(settings.database, SessionOptions(exclusive: true))
    let (service, partitions, incarnation) = (
      settings.service.rawValue, settings.partitions, settings.incarnation
    )
    installation = try await lock.run { session in
      let installation = try Installation.open(
        session, service: service, partitions: partitions, incarnation: incarnation)
      try LeaseStore.create(session, Array(0...partitions))
      return installation
    }
    self.lock = lock
    let holder = "\(settings.instance)#\(settings.start)"
    let log = settings.log
    let owner = OwnerSettings(
      database: settings.database, clock: settings.clock, holder: holder, cut: settings.cut
    ) { log("partition \($0) stopped: \($1.message)") }
    let isSQLite = settings.database.engine == .sqlite
    let readers = (0..<Self.readers).map { _ in Connection(settings.database) }
    let ringing = ringing
    self.readers = readers
    self.main = Group(
      fold: main, partitions: Array(0..<partitions), writers: isSQLite ? 1 : Self.postgresWriters,
      readers: readers, settings: owner, ring: ringing.ring)
    self.definitions = Group(
      fold: definitions, partitions: [partitions], writers: 1, readers: readers, settings: owner,
      ring: ringing.ring)
    let group = self.main
    followers = main.upstreams.map {
      Follower($0, group: group, directory: directory, definitionsPartition: partitions)
    }
    keeper = Keeper(
      connection: lock, engine: settings.database.engine, instance: settings.instance, holder: holder,
      // Definitions first: recovery of the other partitions may have to read them.
      members: [
        Self.member(self.definitions, directory, partitions, log),
        Self.member(self.main, directory, partitions, log),
      ],
      machine: settings.clock.machine)
    publisher = try Publisher(urls: [settings.urls.bell])
    subscriber = try Subscriber(topics: main.upstreams.map { "journal/\($0.rawValue)" })
  }

  private static func member<F: Fold>(
    _ group: Group<F>, _ directory: Directory, _ definitionsPartition: Int,
    _ log: @escaping @Sendable (String) -> Void
  ) -> Keeper.Member {
    Keeper.Member(
      partitions: group.partitions,
      open: { partition, epoch in
        let source = Upstream(directory: directory, definitionsPartition: definitionsPartition)
        group.retry(partition)
        try await group.owner(of: partition).open(partition, epoch: epoch, fetch: source.page)
      },
      close: { await group.owner(of: $0).close($0, $1) },
      isOpen: { group.owner(of: $0).inbox.isOpen($0) || group.stopped[$0]?.status == .dataLoss },
      note: { group.note(holder: $1, of: $0) },
      failed: { log("partition \($0) could not be opened: \($1)") })
  }

  /// Starts the loops. The membership must be kept up to date through `directory` by the caller.
  public func start() {
    subscriber.publications { [followers] topic, frames in
      guard let first = frames.first, let message = try? HeadsMessage(first) else { return }
      for follower in followers where topic == "journal/\(follower.journal.rawValue)" {
        follower.heard(message)
      }
    }
    directory.onChange { [weak self] replicas in self?.dial(replicas) }
    dial(directory.replicas)
    var running = main.owners.map { owner in Task { await owner.run() } }
    running += definitions.owners.map { owner in Task { await owner.run() } }
    running += followers.map { follower in Task { await follower.run() } }
    running.append(Task { [weak self] in await self?.keep() })
    running.append(Task { [weak self] in await self?.ring() })
    running.append(Task { [weak self] in await self?.tick() })
    tasks.withLock { $0 = running }
  }

  private func dial(_ replicas: [Replica]) {
    guard !settings.isSilent else { return }
    let upstream = Set(main.fold.upstreams.map(\.owner.rawValue))
    for replica in replicas where upstream.contains(replica.service) {
      let isNew = dialled.withLock { $0.insert(replica.urls.bell).inserted }
      if isNew { try? subscriber.dial(replica.urls.bell) }
    }
    for follower in followers { follower.tick() }
  }

  private func keep() async {
    while !Task.isCancelled {
      do { try await keeper.round() } catch { settings.log("leases: \(error)") }
      try? await Task.sleep(for: .milliseconds(Keeper.roundMilliseconds))
    }
  }

  /// Rings the bells of both journals for what moved, at most every 10 ms.
  private func ring() async {
    while !Task.isCancelled {
      await ringing.wait()
      publish(main.fold.journal, main.settlement.takeMoved())
      publish(definitions.fold.journal, definitions.settlement.takeMoved())
      try? await Task.sleep(for: .milliseconds(Self.bellMilliseconds))
    }
  }

  private func publish(_ journal: JournalName, _ moved: [HeadReport]) {
    guard !moved.isEmpty, !settings.isSilent else { return }
    let message = HeadsMessage(journal: journal, incarnation: installation.incarnation, heads: moved)
    try? publisher.publish(topic: "journal/\(journal.rawValue)", Frames([message.encoded()]))
  }

  private func tick() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(settings.tickMilliseconds))
      for follower in followers { follower.tick() }
      timePassed()
    }
  }

  /// The clock has moved: due instants are looked at, and settled times.
  public func timePassed() {
    for owner in main.owners { owner.inbox.bell.ring() }
    for owner in definitions.owners { owner.inbox.bell.ring() }
    main.settlement.timePassed()
    definitions.settlement.timePassed()
  }

  /// The greatest instant that any partition has seen, unix microseconds; time goes on from there.
  public func greatestNow() async throws -> Int64 {
    try await lock.run { session in
      try session.query("SELECT row FROM progress") { try Progress.unpack($0.blob(0)).now }.max() ?? 0
    }
  }

  /// The partitions and epoch to announce.
  public func held() async -> (partitions: [Int], epoch: Int64) { await keeper.held }

  /// Lets all partitions go and ends all loops; what is committed stays.
  public func stop() async {
    await keeper.leave()
    let running = tasks.withLock { tasks in
      defer { tasks = [] }
      return tasks
    }
    for task in running { task.cancel() }
    for owner in main.owners { await owner.stop() }
    for owner in definitions.owners { await owner.stop() }
    for follower in followers { follower.bell.ring() }
    ringing.ring()
    for task in running { await task.value }
    await subscriber.close()
    publisher.close()
    for reader in readers { await reader.close() }
    await lock.close()
  }
}

/// Reads pages of upstream journals by request, for recovery and rebuilds.
struct Upstream: Sendable {
  /// How long one read may take, with looking for the owner, milliseconds.
  static let timeoutMilliseconds = 30_000
  let directory: Directory
  let definitionsPartition: Int

  /// The next entries of a journal after a number, at most up to `to`.
  @Sendable func page(_ journal: JournalName, _ partition: Int, _ after: Int64, _ to: Int64) async throws
    -> Page
  {
    let source = journal.isDefinitions ? definitionsPartition : partition
    let request = PagesRequest(journal: journal, after: [source: after])
    let reply = try PagesReply(
      await directory.call(
        journal.owner.rawValue, "journal/read", partition: source, Frames([request.encoded()]),
        timeoutMilliseconds: Self.timeoutMilliseconds, retry: true))
    let page = reply.parts.first?.page ?? Page(first: after + 1, entries: Frames())
    return Page(first: page.first, entries: page.entries.slice(from: 0, to: to - page.first + 1))
  }
}
