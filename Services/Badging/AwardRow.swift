import Contracts
import Wire

/// An award with its history: as it was given, and when it was taken back.
struct AwardRow: Sendable, Equatable {
  var id: String
  var badge: String
  var badgeType: String
  var level: BadgeDefinition.Level
  /// Unix microseconds.
  var awardedAt: Int64
  var reason: AwardEntry.Reason
  /// What it was given for.
  var evidence: [Evidence]
  var revokedAt: Int64?

  init(_ entry: AwardEntry) {
    id = entry.id
    badge = entry.badge
    badgeType = entry.badgeType
    level = entry.level
    awardedAt = entry.at
    reason = entry.reason
    evidence = entry.evidence
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    id = try reader.text()
    badge = try reader.text()
    badgeType = try reader.text()
    level = try reader.word("level")
    awardedAt = try reader.signed()
    reason = try reader.word("reason")
    evidence = try Evidence.list(&reader)
    revokedAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(id)
    writer.text(badge)
    writer.text(badgeType)
    writer.text(level.rawValue)
    writer.signed(awardedAt)
    writer.text(reason.rawValue)
    Evidence.pack(evidence, &writer)
    writer.optional(revokedAt) { $0.signed($1) }
  }

  /// The `BadgeAward` of domain.md 7.
  func write(_ writer: inout JSONWriter, customer: String) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("customer_id", customer)
      writer.member("badge", badge)
      writer.member("badge_type", badgeType)
      writer.member("level", level.rawValue)
      writer.member("awarded_at", awardedAt)
      writer.member("reason", reason.rawValue)
      writer.key("evidence")
      writer.array { writer in for fact in evidence { fact.write(&writer) } }
      writer.key("revoked_at")
      if let revokedAt { writer.integer(revokedAt) } else { writer.null() }
    }
  }
}

extension PackedReader {
  /// A text that is one of a type's words.
  mutating func word<T: RawRepresentable>(_ what: String) throws(PackedError) -> T
  where T.RawValue == String {
    guard let value = T(rawValue: try text()) else {
      throw PackedError(offset: 0, reason: "an unknown \(what)")
    }
    return value
  }
}
