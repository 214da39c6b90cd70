/// A session on an executor of its own: opened at the first use, and again after the connection was lost.
public actor Connection {
  private let executor: BlockingExecutor
  private let url: DatabaseURL
  private let options: SessionOptions
  private var session: Session?
  private var isClosed = false

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  public init(_ url: DatabaseURL, _ options: SessionOptions = .init()) {
    executor = BlockingExecutor(label: "storage \(url)")
    self.url = url
    self.options = options
  }

  /// Runs `body` with the session, on this connection's own thread, one call after the other.
  ///
  /// A call is never repeated: an error with `isTransient` leaves that to the caller, and the next call
  /// opens a new session where the old one was lost.
  public func run<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try body(try usable())
  }

  /// Closes the session; later calls throw `.misuse`.
  public func close() {
    isClosed = true
    session?.close()
    session = nil
  }

  private func usable() throws(StorageError) -> Session {
    if isClosed { throw StorageError(.misuse, "The connection to \(url) is closed.") }
    if let session, session.isUsable { return session }
    session?.close()
    let opened = try Session.open(url, options)
    session = opened
    return opened
  }
}
