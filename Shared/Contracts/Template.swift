import Wire

/// What a personal mission is made from (domain.md 5).
public struct MissionTemplate: Sendable, Codable, Equatable {
  /// The target, and whether and how it is made personal.
  public struct Threshold: Sendable, Codable, Equatable {
    public var value: Decimal6
    public var `operator`: String
    /// Whether each customer gets a personal target.
    public var personalize: Bool
    public var min: Decimal6?
    public var max: Decimal6?
    public var step: Decimal6?
    /// The score, feature or attribute of the customer that is the target in place of `value`.
    public var amount: String?

    public init(
      value: Decimal6, operator: String = ">=", personalize: Bool = false, min: Decimal6? = nil,
      max: Decimal6? = nil, step: Decimal6? = nil, amount: String? = nil
    ) {
      self.value = value
      self.operator = `operator`
      self.personalize = personalize
      self.min = min
      self.max = max
      self.step = step
      self.amount = amount
    }
  }

  /// The length of the window.
  public enum Period: String, Sendable, Codable, CaseIterable {
    case daily, weekly, monthly, quarterly, yearly, custom
  }

  /// What the mission is for.
  public enum Category: String, Sendable, Codable, CaseIterable {
    case onboarding, engagement, revenue, loyalty, correction
  }

  /// `default` ones are updated by a later release until an operator edits them.
  public enum Origin: String, Sendable, Codable { case `default`, `operator` }

  public var slug: String
  public var version: Int
  public var templateName: String
  public var description: String
  public var category: Category
  public var metric: String
  public var threshold: Threshold
  public var period: Period
  /// Only for a custom period.
  public var periodDays: Int?
  public var rewardConfig: Reward
  /// `min_<score>_score` and `max_<score>_score`, ends included; an unknown value fails.
  public var generationRules: [String: Decimal6]
  /// JSONLogic over scores, features and attributes, as JSON text; nil is always true.
  public var eligibilityRules: String?
  public var priority: Int
  public var isActive: Bool
  public var origin: Origin

  /// The window's length in days of 24 hours.
  public var days: Int {
    switch period {
    case .daily: 1
    case .weekly: 7
    case .monthly: 30
    case .quarterly: 90
    case .yearly: 365
    case .custom: periodDays ?? 1
    }
  }

  public init(
    slug: String, version: Int = 1, templateName: String, description: String, category: Category,
    metric: String, threshold: Threshold, period: Period, periodDays: Int? = nil, rewardConfig: Reward,
    generationRules: [String: Decimal6] = [:], eligibilityRules: String? = nil, priority: Int,
    isActive: Bool = true, origin: Origin = .default
  ) {
    self.slug = slug
    self.version = version
    self.templateName = templateName
    self.description = description
    self.category = category
    self.metric = metric
    self.threshold = threshold
    self.period = period
    self.periodDays = periodDays
    self.rewardConfig = rewardConfig
    self.generationRules = generationRules
    self.eligibilityRules = eligibilityRules
    self.priority = priority
    self.isActive = isActive
    self.origin = origin
  }
}

/// One badge: a type at a level, with the rule that awards it (domain.md 7).
public struct BadgeDefinition: Sendable, Codable, Equatable {
  /// The levels, the lowest first.
  public enum Level: String, Sendable, Codable, CaseIterable, Comparable {
    case bronze, silver, gold, platinum

    public static func < (left: Level, right: Level) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  /// `<badge_type>.<level>`.
  public var slug: String
  public var version: Int
  public var badgeType: String
  public var level: Level
  public var name: String
  public var description: String
  /// JSONLogic as JSON text; nil for one that only missions or operators give.
  public var criteria: String?
  public var isActive: Bool
  public var origin: MissionTemplate.Origin

  public init(
    badgeType: String, level: Level, version: Int = 1, name: String, description: String, criteria: String?,
    isActive: Bool = true, origin: MissionTemplate.Origin = .default
  ) {
    slug = "\(badgeType).\(level.rawValue)"
    self.version = version
    self.badgeType = badgeType
    self.level = level
    self.name = name
    self.description = description
    self.criteria = criteria
    self.isActive = isActive
    self.origin = origin
  }
}

/// An entry of a definitions journal: the whole definition each time that it changes.
public struct DefinitionEntry<Definition: Codable & Sendable>: Sendable {
  /// `template`, `badge` or `source`.
  public var kind: String
  public var definition: Definition

  public init(kind: String, definition: Definition) {
    self.kind = kind
    self.definition = definition
  }

  /// Writes the member that follows `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) throws {
    writer.member("definition", raw: try Cold.encode(definition))
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>, kind: String) throws {
    var found: String?
    var text: ArraySlice<UInt8>?
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": found = try scanner.string()
      case "definition": text = try scanner.skip()
      default: try scanner.skip()
      }
    }
    guard found == kind else { return nil }
    guard let text else { throw WireError.invalid("a definition entry without its definition") }
    self.init(kind: kind, definition: try Cold.decode(Definition.self, text))
  }
}
