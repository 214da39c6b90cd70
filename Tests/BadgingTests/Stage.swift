import Contracts
import Journal
import Rules
import Support
import Wire

@testable import Badging

/// Badging of one partition with everything that was fed to it, in a folder of its own.
final class Stage {
  private let folder: ScratchFolder
  let twin: Twin<BadgingFold>
  var fed: [JournalName: [[UInt8]]] = [:]
  var now: Int64

  /// 2026-03-01 00:00 UTC.
  static let start: Int64 = 1_772_323_200_000_000

  init(_ badges: [BadgeDefinition]? = nil, zone: Zone = .utc) throws {
    let badges = try badges ?? DefaultBadges.all
    folder = try ScratchFolder()
    twin = try Twin(BadgingFold(zone: zone), partition: 7, path: folder.path + "/twin.sqlite")
    now = Self.start
    let offers = try Defaults(Frames()).offers
    try define(badges.map { .badge($0) } + offers.map { .offer($0) })
    try settle()
  }

  /// Feeds one entry and gives what it caused.
  @discardableResult
  func feed(_ journal: JournalName, _ entry: [UInt8]) throws -> [[UInt8]] {
    now += Micros.second
    let outputs = try twin.feed(journal, [entry], now: now)
    fed[journal, default: []].append(entry)
    return outputs
  }

  /// Feeds definitions in one page.
  @discardableResult
  func define(_ definitions: [BadgingDefinition]) throws -> [[UInt8]] {
    now += Micros.second
    let entries = definitions.map { definition in
      Entry.text(kind: definition.kind) { $0.member("definition", raw: definition.text) }
    }
    fed[.badgingDefinitions, default: []] += entries
    return try twin.feed(.badgingDefinitions, entries, now: now)
  }

  @discardableResult
  func define(_ badge: BadgeDefinition) throws -> [[UInt8]] { try define([.badge(badge)]) }

  /// Takes all due instants; gives what they caused.
  @discardableResult
  func settle() throws -> [[UInt8]] { try twin.advance(to: now) }

  @discardableResult
  func crossing(_ crossing: CrossingEntry) throws -> [String] {
    Entry.told(try feed(.crossings, Entry.crossing(crossing)))
  }

  /// The number that the next crossing will have.
  var nextCrossing: Int64 { Int64(fed[.crossings]?.count ?? 0) + 1 }

  /// A crossing up of a comparison; gives what was told and its number.
  @discardableResult
  func up(
    _ rule: String, _ customer: String = "C-1", quiet: Bool = false, cause: String = "event"
  ) throws -> (told: [String], number: Int64) {
    let number = nextCrossing
    let entry = CrossingEntry(
      customer: customer, comparison: try identity(of: rule), change: .up, asOf: now, events: 1, quiet: quiet,
      cause: cause)
    return (try crossing(entry), number)
  }

  @discardableResult
  func down(_ rule: String, _ customer: String = "C-1", quiet: Bool = false) throws -> [String] {
    try crossing(
      CrossingEntry(
        customer: customer, comparison: try identity(of: rule), change: .down, asOf: now, events: 1,
        quiet: quiet,
        cause: "event"))
  }

  @discardableResult
  func revoke(
    _ number: Int64, of rule: String, _ customer: String = "C-1", quiet: Bool = false
  ) throws -> [String] {
    try crossing(
      CrossingEntry(
        customer: customer, comparison: try identity(of: rule), change: .revoked, asOf: now, events: 1,
        quiet: quiet, cause: "event", revokes: number))
  }

  @discardableResult
  func outcome(
    _ change: OutcomeEntry.Change, _ mission: String, occasion: Int = 1, customer: String = "C-1",
    category: String = "engagement", points: Int = 120, badge: String? = nil, level: String? = nil,
    offer: String? = nil, at: Int64? = nil
  ) throws -> [String] {
    let outcome = OutcomeEntry(
      customer: customer, mission: mission, template: "call_frequency", category: category, change: change,
      occasion: occasion, at: at ?? now,
      reward: Reward(points: points, badgeType: badge, badgeLevel: level, offerId: offer),
      name: "Call more often")
    return Entry.told(try feed(.outcomes, Entry.outcome(outcome)))
  }

  /// Uses a grant; gives the answer.
  func redeem(_ id: String, _ customer: String? = nil) throws -> String {
    let request = JSONWriter.object { writer in
      writer.member("id", id)
      writer.member("customer_id", optional: customer)
    }
    let reply = try twin.command(Method.redeem, [request], now: now)
    return String(decoding: reply.first ?? [], as: UTF8.self)
  }

  func audit() throws -> [String] { try twin.audit(fed.filter { !$0.key.isDefinitions }) }

  /// The badges that a customer holds.
  func held(_ customer: String = "C-1") throws -> Set<String> {
    Set(try row(customer).held.map(\.badge))
  }

  func row(_ customer: String = "C-1") throws -> CustomerRow {
    try twin.reader.row(RowKey.customer(customer))?.customer ?? CustomerRow()
  }
}

/// The badges of this release.
enum DefaultBadges {
  static var all: [BadgeDefinition] { get throws { try Defaults(Frames()).badges } }

  static func badge(_ slug: String) throws -> BadgeDefinition {
    guard let badge = try all.first(where: { $0.slug == slug }) else { throw WireError.notFound(slug) }
    return badge
  }
}

/// The name of a comparison in crossings.
func identity(of rule: String) throws -> String { try Rule(json: rule) { _ in 0 }.identity }

/// The same as Badging keeps it.
func name(of rule: String) throws -> ComparisonName { ComparisonName(try Rule(json: rule) { _ in 0 }) }

/// Engagement of at least so much.
func engagement(_ least: Int) -> String { #"{">=":[{"var":"engagement"},\#(least)]}"# }

/// Entries as they stand in journals.
enum Entry {
  static func text(kind: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", kind)
      writer.member("prev", 0)
      body(&writer)
    }
  }

  static func crossing(_ crossing: CrossingEntry) -> [UInt8] { text(kind: "crossing", crossing.write) }
  static func outcome(_ outcome: OutcomeEntry) -> [UInt8] { text(kind: "outcome", outcome.write) }

  /// Outputs in short: `+power_user.bronze`, `-activated.gold`, `points 120`, `notice mission.completed`,
  /// `offer_granted retention_offer`.
  static func told(_ outputs: [[UInt8]]) -> [String] {
    outputs.map { output in
      if let award = try? AwardEntry(output[...]) {
        return (award.change == .awarded ? "+" : "-") + award.badge
      }
      if let offer = try? OfferEntry(output[...]) { return "\(offer.change.rawValue) \(offer.offer)" }
      if let points = try? PointsEntry(output[...]) { return "points \(points.points)" }
      if let notice = try? NoticeEntry(output[...]) { return "notice \(notice.of)" }
      return "unknown"
    }
  }
}
