import Wire

extension Method {
  /// `{"slug", "changes": {"is_active", "name", "description", "criteria"}}`; gives the badge as it then is.
  public static let patchBadge = "badging.v1/patch-badge"
  /// `{"badge", "customer_id"}`; gives `{"status": "awarded" | "already_held" | "not_met", ...}`.
  public static let checkAndAward = "badging.v1/check"
}

/// Something that is on record for a customer and on which an award stands.
public enum Evidence: Sendable, Hashable, Comparable {
  /// The number of an `up` in the journal `crossings`.
  case crossing(Int64)
  /// A completion of a mission.
  case occasion(mission: String, Int)
  /// So many completed missions of a category.
  case completed(category: String, Int)

  /// `{"crossing"}`, `{"mission", "occasion"}` or `{"category", "completed"}`.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      switch self {
      case .crossing(let number): writer.member("crossing", number)
      case .occasion(let mission, let occasion):
        writer.member("mission", mission)
        writer.member("occasion", occasion)
      case .completed(let category, let count):
        writer.member("category", category)
        writer.member("completed", count)
      }
    }
  }

  /// Reads what `write` wrote; throws `invalid_argument` for another object.
  public init(_ scanner: inout JSONScanner) throws {
    var texts: [String: String] = [:]
    var numbers: [String: Int64] = [:]
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "mission", "category": texts[key.description] = try scanner.string()
      case "crossing", "occasion", "completed": numbers[key.description] = try scanner.integer()
      default: try scanner.skip()
      }
    }
    if let number = numbers["crossing"] {
      self = .crossing(number)
    } else if let mission = texts["mission"], let occasion = numbers["occasion"] {
      self = .occasion(mission: mission, Int(occasion))
    } else if let category = texts["category"], let count = numbers["completed"] {
      self = .completed(category: category, Int(count))
    } else {
      throw WireError.invalid("an evidence of an unknown kind")
    }
  }
}

/// A badge that was awarded to a customer, or an award that was taken back.
public struct AwardEntry: Sendable, Equatable {
  public static let kind = "award"

  /// What happened to the award.
  public enum Change: String, Sendable { case awarded, revoked }

  /// Why it was decided.
  public enum Reason: String, Sendable, CaseIterable {
    /// A crossing or an outcome made the badge's criteria true.
    case criteria
    /// A completed mission's reward.
    case mission
    /// The badge's criteria were changed.
    case definition
    /// Somebody asked for the badge.
    case request
    /// A reversal took the evidence away.
    case reversal
  }

  /// The award's id, the same when it is taken back: `a-<partition>-<number of its first entry>`.
  public var id: String
  public var customer: String
  /// The instant of the decision, unix microseconds.
  public var at: Int64
  /// `<badge_type>.<level>`.
  public var badge: String
  public var badgeType: String
  public var level: BadgeDefinition.Level
  public var change: Change
  public var reason: Reason
  /// What the award stands on; of a revoked one, what was taken away.
  public var evidence: [Evidence]

  public init(
    id: String, customer: String, at: Int64, badge: String, badgeType: String, level: BadgeDefinition.Level,
    change: Change, reason: Reason, evidence: [Evidence]
  ) {
    self.id = id
    self.customer = customer
    self.at = at
    self.badge = badge
    self.badgeType = badgeType
    self.level = level
    self.change = change
    self.reason = reason
    self.evidence = evidence
  }

  /// Writes the members that follow `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    writer.member("at", at)
    writer.member("badge", badge)
    writer.member("badge_type", badgeType)
    writer.member("level", level.rawValue)
    writer.member("change", change.rawValue)
    writer.member("reason", reason.rawValue)
    writer.key("evidence")
    writer.array { writer in for fact in evidence { fact.write(&writer) } }
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>) throws {
    self.init(
      id: "", customer: "", at: 0, badge: "", badgeType: "", level: .bronze, change: .awarded,
      reason: .criteria,
      evidence: [])
    var known = false
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = try scanner.string() == Self.kind
      case "id": id = try scanner.string()
      case "customer_id": customer = try scanner.string()
      case "at": at = try scanner.integer()
      case "badge": badge = try scanner.string()
      case "badge_type": badgeType = try scanner.string()
      case "level" where known: level = try scanner.word("a level of a badge")
      case "change" where known: change = try scanner.word("a change of an award")
      case "reason" where known: reason = try scanner.word("a reason of an award")
      case "evidence":
        try scanner.beginArray()
        while try scanner.nextElement() { evidence.append(try Evidence(&scanner)) }
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    if !known { return nil }
  }
}

extension JSONScanner {
  /// A string that is one of a type's words; throws `invalid_argument` that says what it should be.
  mutating func word<T: RawRepresentable>(_ what: String) throws -> T where T.RawValue == String {
    let text = try string()
    guard let value = T(rawValue: text) else { throw WireError.invalid("'\(text)' is not \(what)") }
    return value
  }
}
