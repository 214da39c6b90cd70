import Contracts
import Wire

/// An offer of the catalogue (domain.md 7).
struct OfferDefinition: Sendable, Codable, Equatable {
  var offerId: String
  var version = 1
  var name: String
  var description: String
  var kind: OfferEntry.Kind
  /// In the unit of its kind: MB, minutes, messages, per cent or money.
  var value: Decimal6
  /// Days of 24 hours from the grant.
  var validDays: Int
  var isActive = true
  var origin = MissionTemplate.Origin.default

  /// The kind of its entries.
  static let entryKind = "offer"
  private static let daysMax = 3_650
  private static let nameBytesMax = 200
  private static let descriptionBytesMax = 2_000

  /// `{"offer_id", "name", "description", "kind", "value", "valid_days", "is_active"}`, checked.
  init(_ fields: Fields) throws(WireError) {
    offerId = try fields.text("offer_id")
    name = try fields.string("name", bytesMax: Self.nameBytesMax)
    description = try fields.string("description", bytesMax: Self.descriptionBytesMax)
    kind = try fields.word("kind")
    guard let value = try fields.decimal("value") else { throw .invalid("'value' is missing") }
    self.value = value
    guard let days = try fields.number("valid_days", in: 1...Self.daysMax) else {
      throw .invalid("'valid_days' is missing")
    }
    validDays = days
    isActive = try fields.bool("is_active") ?? true
    try check()
  }

  /// What an entry of the journal may say.
  func check() throws(WireError) {
    guard !offerId.isEmpty else { throw .invalid("an offer without offer_id") }
    guard value >= .zero else { throw .invalid("'value' must be 0 or more") }
    guard (1...Self.daysMax).contains(validDays) else {
      throw .invalid("'valid_days' must be 1 to \(Self.daysMax)")
    }
  }

  /// The members of an offer in answers.
  func writeMembers(_ writer: inout JSONWriter) {
    writer.member("id", offerId)
    writer.member("offer_id", offerId)
    writer.member("name", name)
    writer.member("description", description)
    writer.member("kind", kind.rawValue)
    writer.member("value", value)
    writer.member("valid_days", validDays)
    writer.member("is_active", isActive)
    writer.member("origin", origin.rawValue)
    writer.member("version", version)
  }
}
