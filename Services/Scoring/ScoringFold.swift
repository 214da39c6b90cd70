import Contracts
import Journal
import Rules
import Wire

extension CustomerRow: StateRow {}
extension ScoringDefinitions: StateRow {}
extension ScoringRegisters: StateRow {}

/// Scoring's customer partitions: events move features, features move scores, and comparisons that flip are
/// journaled as crossings.
struct ScoringFold: Fold {
  typealias Row = CustomerRow
  typealias Registers = ScoringRegisters
  typealias Definitions = ScoringDefinitions
  typealias Auditor = ScoringAuditor

  enum Item: Sendable {
    case event(EventEntry)
    case score(ScoreDefinition)
    /// A customer is forgotten.
    case forget(String)
    /// What a badge, a segment or a threshold needs from now on; nothing for one that is not active.
    case needs(reference: String, [Need])
  }

  /// Where customers live; the operator's zone is where everybody does of whom nothing else is known.
  let zones: Zones

  init(zone: Zone) { zones = Zones(usual: zone) }

  var journal: JournalName { .crossings }
  var upstreams: [JournalName] { gates + [.events] }
  var gates: [JournalName] { [.scoringDefinitions, .missionsDefinitions, .badgingDefinitions] }
  var audited: [JournalName] { [.scoringDefinitions, .badgingDefinitions, .events] }
  var version: Int { 3 }

  func initialRegisters(partition: Int) -> ScoringRegisters { ScoringRegisters() }
  func initialDefinitions() -> ScoringDefinitions { ScoringDefinitions() }

  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Item? {
    switch journal {
    case .events:
      guard let event = try EventEntry(entry, number: number) else {
        return try ForgetEntry(entry).map { .forget($0.customer) }
      }
      return event.kind == .reversalWaiting ? nil : .event(event)
    case .scoringDefinitions:
      return try own(entry)
    case .badgingDefinitions:
      guard let badge = try DefinitionEntry<BadgeDefinition>(entry, kind: "badge")?.definition else {
        return nil
      }
      let needs = badge.isActive ? try WatchList.comparisons(of: badge.criteria) : []
      return .needs(reference: badge.slug, needs)
    default: return nil
    }
  }

  /// Scoring's own definitions: the active scores, segments and thresholds.
  private func own(_ entry: ArraySlice<UInt8>) throws -> Item? {
    if let segment = try DefinitionEntry<Segment>(entry, kind: Segment.kind)?.definition {
      return .needs(reference: Reference.segment(segment.id), try segment.needs)
    }
    if let threshold = try DefinitionEntry<Threshold>(entry, kind: Threshold.kind)?.definition {
      return .needs(reference: Reference.threshold(threshold.id), try threshold.needs)
    }
    guard let found = try DefinitionEntry<ScoreDefinition>(entry, kind: ScoreDefinition.kind) else {
      return nil
    }
    try found.definition.check()
    return .score(found.definition)
  }

  func key(of item: Item) -> String? {
    if case .event(let event) = item { CustomerRow.key(event.customer) } else { nil }
  }

  func apply(_ item: Item, _ work: inout Work<Self>) {
    switch item {
    case .event(let event): take(event, &work)
    case .forget(let customer): forget(customer, &work)
    case .score(let definition):
      let isNew = definition.version != work.definitions.score.version
      work.definitions.score = definition
      if isNew { startWatchPass(&work) }
    case .needs(let reference, let needs):
      if work.definitions.watch.set(reference, needs: needs) { startWatchPass(&work) }
    }
  }

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    throw .unimplemented("scoring has no command '\(command.method)' for customers")
  }

  func due(_ due: Due, _ work: inout Work<Self>) {
    switch due.kind {
    case SweepLimits.sweep: sweep(due, &work)
    case SweepLimits.watch: watch(due, &work)
    default: break
    }
  }
}
