import Contracts
import Wire

/// A source as it is defined: its mapping, how its records are fetched, and since when it is so.
struct SourceDefinition: Sendable, Hashable, Codable {
  /// The types that a source may have (domain.md 2).
  static let types: Set<String> = ["cdr", "billing", "crm", "app", "network", "dwh", "xiva", "custom"]

  /// Unique; with a record's id it identifies every event.
  var sourceName: String
  var sourceType: String
  /// 1 for the first; a changed definition has the next one.
  var version: Int
  /// The mapping's JSON text.
  var mapping: String
  var origin: MissionTemplate.Origin
  /// The JSON text of `connection_config`, secrets included.
  var connection = "{}"
  /// `real_time`, `hourly`, `daily`, `weekly` or a cron expression.
  var syncFrequency = Self.frequencyDefault
  /// Whether its connector may be run; what is pushed is taken in any case.
  var isActive = true
  /// Unix microseconds.
  var createdAt: Int64 = 0
  var updatedAt: Int64 = 0
  /// Its name stays taken, so that its records stay known.
  var isDeleted = false

  static let frequencyDefault = "daily"

  init(
    sourceName: String, sourceType: String, version: Int = 1, mapping: String,
    origin: MissionTemplate.Origin = .operator
  ) {
    self.sourceName = sourceName
    self.sourceType = sourceType
    self.version = version
    self.mapping = mapping
    self.origin = origin
  }

  /// Compiles a mapping's text; throws `invalid_argument` naming the member at fault.
  static func compile(_ text: some Collection<UInt8>) throws(WireError) -> Mapping {
    let mapping: Mapping
    do throws(MappingError) { mapping = try Mapping(json: text) } catch {
      let details = JSONWriter.object { writer in
        writer.member("field", error.field)
        writer.member("reason", error.reason)
      }
      throw WireError(.invalidArgument, "the mapping's \(error)", details: details, cause: error)
    }
    guard types.contains(mapping.type) else {
      throw .invalid(
        "the mapping's type: '\(mapping.type)' is none of \(types.sorted().joined(separator: ", "))")
    }
    return mapping
  }

  /// Whether another definition says the same, whenever and by whom it was made.
  func says(_ other: SourceDefinition) -> Bool {
    mapping == other.mapping && connection == other.connection && syncFrequency == other.syncFrequency
      && isActive == other.isActive && isDeleted == other.isDeleted
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    sourceName = try reader.text()
    sourceType = try reader.text()
    version = try reader.number()
    mapping = try reader.text()
    origin = try reader.bool() ? .default : .operator
    connection = try reader.text()
    syncFrequency = try reader.text()
    isActive = try reader.bool()
    createdAt = try reader.signed()
    updatedAt = try reader.signed()
    isDeleted = try reader.bool()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(sourceName)
    writer.text(sourceType)
    writer.count(version)
    writer.text(mapping)
    writer.bool(origin == .default)
    writer.text(connection)
    writer.text(syncFrequency)
    writer.bool(isActive)
    writer.signed(createdAt)
    writer.signed(updatedAt)
    writer.bool(isDeleted)
  }

  /// The members of a source as it is shown: `id`, `source_name`, `source_type`, `version`, `origin`,
  /// `connection_config` without its secrets, `mapping`, `sync_frequency`, `is_active`, and what is known of
  /// its life: when the next run is due, when records last came, whether it is silent for too long, the last
  /// run.
  func write(_ life: SourceLife, now: Int64, _ zone: Zone, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", sourceName)
      writer.member("source_name", sourceName)
      writer.member("source_type", sourceType)
      writer.member("version", version)
      writer.member("origin", origin.rawValue)
      writer.member("mapping", raw: mapping.utf8)
      writer.member("connection_config", raw: Secrets.masked(connection.utf8))
      writer.member("sync_frequency", syncFrequency)
      writer.member("is_active", isActive)
      writer.member("created_at", createdAt)
      writer.member("updated_at", updatedAt)
      writer.member("next_sync_at", optional: nextRun(life, zone))
      writer.member("last_record_at", optional: life.totals.lastAt > 0 ? life.totals.lastAt : nil)
      writer.member("is_silent", life.isSilent(self, now: now, in: zone))
      if !life.cursor.isEmpty { writer.member("cursor", life.shownCursor) }
      if let last = life.last {
        writer.member("last_sync_at", last.at)
        writer.member("last_sync_status", last.status.rawValue)
      }
    }
  }
}

extension SourceDefinition {
  /// When its schedule wants the next run; nil for one that is not pulled.
  func nextRun(_ life: SourceLife, _ zone: Zone) -> Int64? {
    guard isActive, !isDeleted, let connection = try? Connection(connection.utf8), connection.isPulled,
      connection.missing == nil, let schedule = try? Schedule(syncFrequency)
    else { return nil }
    let due = schedule.due(after: life.last, definedAt: updatedAt, in: zone)
    return due == .max ? nil : due
  }

  /// Throws `invalid_argument` that names the types for what is none.
  static func checkType(_ type: String, _ field: String) throws(WireError) {
    guard types.contains(type) else {
      throw .invalid("'\(field)' is one of: \(types.sorted().joined(separator: ", "))")
    }
  }
}
