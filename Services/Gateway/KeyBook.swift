import Logging
import Storage
import Synchronization
import Wire

/// The keys in force, at hand for every request, and the store behind them.
final class KeyBook: Sendable {
  /// How long a key that another gateway has made or revoked may stay unnoticed here, in milliseconds.
  static let reloadMilliseconds = 1_000
  /// How often a request is tried that met a broken connection.
  private static let triesMax = 3

  private let connection: Connection
  /// Whether other gateways write there too: a SQLite file has one process.
  private let isShared: Bool
  private let livingMax: Int
  private let logger: Logger
  private let known = Mutex<[Int64: APIKey]>([:])

  /// Opens nothing yet; `livingMax` is the most keys in force.
  init(_ url: DatabaseURL, livingMax: Int = APIKey.livingMax, logger: Logger) {
    self.livingMax = livingMax
    connection = Connection(url, SessionOptions(exclusive: true))
    isShared = url.engine == .postgres
    self.logger = logger
  }

  /// Opens the store and reads the keys; throws what to do when it cannot be opened.
  func open() async throws {
    try await connection.run { session in
      try KeyStore.create(session)
      try self.load(session)
    }
  }

  /// Follows what other gateways do, until the task is cancelled.
  func watch() async {
    guard isShared else { return }
    while (try? await Task.sleep(for: .milliseconds(Self.reloadMilliseconds))) != nil {
      do {
        try await connection.run { try self.load($0) }
      } catch {
        logger.warning("the keys could not be read again: \(error)")
      }
    }
  }

  func close() async { await connection.close() }

  /// A key in force.
  func key(_ number: Int64) -> APIKey? { known.withLock { $0[number] } }

  /// The newest keys, revoked ones too.
  func list() async throws(WireError) -> [APIKey] {
    try await run { try KeyStore.newest($0, limit: GatewayLimits.pageMax) }
  }

  /// Makes a key; throws `failed_precondition` when there are too many.
  func make(
    name: String, role: Role, customer: String?, digest: [UInt8], now: Int64
  ) async throws(WireError) -> APIKey {
    try await run { session in
      let key = try session.transaction { session in
        guard try KeyStore.living(session).count < self.livingMax else {
          throw WireError.failedPrecondition("there are \(self.livingMax) keys already: revoke some")
        }
        let key = APIKey(
          number: try KeyStore.next(session), name: name, role: role, customer: customer, digest: digest,
          createdAt: now)
        try KeyStore.insert(session, key)
        return key
      }
      try self.load(session)
      return key
    }
  }

  /// Takes a key out of force, now and here at once; a second time changes nothing. nil: there is none.
  func revoke(_ number: Int64, now: Int64) async throws(WireError) -> APIKey? {
    try await run { session in
      try session.transaction { try KeyStore.revoke($0, number, at: now) }
      try self.load(session)
      return try KeyStore.one(session, number)
    }
  }

  /// On the connection's own thread, so that an older reading never covers a newer one.
  private func load(_ session: Session) throws {
    let keys = try KeyStore.living(session)
    known.withLock { $0 = Dictionary(keys.map { ($0.number, $0) }) { first, _ in first } }
  }

  private func run<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws(WireError) -> T {
    var tries = 1
    while true {
      do {
        return try await connection.run(body)
      } catch let error as WireError {
        throw error
      } catch {
        let mayPass = (error as? StorageError)?.isTransient ?? false
        guard mayPass, tries < Self.triesMax else {
          throw .unavailable("the store of the keys does not answer", cause: error)
        }
        tries += 1
      }
    }
  }
}
