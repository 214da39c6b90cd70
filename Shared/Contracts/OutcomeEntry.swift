import Wire

/// A change of a mission: generated, completed (an occasion), revoked (that occasion), expired or cancelled.
public struct OutcomeEntry: Sendable, Equatable {
  /// What happened to the mission.
  public enum Change: String, Sendable, Codable { case generated, completed, revoked, expired, cancelled }

  public var customer: String
  public var mission: String
  public var template: String
  public var category: String
  public var change: Change
  /// The count of completions, 1 for the first; 0 before any.
  public var occasion: Int
  /// The instant of the change: generation, completion in event time, revocation, expiry.
  public var at: Int64
  public var reward: Reward
  public var name: String

  public init(
    customer: String, mission: String, template: String, category: String, change: Change, occasion: Int,
    at: Int64, reward: Reward, name: String
  ) {
    self.customer = customer
    self.mission = mission
    self.template = template
    self.category = category
    self.change = change
    self.occasion = occasion
    self.at = at
    self.reward = reward
    self.name = name
  }

  /// Writes the members that follow `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    writer.member("at", at)
    writer.member("mission", mission)
    writer.member("template", template)
    writer.member("category", category)
    writer.member("name", name)
    writer.member("change", change.rawValue)
    writer.member("occasion", occasion)
    writer.key("reward")
    reward.write(&writer)
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>) throws {
    self.init(
      customer: "", mission: "", template: "", category: "", change: .generated, occasion: 0, at: 0,
      reward: Reward(points: 0), name: "")
    var known = false
    var isReadable = true
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = try scanner.string() == "outcome"
      case "customer_id": customer = try scanner.string()
      case "at": at = try scanner.integer()
      case "mission": mission = try scanner.string()
      case "template": template = try scanner.string()
      case "category": category = try scanner.string()
      case "name": name = try scanner.string()
      case "change":
        let read = Change(rawValue: try scanner.string())
        (change, isReadable) = (read ?? change, read != nil)
      case "occasion": occasion = Int(try scanner.integer())
      case "reward": reward = try Reward(&scanner)
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    if !known { return nil }
    guard isReadable else { throw WireError.invalid("an unknown change of a mission") }
  }
}

/// What a completed mission pays.
public struct Reward: Sendable, Hashable, Codable {
  public var points: Int
  public var badgeType: String?
  public var badgeLevel: String?
  public var offerId: String?

  public init(points: Int, badgeType: String? = nil, badgeLevel: String? = nil, offerId: String? = nil) {
    self.points = points
    self.badgeType = badgeType
    self.badgeLevel = badgeLevel
    self.offerId = offerId
  }

  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("points", points)
      writer.member("badge_type", optional: badgeType)
      writer.member("badge_level", optional: badgeLevel)
      writer.member("offer_id", optional: offerId)
    }
  }

  public init(_ scanner: inout JSONScanner) throws(JSONError) {
    self.init(points: 0)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "points": points = Int(try scanner.integer())
      case "badge_type": badgeType = try scanner.string()
      case "badge_level": badgeLevel = try scanner.string()
      case "offer_id": offerId = try scanner.string()
      default: try scanner.skip()
      }
    }
  }

  public func pack(_ writer: inout PackedWriter) {
    writer.signed(Int64(points))
    writer.optional(badgeType) { $0.text($1) }
    writer.optional(badgeLevel) { $0.text($1) }
    writer.optional(offerId) { $0.text($1) }
  }

  public init(_ reader: inout PackedReader) throws(PackedError) {
    points = Int(try reader.signed())
    badgeType = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    badgeLevel = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    offerId = try reader.optional { (reader) throws(PackedError) in try reader.text() }
  }
}
