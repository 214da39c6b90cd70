import Contracts

/// The badges that exist from the first start (domain.md 7).
enum DefaultBadges {
  static let all = activated + powerUser

  private static let activated = [
    BadgeDefinition(
      badgeType: "activated", level: .bronze, name: "Welcome aboard",
      description: "The account is active.", criteria: #"{"var":"known.customer_age_days"}"#),
    BadgeDefinition(
      badgeType: "activated", level: .silver, name: "Up and running",
      description: "Called, used data and recharged at least once.",
      criteria: #"""
        {"and":[{"var":"known.customer_age_days"},{">=":[{"var":"calls_made_ever"},1]},
        {">=":[{"var":"data_events_ever"},1]},{">=":[{"var":"recharges_ever"},1]}]}
        """#),
    BadgeDefinition(
      badgeType: "activated", level: .gold, name: "At home in the app",
      description: "Up and running, and logged in to the app.",
      criteria: #"""
        {"and":[{"var":"known.customer_age_days"},{">=":[{"var":"calls_made_ever"},1]},
        {">=":[{"var":"data_events_ever"},1]},{">=":[{"var":"recharges_ever"},1]},
        {">=":[{"var":"app_logins_ever"},1]}]}
        """#),
    BadgeDefinition(
      badgeType: "activated", level: .platinum, name: "All set",
      description: "At home in the app, with a complete profile.",
      criteria: #"""
        {"and":[{"var":"known.customer_age_days"},{">=":[{"var":"calls_made_ever"},1]},
        {">=":[{"var":"data_events_ever"},1]},{">=":[{"var":"recharges_ever"},1]},
        {">=":[{"var":"app_logins_ever"},1]},{">=":[{"var":"profile_completeness"},100]}]}
        """#),
  ]

  private static let powerUser = [
    powerUser(.bronze, "Regular", engagement: 40), powerUser(.silver, "Enthusiast", engagement: 60),
    powerUser(.gold, "Power user", engagement: 80), powerUser(.platinum, "Always on", engagement: 95),
  ]

  private static func powerUser(
    _ level: BadgeDefinition.Level, _ name: String, engagement: Int
  ) -> BadgeDefinition {
    BadgeDefinition(
      badgeType: "power_user", level: level, name: name,
      description: "An engagement score of \(engagement) or more.",
      criteria: #"{">=":[{"var":"engagement"},\#(engagement)]}"#)
  }
}

extension BadgeDefinition {
  /// What a release that has this default appends after what is known; nil where nothing is to be done,
  /// because it is the same or an operator's.
  func following(_ known: BadgeDefinition?) -> BadgeDefinition? {
    guard let known else { return self }
    var next = self
    next.version = known.version
    guard known.origin == .default, known != next else { return nil }
    next.version += 1
    return next
  }
}
