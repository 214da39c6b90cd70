import Testing
import Wire

/// What must be the same however a story was told.
struct Lasting: Sendable {
  struct Made: Hashable, Sendable {
    var customer: String
    var template: String
    var start: Int64
  }

  /// Of how many templates missions are made at least, and by how many metrics they come on.
  private static let (templatesMin, metricsMin) = (12, 6)

  var scores: [String: ShownScores] = [:]
  var missions: [Made: ShownMission] = [:]
  /// Points, badges held and offers without their ids, sorted.
  var rewards: [String: [String]] = [:]

  init(_ town: Town, _ customers: [String]) async throws {
    for customer in customers {
      scores[customer] = try await town.scores(customer)
      for mission in try await town.missions(customer) {
        let made = Made(customer: customer, template: mission.templateSlug, start: mission.startDate)
        missions[made] = mission
      }
      rewards[customer] = try await town.rewardTexts(customer)
    }
  }

  /// Metrics by which some mission has come on.
  private var moved: Set<String> { Set(missions.values.filter { $0.currentValue > .zero }.map(\.metric)) }

  /// A story in which little happens proves little.
  func expectEventful(days: Int, _ told: String) {
    let states = Set(missions.values.map(\.status))
    let expected: Set =
      days > 12 ? ["active", "completed", "revoked", "expired"] : ["active", "completed", "revoked"]
    #expect(states.isSuperset(of: expected), "\(states), \(told)")
    #expect(Set(missions.keys.map(\.template)).count >= Self.templatesMin, "\(told)")
    #expect(moved.count >= Self.metricsMin, "\(told)")
    // Made by the refill at midnight, and asked for at noon.
    #expect(Set(missions.keys.map { ($0.start - Story.start) % Story.dayMicros }).count == 2, "\(told)")
  }

  /// Broken off and come again, a town decides nothing otherwise: only ids may differ.
  func expectSameDecisions(as other: Lasting, _ told: String) {
    #expect(scores == other.scores, "\(told)")
    #expect(Set(missions.keys) == Set(other.missions.keys), "\(told)")
    for (customer, reward) in rewards where reward != other.rewards[customer] {
      Issue.record("\(customer) has \(reward), not \(other.rewards[customer] ?? []), \(told)")
    }
    for (made, mission) in missions {
      var same = other.missions[made]
      same?.id = mission.id
      #expect(mission == same, "\(told)")
    }
  }

  /// Features and scores are equal, and so is the progress of missions that both have: whether one is made
  /// is a decision, and may differ where a target was reached and lost again on the way.
  func expectSame(as other: Lasting, _ told: String) {
    #expect(scores == other.scores, "\(told)")
    let both = missions.keys.filter { other.missions[$0] != nil }
    #expect(both.count * 10 >= missions.count * 9, "\(both.count) of \(missions.count), \(told)")
    for made in both {
      guard let one = missions[made], let two = other.missions[made] else { continue }
      #expect(one.targetValue == two.targetValue, "\(made), \(told)")
      guard (one.status == "cancelled") == (two.status == "cancelled") else { continue }
      #expect(one.currentValue == two.currentValue, "\(made), \(told)")
      #expect(one.progressPercent == two.progressPercent, "\(made), \(told)")
    }
  }
}
