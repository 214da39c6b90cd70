import Contracts
import Journal
import Rules
import Testing
import Wire

@testable import Badging

/// The table of domain.md 7, written down again by hand.
@Suite struct CatalogueTests {
  /// What just suffices for the four levels of a type, and what is just too little.
  struct Case: Sendable, CustomTestStringConvertible {
    let type: String
    let enough: [[String: RuleValue]]
    let below: [[String: RuleValue]]

    init(_ type: String, _ enough: [[String: RuleValue]], below: [[String: RuleValue]]) {
      (self.type, self.enough, self.below) = (type, enough, below)
    }

    /// One value that has to be so much.
    init(_ type: String, _ name: String, _ enough: [RuleValue], below: [RuleValue]) {
      self.init(type, enough.map { [name: $0] }, below: below.map { [name: $0] })
    }

    var testDescription: String { "\(type) \(enough.first?.keys.sorted() ?? [])" }
  }

  private static let used: [String: RuleValue] = [
    "customer_age_days": 0.0, "calls_made_ever": 1.0, "data_events_ever": 1.0, "recharges_ever": 1.0,
  ]

  private static func with(_ values: [String: RuleValue], _ more: [String: RuleValue]) -> [String: RuleValue]
  {
    values.merging(more) { $1 }
  }

  private static let app = with(used, ["app_logins_ever": 1.0])

  static let cases = [
    Case(
      "activated", [["customer_age_days": 0.0], used, app, with(app, ["profile_completeness": 100.0])],
      below: [
        ["calls_made_ever": 5.0], with(used, ["recharges_ever": 0.0]), with(used, ["app_logins_ever": 0.0]),
        with(app, ["profile_completeness": 99.0]),
      ]),
    Case("30_days_active", "active_days_30d", [10.0, 20.0, 26.0, 30.0], below: [9.0, 19.0, 25.0, 29.0]),
    Case(
      "90_days_loyal",
      [90.0, 180.0, 365.0, 730.0].map { ["customer_age_days": $0, "days_since_last_activity": 30.0] },
      below: [89.0, 179.0, 364.0, 729.0].map { ["customer_age_days": $0, "days_since_last_activity": 0.0] }),
    Case("power_user", "engagement", [40.0, 60.0, 80.0, 95.0], below: [39.99, 59.99, 79.99, 94.99]),
    Case("app_champion", "digital", [30.0, 50.0, 75.0, 90.0], below: [29.99, 49.99, 74.99, 89.99]),
    Case("big_spender", "revenue_30d", [20.0, 50.0, 100.0, 200.0], below: [19.99, 49.99, 99.99, 199.99]),
    Case("premium", "revenue", [60.0, 70.0, 85.0, 95.0], below: [59.99, 69.99, 84.99, 94.99]),
    Case("self_care_pro", "self_care_actions_90d", [3.0, 10.0, 25.0, 50.0], below: [2.0, 9.0, 24.0, 49.0]),
    Case("auto_renew", "auto_renew_days", [1.0, 90.0, 180.0, 365.0], below: [0.0, 89.0, 179.0, 364.0]),
    Case("referrer", "referrals", [1.0, 3.0, 5.0, 10.0], below: [0.0, 2.0, 4.0, 9.0]),
    Case(
      "comeback_hero", "longest_return_gap_days", [30.0, 45.0, 60.0, 90.0], below: [29.0, 44.0, 59.0, 89.0]),
  ]

  private static let levels = BadgeDefinition.Level.allCases

  /// Each level by itself, from nothing: the lower ones come with it, from bronze up.
  @Test(arguments: cases, levels.indices)
  func aLevelBringsTheLowerOnes(each: Case, level: Int) throws {
    let expected = Self.levels.prefix(level + 1).map { "\(each.type).\($0.rawValue)" }
    let stage = try Stage()
    let watcher = try Watcher(stage)
    try watcher.see(each.below[level])
    #expect(try held(stage, each.type) == Set(expected.dropLast()))
    let told = try watcher.see(each.enough[level]).filter { $0.hasPrefix("+\(each.type).") }
    #expect(told == ["+" + expected[level]])
    #expect(try held(stage, each.type) == Set(expected))

    // It stays when it becomes false by time, and goes with its evidence.
    try watcher.see([:])
    #expect(try held(stage, each.type) == Set(expected))
    #expect(try stage.audit() == [])

    let other = try Stage()
    let second = try Watcher(other)
    try second.see(each.enough[level])
    #expect(Set(try second.takeAllBack()).isSuperset(of: expected.map { "-" + $0 }))
    #expect(try other.held() == [])
    #expect(try other.audit() == [])
  }

  private func held(_ stage: Stage, _ type: String) throws -> Set<String> {
    try stage.held().filter { $0.hasPrefix(type + ".") }
  }

  /// The highest comparison alone is told first: bronze is awarded first all the same.
  @Test func levelsUnlockFromBronzeUp() throws {
    let stage = try Stage()
    let told = try stage.up(#"{">=":[{"var":"referrals"},10]}"#).told
    #expect(told == ["+referrer.bronze", "+referrer.silver", "+referrer.gold", "+referrer.platinum"])
    let places = try stage.row().held.map(\.place)
    #expect(places == [1, 2, 3, 4])
  }

  /// Correction missions 1, 3, 5 and 10 bring the levels, and taking back brings them down.
  @Test func theComebackHeroCountsCorrections() throws {
    let stage = try Stage()
    var told: [Int: [String]] = [:]
    for mission in 1...10 {
      let outputs = try stage.outcome(.completed, "m-7-\(mission)", category: "correction", points: 0)
      told[mission] = outputs.filter { $0.hasPrefix("+") }
      try stage.outcome(.completed, "m-8-\(mission)", category: "engagement", points: 0)
    }
    #expect(
      told.filter { !$0.value.isEmpty }.mapValues { $0[0] } == [
        1: "+comeback_hero.bronze", 3: "+comeback_hero.silver", 5: "+comeback_hero.gold",
        10: "+comeback_hero.platinum",
      ])
    let gold = try stage.outcome(.revoked, "m-7-10", category: "correction", points: 0)
    #expect(gold == ["notice mission.revoked", "-comeback_hero.platinum"])
    for mission in 5...9 { try stage.outcome(.revoked, "m-7-\(mission)", category: "correction", points: 0) }
    #expect(try stage.held() == ["comeback_hero.bronze", "comeback_hero.silver"])
    #expect(try stage.audit() == [])
  }

  /// A long absence stands in for what a revoked mission leaves.
  @Test func theComebackHeroNeedsOnlyOneReason() throws {
    let stage = try Stage()
    try stage.outcome(.completed, "m-7-1", category: "correction", points: 0)
    let up = try stage.up(#"{">=":[{"var":"longest_return_gap_days"},30]}"#)
    let revoked = try stage.outcome(.revoked, "m-7-1", category: "correction", points: 0)
    #expect(revoked == ["notice mission.revoked"])
    #expect(
      try stage.revoke(up.number, of: #"{">=":[{"var":"longest_return_gap_days"},30]}"#) == [
        "-comeback_hero.bronze"
      ])
    #expect(try stage.audit() == [])
  }

  @Test(arguments: [
    (["plan_tier": "premium"] as [String: RuleValue], 3), (["plan_tier": "standard"], 0),
    (["plan_tier": "premium", "revenue": 95.0], 4), (["plan_tier": "basic", "revenue": 70.0], 2),
  ])
  func thePremiumPlanIsGold(values: [String: RuleValue], count: Int) throws {
    let stage = try Stage()
    try Watcher(stage).see(values)
    #expect(try held(stage, "premium").count == count)
  }

  /// 31 days of silence, or an age that nobody knows, make nobody loyal.
  @Test(arguments: [
    ["customer_age_days": 800.0, "days_since_last_activity": 31.0] as [String: RuleValue],
    ["customer_age_days": 800.0], ["days_since_last_activity": 0.0],
  ])
  func loyaltyNeedsActivity(values: [String: RuleValue]) throws {
    let stage = try Stage()
    try Watcher(stage).see(values)
    #expect(try held(stage, "90_days_loyal") == [])
  }

  @Test func aCustomerWithNothingHoldsNothing() throws {
    let stage = try Stage()
    #expect(try Watcher(stage).see([:]) == [])
    #expect(stage.twin.outputs.isEmpty)
  }

  /// Twelve types of four levels; all but `custom` have criteria and are active.
  @Test func thereAreFortyEight() throws {
    let badges = try DefaultBadges.all
    #expect(Set(badges.map(\.badgeType)) == Set(Self.cases.map(\.type) + ["custom"]))
    #expect(Set(badges.map(\.slug)).count == 48)
    #expect(Set(badges.map(\.name)).count == 48)
    for badge in badges {
      #expect(badge.slug == "\(badge.badgeType).\(badge.level.rawValue)")
      #expect(badge.isActive == (badge.badgeType != "custom"), "\(badge.slug)")
      #expect((badge.criteria == nil) == (badge.badgeType == "custom"), "\(badge.slug)")
      #expect(badge.origin == .default && badge.version == 1)
      #expect(!badge.description.isEmpty)
    }
  }

  /// Scoring has to watch 44 comparisons, over these variables and no others.
  @Test func whatScoringWatches() throws {
    let watcher = try Watcher(try Stage())
    #expect(watcher.watched.count == 44)
    #expect(
      Set(watcher.watched.flatMap(\.rule.variables)) == [
        "known.customer_age_days", "calls_made_ever", "data_events_ever", "recharges_ever", "app_logins_ever",
        "profile_completeness", "active_days_30d", "customer_age_days", "days_since_last_activity",
        "engagement",
        "digital", "revenue_30d", "revenue", "plan_tier", "self_care_actions_90d", "auto_renew_days",
        "referrals",
        "longest_return_gap_days",
      ])
    #expect(watcher.stage.twin.definitions.badges.watched.count == 44)
  }
}
