import Contracts
import Messaging
import Wire

/// What happened in a demonstration.
struct DemoReport: Sendable {
  var result: DemoRun.Result
  var sources: [SourceAccount]
  /// What the services count.
  var ingestion: JSONTree
  var scores: JSONTree
  var missions: JSONTree
  var badging: JSONTree
  /// The categories of missions by template.
  var categories: [String: String]
  /// The sum of all customers' balances; nil when there are too many to ask for.
  var ledger: Int?
  var story: DemoStory?
  var rebuild: [JSONTree]?
  var audit: Audit?

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
    self.result = result
    sources = []
    ingestion = try await cluster.sum(.ingestion, Method.totals)
    scores = try await cluster.sum(.scoring, "scoring.v1/totals")
    missions = try await cluster.sum(.missions, Method.missionTotals)
    badging = try await cluster.sum(.badging, Method.badgingTotals)
    categories = try await Self.categories(cluster)
    ledger = customers.count > Self.customersMax ? nil : try await Self.balances(cluster, customers)
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

  /// Folds everything again and compares all services.
  mutating func check(_ cluster: Cluster, _ terminal: Terminal) async throws {
    rebuild = try await Rebuild.run(ServiceName.allCases.filter { $0 != .gateway }, cluster, terminal)
    audit = try await Audit.run(cluster, terminal)
  }

  /// Points earned less those taken back, as Badging counts them.
  var points: JSONTree { badging["points"] }

  /// Nothing is wrong, as far as it was checked.
  var isClean: Bool {
    sources.allSatisfy(\.isExact) && ledger.map { $0 == points["sum"].integer } != false
      && Rebuild.differences(rebuild ?? []) == 0 && audit?.isClean(false) != false
  }

  /// Missions of a category, or of all, by status.
  func missions(of category: String? = nil) -> JSONTree {
    missions["templates"].members.reduce(JSONTree.null) { sum, template in
      category == nil || categories[template.name] == category ? sum.merged(with: template.value) : sum
    }
  }

  /// In the order of a customer's life.
  static let categoryNames = ["onboarding", "engagement", "revenue", "loyalty", "correction"]
}
