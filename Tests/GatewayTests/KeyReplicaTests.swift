import Storage
import Support
import Testing
import Wire

@testable import Gateway

/// Gateways that share their keys by a server.
@Suite(.enabled(if: PrivatePostgres.isAvailable, "PostgreSQL is not installed"))
struct KeyReplicaTests {
  private let first: KeyBook
  private let second: KeyBook

  init() async throws {
    let url = try PrivatePostgres.shared().freshDatabase()
    first = KeyBook(url, logger: TestGateway.quiet)
    second = KeyBook(url, logger: TestGateway.quiet)
    // Both find no table, at the same time.
    async let one: Void = first.open()
    async let two: Void = second.open()
    _ = try await (one, two)
  }

  @Test func keysOfTwoGatewaysNeverHaveOneNumber() async throws {
    let books = [first, second]
    let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
      for count in 0..<20 {
        group.addTask {
          try await books[count % 2].make(
            name: "n", role: .viewer, customer: nil, digest: KeyText.digest("s"), now: 1
          ).number
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(numbers.sorted() == Array(1...20))
    await first.close()
    await second.close()
  }

  @Test func whatOneRevokesTheOtherLearns() async throws {
    let key = try await first.make(
      name: "n", role: .customer, customer: "müller", digest: KeyText.digest("s"), now: 1)
    #expect(second.key(key.number) == nil)
    let watching = Task { await second.watch() }
    try await until { second.key(key.number) == key }
    _ = try await first.revoke(key.number, now: 2)
    #expect(first.key(key.number) == nil)
    try await until { second.key(key.number) == nil }
    watching.cancel()
    await watching.value
    #expect(try await second.list().map(\.revokedAt) == [2])
    await first.close()
    await second.close()
  }

  /// Looks again and again, for ten times as long as it may take.
  private func until(_ isTrue: () -> Bool) async throws {
    let end = ContinuousClock.now + .milliseconds(10 * KeyBook.reloadMilliseconds)
    while !isTrue(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
    #expect(isTrue())
  }
}
