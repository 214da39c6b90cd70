import Contracts
import Foundation
import Journal
import Messaging
import Storage
import Support
import Testing
import Wire

@testable import Badging
@testable import Ingestion
@testable import Missions
@testable import Scoring

/// The four services with journals in one process over inproc://, with their own folds, routes and stores.
final class Town: Sendable {
  /// What the posts of a town share.
  struct Place: Sendable {
    let cluster: LocalCluster
    let folder: ScratchFolder
    let engine: Engine
  }

  static let partitions = 4
  static let tickMilliseconds = 50
  /// The longest that anything may take here, milliseconds.
  static let patienceMilliseconds = 30_000
  /// Upstream first.
  static let services: [ServiceName] = [.ingestion, .scoring, .missions, .badging]

  let place: Place
  let client: Directory
  let cutter = Cutter()
  let ingestion: Post<IngestionFold, SourcesFold>
  let scoring: Post<ScoringFold, ScoringDefinitionsFold>
  let missions: Post<MissionsFold, TemplatesFold>
  let badging: Post<BadgingFold, BadgesFold>
  private let isSilent: Bool

  init(_ engine: Engine = .sqlite, isSilent: Bool = false) throws {
    place = Place(cluster: LocalCluster(now: Story.start), folder: try ScratchFolder(), engine: engine)
    client = place.cluster.client()
    self.isSilent = isSilent
    ingestion = try Post(
      .ingestion, place, main: IngestionFold(), definitions: SourcesFold(),
      routes: { ingestionRoutes($0, zone: .utc) })
    scoring = try Post(
      .scoring, place, main: ScoringFold(zone: .utc), definitions: ScoringDefinitionsFold(),
      routes: scoringRoutes, background: { await Scoring.JobRunner(node: $0).run() })
    missions = try Post(
      .missions, place, main: MissionsFold(zone: .utc), definitions: TemplatesFold(), routes: missionsRoutes,
      background: { node in
        async let jobs: Void = Missions.JobRunner(node: node).run()
        await RefillRunner(node: node).run()
        await jobs
      })
    badging = try Post(
      .badging, place, main: BadgingFold(zone: .utc), definitions: BadgesFold(), routes: badgingRoutes)
  }

  /// Starts all services at once: some wait for others.
  func open() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for service in Self.services { group.addTask { try await self.open(service) } }
      try await group.waitForAll()
    }
  }

  func open(_ service: ServiceName) async throws {
    let cut = cutter.cut(service)
    switch service {
    case .gateway: break
    case .ingestion: try await ingestion.open(isSilent: isSilent, cut: cut)
    case .scoring: try await scoring.open(isSilent: isSilent, cut: cut)
    case .missions: try await missions.open(isSilent: isSilent, cut: cut)
    case .badging: try await badging.open(isSilent: isSilent, cut: cut)
    }
  }

  func close(_ service: ServiceName) async {
    switch service {
    case .gateway: break
    case .ingestion: await ingestion.close()
    case .scoring: await scoring.close()
    case .missions: await missions.close()
    case .badging: await badging.close()
    }
  }

  func close() async {
    for service in Self.services.reversed() { await close(service) }
  }

  /// Runs a body while services that were broken off are started again on their stores.
  func withRepairs(_ body: () async throws -> Void) async throws {
    let repairs = Task {
      for await service in cutter.broken {
        await close(service)
        try await open(service)
      }
    }
    do { try await body() } catch {
      cutter.end()
      try? await repairs.value
      throw error
    }
    cutter.end()
    try await repairs.value
  }

  /// The end of the town.
  func end() async {
    await close()
    place.cluster.stop()
    await client.close()
  }

  static func partition(of customer: String) -> Int {
    Partitioning.partition(of: customer, count: partitions)
  }
}
