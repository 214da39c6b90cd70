import Contracts
import Foundation
import Journal
import Wire

@testable import Missions

/// Instants of the tests, unix microseconds: 2024-03-04 was a Monday.
enum At {
  static let monday = Int64(1_709_510_400) * Micros.second
  static func day(_ days: Int, _ hours: Double = 0) -> Int64 {
    monday + Int64(days) * Micros.day + Int64(hours * Double(Micros.hour))
  }
}

/// A folder that is gone with its last holder.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "laurel-missions-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Random numbers that a seed fixes (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// One partition of the service on a scratch store, with what was fed to it.
final class Field {
  static let partition = 7
  /// All templates that the release brings, as they stand in its data.
  static let catalogue = TemplateDefaults.texts.compactMap { try? TemplateMembers.definition($0[...]) }
  static let callingTexts = TemplateDefaults.texts.filter {
    String(decoding: $0, as: UTF8.self).contains(#""calls_made","#)
  }
  /// The two that count calls, for tests that need no more.
  static let calling = catalogue.filter { ["first_call", "call_frequency"].contains($0.slug) }

  let folder: Folder
  let twin: Twin<MissionsFold>
  private(set) var events: [[UInt8]] = []
  var now = At.monday

  init(templates: [MissionTemplate] = Field.calling, zone: Zone = .utc) throws {
    folder = try Folder()
    twin = try Twin(MissionsFold(zone: zone), partition: Self.partition, path: folder.path + "/missions.db")
    try put(templates)
  }

  func put(_ templates: [MissionTemplate]) throws {
    try twin.feed(.missionsDefinitions, try templates.map(Self.entry), now: now)
  }

  static func entry(_ template: MissionTemplate) throws -> [UInt8] {
    var writer = JSONWriter()
    try writer.object { writer in
      writer.member("v", 1)
      writer.member("kind", "template")
      try DefinitionEntry(kind: "template", definition: template).write(&writer)
    }
    return writer.bytes
  }

  /// The number that the next event will have.
  var nextEvent: Int64 { Int64(events.count) + 1 }

  /// Feeds one event; gives its outcomes.
  @discardableResult
  func event(
    _ customer: String = "C-1", _ type: EventType = .callOutgoing, at: Int64, ingested: Int64? = nil,
    quiet: Bool = false, value: Decimal6? = nil, metadata: String = ""
  ) throws -> [OutcomeEntry] {
    try feed(
      Self.event(
        customer, type, at: at, ingested: ingested ?? now, quiet: quiet, value: value, metadata: metadata))
  }

  static func event(
    _ customer: String, _ type: EventType = .callOutgoing, at: Int64, ingested: Int64, quiet: Bool = false,
    value: Decimal6? = nil, metadata: String = ""
  ) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", "event")
      writer.member("ingested_at", ingested)
      writer.member("customer_id", customer)
      writer.member("at", at)
      writer.member("type", type.rawValue)
      if let value { writer.member("value", value) }
      if !metadata.isEmpty { writer.member("metadata", raw: metadata.utf8) }
      writer.member("day", at / Micros.day)
      if quiet { writer.member("quiet", true) }
    }
  }

  static func reversal(of number: Int64, _ original: [UInt8], ingested: Int64) throws -> [UInt8] {
    let customer = try EventEntry(original[...], number: number)?.customer ?? ""
    return JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", "reversal")
      writer.member("ingested_at", ingested)
      writer.member("customer_id", customer)
      writer.member("original_number", number)
      writer.member("original", raw: original)
    }
  }

  /// Takes an event of this field back.
  @discardableResult
  func reverse(_ number: Int64) throws -> [OutcomeEntry] {
    try feed(Self.reversal(of: number, events[Int(number) - 1], ingested: now))
  }

  @discardableResult
  func feed(_ entries: [UInt8]...) throws -> [OutcomeEntry] { try feed(all: entries) }

  @discardableResult
  func feed(all entries: [[UInt8]]) throws -> [OutcomeEntry] {
    events += entries
    return try Self.outcomes(twin.feed(.events, entries, now: now))
  }

  static func outcomes(_ entries: [[UInt8]]) throws -> [OutcomeEntry] {
    try entries.compactMap { try OutcomeEntry($0[...]) }
  }

  /// Moves the clock, with all that becomes due.
  @discardableResult
  func advance(to instant: Int64) throws -> [OutcomeEntry] {
    now = instant
    return try Self.outcomes(twin.advance(to: instant))
  }

  /// Generates for a client; gives the answer's text.
  @discardableResult
  func generate(
    _ snapshot: Snapshot, max: Int = 5, force: Bool = false, dry: Bool = false, template: String? = nil,
    key: String = ""
  ) throws -> String {
    var order = GenerationOrder()
    order.options = GenerationOptions(maxMissions: max, forceRegenerate: force, template: template)
    order.dryRun = dry
    let reply = try twin.command(
      Method.generateCommand, [order.encoded(), Self.text(snapshot)], key: key, now: now)
    return String(decoding: reply.first ?? [], as: UTF8.self)
  }

  static func text(_ snapshot: Snapshot) -> [UInt8] {
    var writer = JSONWriter()
    snapshot.write(&writer)
    return writer.bytes
  }

  /// A snapshot: engagement score, calls ever, and the weekly average where there is one.
  static func snapshot(
    _ customer: String = "C-1", engagement: Decimal6 = Decimal6(40), calls: Int = 100, weekly: Decimal6? = nil
  ) -> Snapshot {
    Snapshot(
      customer: customer, events: 0, asOf: 0, scores: ["engagement": .number(engagement)],
      features: ["calls_made_ever": .number(Decimal6(calls))],
      baselines: weekly.map { ["calls_made": ["weekly": .init(average: $0, periods: 4)]] } ?? [:])
  }

  func customer(_ id: String = "C-1") throws -> CustomerMissions? {
    guard case .customer(let customer)? = try twin.reader.row(RowKey.customer(id)) else { return nil }
    return customer
  }

  /// The course of a mission, wherever it is kept.
  func course(_ number: Int64, _ id: String = "C-1") throws -> Course? {
    if let running = try customer(id)?.running.first(where: { $0.number == number }) { return running.course }
    guard case .mission(let record)? = try twin.reader.row(RowKey.mission(Self.partition, number)) else {
      return nil
    }
    return record.course
  }

  func audit() throws -> [String] { try twin.audit([.events: events]) }
}
