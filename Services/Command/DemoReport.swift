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
