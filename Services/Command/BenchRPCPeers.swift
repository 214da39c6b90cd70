import ArgumentParser
import Messaging
import Synchronization
import Wire

/// The answering end of `laurel bench rpc`.
struct BenchRPCServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpc-server", abstract: "Echoes until SIGTERM.", shouldDisplay: false)
  static let method = "bench/echo"

  @Argument var url: String

  func run() async throws {
    let signals = Interrupts.stream()
    let server = Server(urls: [url], routes: [Route(quick: Self.method) { $0.payloads }])
    let span = BenchSpan()
    try server.start()
    for await _ in signals { break }
    span.report(0)
    await server.close()
  }
}

/// The asking end of `laurel bench rpc`.
struct BenchRPCClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpc-client", abstract: "Asks so many times.", shouldDisplay: false)
  /// How long one request may take, milliseconds.
  private static let timeoutMilliseconds = 60_000

  @Argument var url: String
  @Argument var size: Int
  @Argument var inFlight: Int
  @Argument var count: Int

  private final class Remaining: Sendable {
    let value: Atomic<Int>
    init(_ count: Int) { value = Atomic(count) }
    func take() -> Bool { value.subtract(1, ordering: .relaxed).newValue >= 0 }
  }

  func run() async throws {
    let caller = try Caller(url: url, name: Cluster.name, inFlightMax: inFlight)
    guard await caller.waitConnected(timeoutMilliseconds: Self.timeoutMilliseconds) else {
      throw Fault("nobody answers at \(url)")
    }
    let payloads = Frames([[UInt8](repeating: 0x78, count: size)])
    let remaining = Remaining(count)
    let span = BenchSpan()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<inFlight {
        group.addTask(executorPreference: CallbackExecutor.shared) {
          while remaining.take() {
            _ = try await caller.call(
              BenchRPCServerCommand.method, payloads, timeoutMilliseconds: Self.timeoutMilliseconds)
          }
        }
      }
      try await group.waitForAll()
    }
    span.report(Int64(count))
    await caller.close()
  }
}
