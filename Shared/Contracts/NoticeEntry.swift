import Wire

/// Tells of an entry of another journal in the customer's order: `awards` alone is the campaign stream.
public struct NoticeEntry: Sendable, Equatable {
  public static let kind = "notice"

  public var customer: String
  /// The instant at which it was taken, unix microseconds.
  public var at: Int64
  /// What it tells of: `mission.generated`, `mission.completed` and so on; `threshold.up`, `segment.down`,
  /// `segment.revoked` and so on, where `name` is the threshold or the segment and there is no mission.
  public var of: String
  /// The number of the entry in its journal.
  public var number: Int64
  public var mission: String
  public var template: String
  public var category: String
  public var name: String
  public var occasion: Int

  /// Tells of a change of a mission.
  public init(_ outcome: OutcomeEntry, number: Int64, at: Int64) {
    customer = outcome.customer
    self.at = at
    of = "mission.\(outcome.change.rawValue)"
    self.number = number
    mission = outcome.mission
    template = outcome.template
    category = outcome.category
    name = outcome.name
    occasion = outcome.occasion
  }

  /// Tells that a customer crossed a threshold, or entered or left a segment: `reference` is
  /// `threshold:<id>` or `segment:<id>`.
  public init(_ crossing: CrossingEntry, _ reference: String, number: Int64, at: Int64) {
    let parts = reference.split(separator: ":", maxSplits: 1).map(String.init)
    customer = crossing.customer
    self.at = at
    of = "\(parts.first ?? "").\(crossing.change.rawValue)"
    self.number = number
    (mission, template, category, occasion) = ("", "", "", 0)
    name = parts.count > 1 ? parts[1] : ""
  }

  /// Whether it tells of a mission, and not of a crossing.
  public var isOutcome: Bool { !mission.isEmpty }

  /// Writes the members that follow `v`, `kind` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    writer.member("at", at)
    writer.member("of", of)
    writer.member("number", number)
    if isOutcome {
      writer.member("mission", mission)
      writer.member("template", template)
      writer.member("category", category)
    }
    writer.member("name", name)
    if isOutcome { writer.member("occasion", occasion) }
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>) throws {
    (customer, at, of, number, mission, template, category, name, occasion) = (
      "", 0, "", 0, "", "", "", "", 0
    )
    var known = false
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = try scanner.string() == Self.kind
      case "customer_id": customer = try scanner.string()
      case "at": at = try scanner.integer()
      case "of": of = try scanner.string()
      case "number": number = try scanner.integer()
      case "mission": mission = try scanner.string()
      case "template": template = try scanner.string()
      case "category": category = try scanner.string()
      case "name": name = try scanner.string()
      case "occasion": occasion = Int(try scanner.integer())
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    if !known { return nil }
  }
}
