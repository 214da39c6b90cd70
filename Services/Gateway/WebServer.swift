import Glibc
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Wire

/// Hummingbird as a part of the service: bound when started, and empty of requests when stopped.
final class WebServer: Sendable {
  /// Where it listens.
  struct Address: Sendable, Equatable {
    let host: String
    /// 0: any that is free.
    let port: Int

    /// Reads `HOST:PORT`, an IPv6 host in brackets; throws `invalid_argument`.
    init(_ text: String) throws(WireError) {
      guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
        throw .invalid("LAUREL_HTTP is HOST:PORT such as 127.0.0.1:8080, not \"\(text)\"")
      }
      var host = text[..<colon]
      if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
      guard !host.isEmpty else { throw .invalid("LAUREL_HTTP names no host: \"\(text)\"") }
      self.host = String(host)
      self.port = Int(port)
    }
  }

  private struct State: Sendable {
    var group: ServiceGroup?
    var running: Task<Void, Never>?
    var port = 0
  }

  private let address: Address
  private let responder: RouterResponder<GatewayContext>
  private let logger: Logger
  private let state = Mutex(State())

  init(_ address: Address, _ responder: RouterResponder<GatewayContext>, logger: Logger) {
    self.address = address
    self.responder = responder
    self.logger = logger
  }

  /// The port that is listened on, once started.
  var port: Int { state.withLock(\.port) }

  /// Returns when requests are taken.
  ///
  /// Throws `unavailable` for an address in use, `failed_precondition` for one that cannot be listened on.
  func start() async throws {
    let (events, event) = AsyncStream<Result<Int, any Error>>.makeStream()
    let group = group { event.yield(.success($0)) }
    let running = Task {
      do {
        try await group.run()
      } catch {
        event.yield(.failure(error))
      }
      event.finish()
    }
    state.withLock {
      $0.group = group
      $0.running = running
    }
    var first = events.makeAsyncIterator()
    guard let result = await first.next() else { throw WireError.unavailable("the web server ended at once") }
    do {
      let port = try result.get()
      state.withLock { $0.port = port }
    } catch {
      throw refusal(error)
    }
    logger.notice("listening on http://\(address.host):\(port)")
  }

  /// Hummingbird as a group of services that ends when it is told to, never by a signal of its own.
  private func group(_ started: @escaping @Sendable (Int) -> Void) -> ServiceGroup {
    var quiet = logger
    // What it has to say at its start and for each connection is said elsewhere.
    quiet.logLevel = .error
    let application = Application(
      responder: responder,
      server: .http1(configuration: .init(idleTimeout: .milliseconds(Int64(GatewayLimits.idleMilliseconds)))),
      configuration: .init(address: .hostname(address.host, port: address.port)),
      onServerRunning: { started($0.localAddress?.port ?? 0) }, logger: quiet)
    return ServiceGroup(configuration: .init(services: [application], logger: quiet))
  }

  private func refusal(_ error: any Error) -> WireError {
    let place = "\(address.host):\(address.port)"
    let text = "\(error)"
    if text.contains("errno: \(EADDRINUSE)") {
      return .unavailable("another program listens on \(place): give LAUREL_HTTP another port")
    }
    return .failedPrecondition("LAUREL_HTTP: \(place) cannot be listened on: \(text)")
  }

  /// Takes no more connections, finishes the requests that run, closes; the caller sets the limit.
  func stop() async {
    let (group, running) = state.withLock { ($0.group, $0.running) }
    await group?.triggerGracefulShutdown()
    await withTaskCancellationHandler {
      await running?.value
    } onCancel: {
      running?.cancel()
    }
  }
}
