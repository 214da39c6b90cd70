import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Scoring

/// One partition of Scoring, told what happens to it; every story has a database of its own.
final class Story {
  /// 2026-03-01 12:00 UTC.
  static let noon: Int64 = 1_772_366_400_000_000
  static let today = Day(year: 2026, month: 3, day: 1)!

  let twin: Twin<ScoringFold>
  private let folder: ScratchFolder
  private(set) var events: [[UInt8]] = []
  private(set) var badges: [[UInt8]] = []
  private(set) var definitions: [[UInt8]] = []
  private var drafts: [String: Draft] = [:]
  var now = Story.noon

  /// An event as a story tells it; days are counted from today.
  struct Draft: Hashable {
    var customer = "anna"
    var type = EventType.callOutgoing
    var day = 0
    var quiet = false
    var value: String?
    /// A JSON object's text.
    var metadata: String?
    /// Seconds from noon.
    var seconds: Int64 = 0
    var source = "src"
    var id = "r-1"

    func members(_ writer: inout JSONWriter) {
      writer.member("customer_id", customer)
      writer.member("at", Story.noon + Int64(day) * Day.micros + seconds * Micros.second)
      writer.member("type", type.rawValue)
      if let value { writer.member("value", raw: Array(value.utf8)) }
      writer.member("day", (Story.today + day).number)
      writer.member("source", source)
      writer.member("source_event_id", id)
      if quiet { writer.member("quiet", true) }
      if let metadata { writer.member("metadata", raw: Array(metadata.utf8)) }
    }
  }

  init(zone: Zone = .utc) throws {
    folder = try ScratchFolder()
    twin = try Twin(ScoringFold(zone: zone), partition: 7, path: "\(folder.path)/twin.sqlite")
  }

  static func entry(_ kind: String, _ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
    try JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", kind)
      try body(&writer)
    }
  }

  static func event(_ draft: Draft) -> [UInt8] { entry("event") { draft.members(&$0) } }

  /// An active badge that needs a rule; nil switches it off.
  @discardableResult
  func badge(_ type: String, _ criteria: String?) throws -> [CrossingEntry] {
    let badge = BadgeDefinition(
      badgeType: type, level: .bronze, name: type, description: "", criteria: criteria,
      isActive: criteria != nil)
    badges.append(
      try Self.entry("badge") { try DefinitionEntry(kind: "badge", definition: badge).write(&$0) })
    return try feed(.badgingDefinitions, [badges[badges.count - 1]])
  }

  /// A new version of the score definition.
  @discardableResult
  func define(_ version: Int, calls: Int) throws -> [CrossingEntry] {
    var definition = try ScoreDefinition.initial.changed(["engagement": ["calls_30d": Decimal6(calls)]])
    definition.version = version
    definitions.append(
      try Self.entry(ScoreDefinition.kind) {
        try DefinitionEntry(kind: ScoreDefinition.kind, definition: definition).write(&$0)
      })
    return try feed(.scoringDefinitions, [definitions[definitions.count - 1]])
  }

  /// A segment or a threshold as it is now.
  @discardableResult
  func define(_ kind: String, _ definition: some Codable & Sendable) throws -> [CrossingEntry] {
    definitions.append(
      try Self.entry(kind) { try DefinitionEntry(kind: kind, definition: definition).write(&$0) })
    return try feed(.scoringDefinitions, [definitions[definitions.count - 1]])
  }

  /// The crossings that an event causes, and those of timers that are due by then.
  @discardableResult
  func take(_ draft: Draft, count: Int = 1) throws -> [CrossingEntry] {
    let entries = Array(repeating: Self.event(draft), count: count)
    events += entries
    return try feed(.events, entries)
  }

  @discardableResult
  func call(_ customer: String = "anna", day: Int = 0, count: Int = 1, quiet: Bool = false) throws
    -> [CrossingEntry]
  {
    try take(Draft(customer: customer, day: day, quiet: quiet), count: count)
  }

  /// As Ingestion journals it: with the whole original.
  static func reversal(of draft: Draft) -> [UInt8] {
    entry("reversal") { writer in
      writer.member("customer_id", draft.customer)
      writer.member("original_number", 1)
      writer.key("original")
      writer.object { draft.members(&$0) }
    }
  }

  /// Takes an event back, as Ingestion journals it: with the whole original.
  @discardableResult
  func reverse(_ draft: Draft = Draft()) throws -> [CrossingEntry] {
    let entry = Self.reversal(of: draft)
    events.append(entry)
    return try feed(.events, [entry])
  }

  func feed(_ journal: JournalName, _ entries: [[UInt8]]) throws -> [CrossingEntry] {
    try crossings(twin.feed(journal, entries, now: now)) + crossings(twin.advance(to: now))
  }

  /// Lets days go by, one at a time; the crossings of the sweeps.
  @discardableResult
  func pass(days: Int) throws -> [CrossingEntry] {
    now += Int64(days) * Day.micros
    return try crossings(twin.advance(to: now))
  }

  func crossings(_ outputs: [[UInt8]]) throws -> [CrossingEntry] {
    try outputs.map { try #require(try CrossingEntry($0[...])) }
  }

  func row(_ customer: String = "anna") throws -> CustomerRow {
    try #require(try twin.reader.row(CustomerRow.key(customer)))
  }

  /// What is known of a customer as of a day.
  func assessment(_ customer: String = "anna", day: Int? = nil) throws -> Assessment {
    let row = try row(customer)
    let day = day.map { Self.today + $0 } ?? row.history.day(at: now, twin.fold.zones)
    return Assessment(row.history, asOf: day, twin.definitions.marks)
  }

  /// An event of a type, with what it says.
  @discardableResult
  func say(
    _ type: EventType, _ value: String? = nil, day: Int = 0, _ metadata: String? = nil, seconds: Int64 = 0
  ) throws -> [CrossingEntry] {
    // A lone text that is an object is metadata.
    let isObject = value?.hasPrefix("{") == true
    return try take(
      Draft(
        type: type, day: day, value: isObject ? nil : value, metadata: isObject ? value : metadata,
        seconds: seconds))
  }

  func feature(_ feature: Feature, _ customer: String = "anna", day: Int? = nil) throws -> FeatureValue {
    try assessment(customer, day: day).features.value(feature)
  }

  func audit() throws -> [String] {
    try twin.audit([.events: events, .badgingDefinitions: badges, .scoringDefinitions: definitions])
  }
}

extension CrossingEntry {
  /// `up`, `down` or `revoked 3`.
  var told: String { revokes.map { "\(change.rawValue) \($0)" } ?? change.rawValue }
}

/// Rules as badges have them.
enum Criteria {
  static let active = #"{">=":[{"var":"active_days_30d"},2]}"#
  static let engaged = #"{">=":[{"var":"engagement"},20]}"#
  static let idle = #"{">":[{"var":"days_since_last_activity"},3]}"#

  static func calls(_ count: Int) -> String { #"{">=":[{"var":"calls_made_ever"},\#(count)]}"# }
}
