import Contracts
import Wire

extension BadgeDefinition {
  /// How rare a badge of this level is.
  var rarity: String {
    switch level {
    case .bronze: "common"
    case .silver: "rare"
    case .gold: "epic"
    case .platinum: "legendary"
    }
  }

  /// The slug of the next lower level.
  var requires: String? {
    Level.allCases.last { $0 < level }.map { "\(badgeType).\($0.rawValue)" }
  }

  /// The members of the `Badge` of domain.md 7; criteria as JSONLogic.
  func writeMembers(_ writer: inout JSONWriter) {
    writer.member("id", slug)
    writer.member("slug", slug)
    writer.member("badge_type", badgeType)
    writer.member("level", level.rawValue)
    writer.member("name", name)
    writer.member("description", description)
    writer.key("criteria")
    if let criteria { writer.raw(criteria.utf8) } else { writer.null() }
    writer.key("requires")
    if let requires { writer.string(requires) } else { writer.null() }
    writer.member("rarity", rarity)
    writer.member("is_active", isActive)
    writer.member("origin", origin.rawValue)
    writer.member("version", version)
  }
}
