import Contracts
import Testing
import Wire

/// Every mission of the catalogue, from the records that make it a customer's to its reward and back.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct JourneyTests {
  @Test func everyTemplateIsGeneratedCompletedRewardedAndTakenBack() async throws {
    let town = try Town()
    try await town.open()
    #expect(try await town.templates() == Journeys.all.map(\.template).sorted())
    try await push(Journeys.all.flatMap(\.history), to: town, key: "history")
    var missions: [String: String] = [:]
    for journey in Journeys.all { missions[journey.template] = try await generate(journey, town) }
    let last = Journeys.all.map(\.lastDay).max() ?? 0
    for day in 0...last {
      try await town.advance(to: Story.midnight(day) + Story.dayMicros / 2)
      let records = Journeys.all.flatMap(\.records).filter { $0.day == day }
      try await push(records, to: town, key: "day-\(day)")
      try await end(Journeys.all.filter { $0.lastDay == day }, day, missions, town)
    }
    try await town.check("after \(last) days")
    await town.end()
  }

  private func push(_ records: [Record], to town: Town, key: String) async throws {
    guard !records.isEmpty else { return }
    let pushed = try await town.push(records, key: key)
    #expect(pushed.accepted == records.count, "\(key): \(pushed)")
    try await town.settle(pushed.positions)
  }

  /// Asks for a journey's mission by name; gives its id.
  private func generate(_ journey: Journey, _ town: Town) async throws -> String {
    let answer = try await town.generate(journey.customer, journey.template, key: journey.template)
    let result = try #require(answer.results.first)
    let mission = try #require(result.missions.first, "\(result.verdicts)")
    #expect(result.missions.count == 1, "\(journey.template)")
    #expect(mission.templateSlug == journey.template)
    #expect(mission.targetValue == Decimal6(journey.target), "\(journey.template)")
    #expect(mission.status == "active" && mission.currentValue == .zero, "\(mission)")
    return mission.id
  }

  /// What was completed is rewarded; its last record is taken back, and with it the reward.
  private func end(
    _ journeys: [Journey], _ day: Int, _ missions: [String: String], _ town: Town
  ) async throws {
    for journey in journeys {
      let id = try #require(missions[journey.template])
      let mission = try await town.mission(id, of: journey.customer)
      #expect(mission.status == "completed" && mission.currentValue >= mission.targetValue, "\(mission)")
      try await expect(journey, id, isRewarded: true, town)
    }
    let takenBack = journeys.filter(\.isTakenBack)
    try await push(takenBack.compactMap { $0.records.last?.back }, to: town, key: "back-\(day)")
    for journey in takenBack {
      let id = try #require(missions[journey.template])
      let mission = try await town.mission(id, of: journey.customer)
      #expect(mission.status == "revoked" && mission.currentValue < mission.targetValue, "\(mission)")
      try await expect(journey, id, isRewarded: false, town)
    }
  }

  private func expect(_ journey: Journey, _ id: String, isRewarded: Bool, _ town: Town) async throws {
    let entries = try await town.ledger(journey.customer).filter { $0.reference == "\(id)/1" }
    let expected = [journey.points] + (isRewarded ? [] : [-journey.points])
    #expect(entries.map(\.points).sorted(by: >) == expected, "\(journey.template): \(entries)")
    let grants = try await town.grants(journey.customer).filter { $0.mission == id }
    #expect(grants.map(\.offerId) == [journey.offer].compactMap(\.self), "\(journey.template)")
    #expect(
      grants.allSatisfy { $0.status == (isRewarded ? "granted" : "revoked") },
      "\(journey.template): \(grants)")
    guard let badge = journey.badge else { return }
    let awards = try await town.awards(journey.customer).filter { $0.badge == badge }
    let isHeld = awards.contains { $0.revokedAt == nil }
    #expect(!awards.isEmpty, "\(journey.template)")
    #expect(isHeld == (isRewarded || journey.keepsBadge), "\(journey.template): \(awards)")
  }
}
