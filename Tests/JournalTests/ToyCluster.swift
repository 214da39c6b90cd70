import Contracts
import Foundation
import Messaging
import Storage
import Support
import Synchronization
import Testing
import Wire

@testable import Journal

/// An edge and a follower in one process, with what a test does to them.
final class ToyCluster: Sendable {
  typealias Edge = LocalNode<ToyEdge, ToyDefinitions>
  typealias Sums = LocalNode<ToySums, ToyDefinitions>

  static let partitions = 4
  static let start: Int64 = 1_700_000_000_000_000

  let folder: ScratchFolder
  let cluster = LocalCluster(now: ToyCluster.start)
  let client: Directory
  let edgeDatabase: DatabaseURL
  let sumsDatabase: DatabaseURL

  init(_ engine: Engine) throws {
    folder = try ScratchFolder()
    edgeDatabase = try folder.database(engine, "edge")
    sumsDatabase = try folder.database(engine, "sums")
    client = cluster.client()
  }

  func edge(
    _ instance: String = "edge", silent: Bool = false,
    cut: @escaping @Sendable (CutPoint) throws -> Void = { _ in }
  ) async throws -> Edge {
    var settings = cluster.settings(
      .ingestion, instance, database: edgeDatabase, partitions: Self.partitions, scratch: folder.path)
    settings.isSilent = silent
    settings.cut = cut
    settings.tickMilliseconds = 50
    return try await cluster.start(
      settings, main: ToyEdge(), definitions: ToyDefinitions(journal: .ingestionDefinitions)
    ) { node in [Self.commands(node, "edge/append")] }
  }

  func sums(
    _ instance: String = "sums", silent: Bool = false, database: DatabaseURL? = nil,
    cut: @escaping @Sendable (CutPoint) throws -> Void = { _ in }
  ) async throws -> Sums {
    var settings = cluster.settings(
      .scoring, instance, database: database ?? sumsDatabase, partitions: Self.partitions,
      scratch: folder.path)
    settings.isSilent = silent
    settings.cut = cut
    settings.tickMilliseconds = 50
    return try await cluster.start(
      settings, main: ToySums(), definitions: ToyDefinitions(journal: .scoringDefinitions)
    ) { node in [Self.commands(node, "sums/bonus")] }
  }

  /// A command to the partition named by the request's first payload; the rest is the command's.
  private static func commands<M: Fold, D: Fold>(_ node: Node<M, D>, _ method: String) -> Route {
    Route(method) { request in
      var iterator = request.payloads.makeIterator()
      guard let text = iterator.next(), let partition = Int(String(decoding: text, as: UTF8.self)) else {
        throw WireError.invalid("no partition")
      }
      var rest = Frames()
      while let payload = iterator.next() { rest.append(payload) }
      return try await node.main.submit(
        partition, Command(method: method, key: request.head.key ?? "", payloads: rest))
    }
  }

  /// Sends numbers to the edge, keyed, until they are durable.
  func send(_ partition: Int, _ lines: [String], key: String = UUID().uuidString) async throws {
    let payloads = Frames([Array(String(partition).utf8)] + lines.map { Array($0.utf8) })
    _ = try await client.call(
      "ingestion", "edge/append", partition: partition, payloads, timeoutMilliseconds: 20_000, key: key,
      retry: true)
  }

  func bonus(_ partition: Int, _ customer: String, key: String) async throws -> Frames {
    try await client.call(
      "scoring", "sums/bonus", partition: partition,
      Frames([Array(String(partition).utf8), Array(customer.utf8)]),
      timeoutMilliseconds: 20_000, key: key, retry: true)
  }

  /// Waits until the follower has settled all that the edge holds and all instants up to now.
  func settle(_ edge: Edge, _ sums: Sums) async throws {
    try await sums.open()
    let heads = edge.node.main.settlement.reports()
    let goal = Settlement.Goal(
      positions: heads.map { Position(partition: $0.partition, journal: .events, number: $0.head) },
      time: cluster.clock.now)
    let isSettled = await sums.node.main.settlement.wait(goal, milliseconds: 20_000)
    #expect(isSettled, "\(sums.node.main.settlement.reports()) short of \(goal), \(sums.node.main.stopped)")
  }

  /// Sums of all customers of the follower.
  func state(_ sums: Sums) async throws -> [String: Int64] {
    var found: [String: Int64] = [:]
    for partition in 0..<Self.partitions {
      let part = try await sums.node.main.read(partition) { reader in
        try reader.rows(try reader.keys(prefix: "c:", limit: 10_000)).mapValues(\.sum)
      }
      found.merge(part) { first, _ in first }
    }
    return found
  }

  /// Rebuild and audit of both, with the checksums of what was taken compared with what was put out.
  func audit(_ edge: Edge, _ sums: Sums) async throws {
    for report in [try await edge.node.rebuildAll(), try await sums.node.rebuildAll()] {
      let text = String(decoding: report.first ?? [], as: UTF8.self)
      #expect(text.contains(#""differences":0"#), "\(text)")
    }
    for partition in 0..<Self.partitions {
      let taken = try #require(await sums.node.main.owner(of: partition).progress(of: partition))
      let put = try #require(await edge.node.main.owner(of: partition).progress(of: partition))
      #expect(taken[.events].sum == put.outputs)
      #expect(taken[.events].number == put.head)
    }
    for report in [
      try await edge.node.audit(Request(head: .init(method: "audit/run", id: "1", deadline: 0))),
      try await sums.node.audit(Request(head: .init(method: "audit/run", id: "1", deadline: 0))),
    ] {
      let text = String(decoding: report.first ?? [], as: UTF8.self)
      #expect(text.contains(#""findings":[]"#), "\(text)")
    }
  }

  func end(_ edge: Edge?, _ sums: Sums?) async {
    await edge?.stop()
    await sums?.stop()
    cluster.stop()
    await client.close()
  }
}
