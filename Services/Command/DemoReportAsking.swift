import Contracts
import Messaging
import Wire

/// What the report asks the services.
extension DemoReport {
  /// Not more customers are asked for their balance one by one.
  static let customersMax = 20_000

  /// Asks the services what became of one's own records.
  init(
    _ result: DemoRun.Result, _ cluster: Cluster, _ data: DemoData, _ outcomes: [PreviewOutcome]
  ) async throws {
    var counts: [String: Int] = [:]
    for outcome in outcomes { if let customer = outcome.customer { counts[customer, default: 0] += 1 } }
    let customers = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    try await self.init(result, cluster, customers: customers)
    sources = [SourceAccount(data.source.name, result.tally)]
    story = try await DemoStory.find(cluster, customers) { customer, at in
      let place = outcomes.indices.first { outcomes[$0].customer == customer && outcomes[$0].at == at }
      return place.map { String(decoding: data.records[$0], as: UTF8.self) }
    }
  }

  /// Asks the services what became of a simulated operator's records.
  init(
    _ result: DemoRun.Result, _ cluster: Cluster, _ feeds: DemoFeeds, _ expected: [Feed: FeedCounts]
  ) async throws {
    try await self.init(result, cluster, customers: feeds.customers)
    let counts = ingestion
    sources = Feed.allCases.map { SourceAccount($0, counts, expected[$0] ?? FeedCounts()) }
    story = try await DemoStory.find(cluster, feeds.customers) { customer, at in
      let events = try await cluster.customer(.ingestion, Method.events, customer, limit: 1_000)["events"]
      let event = events.elements.first { $0["at"].integer == Int(at) && $0["kind"].text == "event" }
      guard let source = event?["source"].text, let id = event?["source_event_id"].text else { return nil }
      return feeds.line(source, id: id)
    }
  }

  private init(_ result: DemoRun.Result, _ cluster: Cluster, customers: [String]) async throws {
    let isMany = customers.count > Self.customersMax
    self.init(
      result: result, sources: [], ingestion: try await cluster.sum(.ingestion, Method.totals),
      scores: try await cluster.sum(.scoring, "scoring.v1/totals"),
      missions: try await cluster.sum(.missions, Method.missionTotals),
      badging: try await cluster.sum(.badging, Method.badgingTotals),
      categories: try await Self.categories(cluster),
      ledger: isMany ? nil : try await Self.balances(cluster, customers))
  }

  private static func categories(_ cluster: Cluster) async throws -> [String: String] {
    do throws(WireError) {
      let reply = try await cluster.call(.missions, Method.templates, Frames([JSONWriter.object { _ in }]))
      let templates = try Cluster.tree(reply, Method.templates)["results"].elements
      let pairs = templates.map { ($0["slug"].shown, $0["category"].shown) }
      return Dictionary(pairs) { first, _ in first }
    } catch { throw Fault("the templates", error) }
  }

  /// Customers that are asked at a time.
  private static let askedAtOnce = 16

  private static func balances(_ cluster: Cluster, _ customers: [String]) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      var sum = 0
      for (place, customer) in customers.enumerated() {
        if place >= askedAtOnce { sum += try await group.next() ?? 0 }
        group.addTask {
          try await cluster.customer(.badging, Method.points, customer)["balance"].integer ?? 0
        }
      }
      return try await group.reduce(sum, +)
    }
  }
}
