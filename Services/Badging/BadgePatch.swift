import Contracts
import Wire

/// `{"slug", "changes": {"is_active", "name", "description", "criteria"}}`, checked.
struct BadgePatch: Sendable {
  let slug: String
  private var isActive: Bool?
  private var name: String?
  private var description: String?
  /// JSONLogic's text; nil inside where it is taken away.
  private var criteria: String??

  private static let members: Set<String> = ["is_active", "name", "description", "criteria"]
  private static let nameBytesMax = 200
  private static let descriptionBytesMax = 2_000

  init(_ payloads: Frames) throws(WireError) {
    let fields = try Fields(payloads)
    slug = try fields.text("slug")
    guard let changes = fields.raw("changes") else { throw .invalid("'changes' is missing") }
    let changed = try Fields(changes)
    if let unknown = changed.names.first(where: { !Self.members.contains($0) }) {
      throw .invalid("'\(unknown)' of a badge cannot be changed")
    }
    guard !changed.names.isEmpty else { throw .invalid("'changes' is empty") }
    isActive = try changed.bool("is_active")
    if changed.raw("name") != nil { name = try changed.string("name", bytesMax: Self.nameBytesMax) }
    if changed.raw("description") != nil {
      description = try changed.string("description", bytesMax: Self.descriptionBytesMax)
    }
    if let text = changed.raw("criteria") { criteria = .some(try Self.criteria(text)) }
  }

  /// Null takes the criteria away; else they must compile and split.
  private static func criteria(_ text: ArraySlice<UInt8>) throws(WireError) -> String? {
    if text.elementsEqual("null".utf8) { return nil }
    guard text.first == UInt8(ascii: "{") else {
      throw .invalid("'criteria' must be a JSONLogic object or null")
    }
    return try Criteria(String(decoding: text, as: UTF8.self)).text
  }

  /// The badge with the changes: an operator's, in a new version. Without a difference it stays as it is.
  func applied(to badge: BadgeDefinition) -> BadgeDefinition {
    var result = badge
    if let isActive { result.isActive = isActive }
    if let name { result.name = name }
    if let description { result.description = description }
    if let criteria { result.criteria = criteria }
    if result != badge {
      result.version += 1
      result.origin = .operator
    }
    return result
  }
}
