import Contracts
import Wire

/// `{"slug", "changes": {"is_active", "name", "description", "criteria"}}`, checked.
struct BadgePatch: Sendable {
  let slug: String
  private let changes: BadgeChanges

  init(_ payloads: Frames) throws(WireError) {
    let fields = try Fields(payloads)
    slug = try fields.text("slug")
    guard let changes = fields.raw("changes") else { throw .invalid("'changes' is missing") }
    let changed = try Fields(changes)
    guard !changed.names.isEmpty else { throw .invalid("'changes' is empty") }
    self.changes = try BadgeChanges(changed)
  }

  /// The badge with the changes: an operator's, in a new version. Without a difference it stays as it is.
  func applied(to badge: BadgeDefinition) -> BadgeDefinition { badge.edited(to: changes.applied(to: badge)) }

  /// A whole definition as the defaults have it: `badge_type` and `level` beside what may be changed.
  static func whole(_ text: ArraySlice<UInt8>) throws(WireError) -> BadgeDefinition {
    let fields = try Fields(text)
    let blank = BadgeDefinition(
      badgeType: try fields.text("badge_type"), level: try fields.word("level"),
      name: try fields.string("name", bytesMax: BadgeChanges.nameBytesMax), description: "", criteria: nil)
    return try BadgeChanges(fields, beside: ["badge_type", "level"]).applied(to: blank)
  }
}

/// The members of a badge that may be changed, those that are given.
private struct BadgeChanges: Sendable {
  private var isActive: Bool?
  private var name: String?
  private var description: String?
  /// JSONLogic in its canonical form; nil inside where it is taken away.
  private var criteria: String??

  private static let members: Set<String> = ["is_active", "name", "description", "criteria"]
  static let nameBytesMax = 200
  private static let descriptionBytesMax = 2_000

  init(_ fields: Fields, beside others: Set<String> = []) throws(WireError) {
    if let unknown = fields.names.first(where: { !Self.members.contains($0) && !others.contains($0) }) {
      throw .invalid("'\(unknown)' of a badge cannot be changed")
    }
    isActive = try fields.bool("is_active")
    if fields.raw("name") != nil { name = try fields.string("name", bytesMax: Self.nameBytesMax) }
    if fields.raw("description") != nil {
      description = try fields.string("description", bytesMax: Self.descriptionBytesMax)
    }
    if let text = fields.raw("criteria") { criteria = .some(try Self.criteria(text)) }
  }

  /// Null takes the criteria away; else they must compile and split.
  private static func criteria(_ text: ArraySlice<UInt8>) throws(WireError) -> String? {
    if text.elementsEqual("null".utf8) { return nil }
    guard text.first == UInt8(ascii: "{") else {
      throw .invalid("'criteria' must be a JSONLogic object or null")
    }
    return try Criteria(String(decoding: text, as: UTF8.self)).text
  }

  func applied(to badge: BadgeDefinition) -> BadgeDefinition {
    var result = badge
    if let name { result.name = name }
    if let description { result.description = description }
    if let criteria { result.criteria = criteria }
    // A custom badge waits for its criteria: given them, it begins, unless the operator says otherwise.
    if badge.badgeType == BadgeDefinition.customType, badge.criteria == nil, result.criteria != nil {
      result.isActive = true
    }
    if let isActive { result.isActive = isActive }
    return result
  }
}

extension BadgeDefinition {
  /// The type whose criteria are the operator's own.
  static let customType = "custom"
}
