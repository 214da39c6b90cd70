import Contracts
import Journal
import Wire

/// `{"badge_type", "level", "is_active"}`: what is not given is not asked for.
struct BadgeFilter: Sendable {
  private var badgeType: String?
  private var level: BadgeDefinition.Level?
  private var isActive: Bool?

  init(_ payloads: Frames) throws(WireError) {
    guard payloads.first != nil else { return }
    let fields = try Fields(payloads)
    badgeType = fields.raw("badge_type") == nil ? nil : try fields.text("badge_type")
    level = fields.raw("level") == nil ? nil : try fields.word("level") as BadgeDefinition.Level
    isActive = try fields.bool("is_active")
  }

  func takes(_ badge: BadgeDefinition) -> Bool {
    badgeType ?? badge.badgeType == badge.badgeType && level ?? badge.level == badge.level
      && isActive ?? badge.isActive == badge.isActive
  }
}

extension StateReader where F == BadgesFold {
  /// `{"count", "results": [Badge]}` in the order of types and levels.
  func badges(_ filter: BadgeFilter) throws -> Frames {
    let badges = try definitions(DefinitionKey.badges).compactMap(\.badge).filter(filter.takes).sorted {
      ($0.badgeType, $0.level) < ($1.badgeType, $1.level)
    }
    return list(badges.count) { writer in for badge in badges { writer.object(badge.writeMembers) } }
  }

  /// `{"count", "results": [offer]}` in the order of their ids.
  func offers() throws -> Frames {
    let offers = try definitions(DefinitionKey.offers).compactMap(\.offer).sorted { $0.offerId < $1.offerId }
    return list(offers.count) { writer in for offer in offers { writer.object(offer.writeMembers) } }
  }

  private func definitions(_ prefix: String) throws -> [BadgingDefinition] {
    let keys = try keys(prefix: prefix, limit: DefinitionKey.listedMax)
    return try rows(keys).values.map(\.definition)
  }

  private func list(_ count: Int, _ body: (inout JSONWriter) -> Void) -> Frames {
    Frames([
      JSONWriter.object { writer in
        writer.member("count", count)
        writer.key("results")
        writer.array(body)
      }
    ])
  }
}
