import Wire

/// An offer that was granted to a customer, and what became of it.
public struct OfferEntry: Sendable, Equatable {
  /// What happened to the grant; the raw value is the entry's kind.
  public enum Change: String, Sendable, CaseIterable {
    case granted = "offer_granted"
    case redeemed = "offer_redeemed"
    case expired = "offer_expired"
    case revoked = "offer_revoked"
  }

  /// What an offer gives; the unit of its value is MB, minutes, messages, per cent or money.
  public enum Kind: String, Sendable, Codable, CaseIterable { case data, voice, sms, discount, voucher }

  /// The grant's id, the same in all its entries: `o-<partition>-<number of its first entry>`.
  public var id: String
  public var customer: String
  /// The instant of the decision, unix microseconds.
  public var at: Int64
  public var change: Change
  public var offer: String
  /// What the offer was when it was granted.
  public var name: String
  public var offerKind: Kind
  public var value: Decimal6
  /// Where it comes from: a completion of a mission.
  public var mission: String
  public var occasion: Int
  /// Unix microseconds.
  public var expiresAt: Int64

  public init(
    id: String, customer: String, at: Int64, change: Change, offer: String, name: String, offerKind: Kind,
    value: Decimal6, mission: String, occasion: Int, expiresAt: Int64
  ) {
    self.id = id
    self.customer = customer
    self.at = at
    self.change = change
    self.offer = offer
    self.name = name
    self.offerKind = offerKind
    self.value = value
    self.mission = mission
    self.occasion = occasion
    self.expiresAt = expiresAt
  }

  /// Writes the members that follow `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    writer.member("at", at)
    writer.member("offer_id", offer)
    writer.member("name", name)
    writer.member("kind_of_offer", offerKind.rawValue)
    writer.member("value", value)
    writer.member("mission", mission)
    writer.member("occasion", occasion)
    writer.member("expires_at", expiresAt)
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>) throws {
    self.init(
      id: "", customer: "", at: 0, change: .granted, offer: "", name: "", offerKind: .voucher, value: .zero,
      mission: "", occasion: 0, expiresAt: 0)
    var known: Change?
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = Change(rawValue: try scanner.string())
      case "id": id = try scanner.string()
      case "customer_id": customer = try scanner.string()
      case "at": at = try scanner.integer()
      case "offer_id": offer = try scanner.string()
      case "name": name = try scanner.string()
      case "kind_of_offer" where known != nil: offerKind = try scanner.word("a kind of an offer")
      case "value" where known != nil: value = try scanner.decimal()
      case "mission": mission = try scanner.string()
      case "occasion": occasion = Int(try scanner.integer())
      case "expires_at": expiresAt = try scanner.integer()
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    guard let known else { return nil }
    change = known
  }
}
