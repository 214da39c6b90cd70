import Wire

/// An entry of a customer's points ledger.
public struct PointsEntry: Sendable, Equatable {
  public static let kind = "points"

  /// Kinds of ledger entries (domain.md 7).
  public enum Kind: String, Sendable, CaseIterable { case earn, expire, spend, adjust, reverse }

  /// `p-<partition>-<number>`.
  public var id: String
  public var customer: String
  /// The instant of the booking, unix microseconds.
  public var at: Int64
  public var booking: Kind
  /// Below 0 for what is taken.
  public var points: Int
  /// What it is for, for people.
  public var reason: String
  /// A mission's is `<mission>/<occasion>`; unique with customer and kind.
  public var reference: String
  /// The balance with this entry.
  public var balance: Int
  /// Of an earning: unix microseconds.
  public var expiresAt: Int64?

  public init(
    id: String, customer: String, at: Int64, booking: Kind, points: Int, reason: String, reference: String,
    balance: Int, expiresAt: Int64? = nil
  ) {
    self.id = id
    self.customer = customer
    self.at = at
    self.booking = booking
    self.points = points
    self.reason = reason
    self.reference = reference
    self.balance = balance
    self.expiresAt = expiresAt
  }

  /// Writes the members that follow `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    writer.member("at", at)
    writer.member("kind_of_entry", booking.rawValue)
    writer.member("points", points)
    writer.member("reason", reason)
    writer.member("reference", reference)
    writer.member("balance", balance)
    writer.member("expires_at", optional: expiresAt)
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>) throws {
    self.init(id: "", customer: "", at: 0, booking: .earn, points: 0, reason: "", reference: "", balance: 0)
    var known = false
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = try scanner.string() == Self.kind
      case "id": id = try scanner.string()
      case "customer_id": customer = try scanner.string()
      case "at": at = try scanner.integer()
      case "kind_of_entry" where known: booking = try scanner.word("a kind of a ledger entry")
      case "points": points = Int(try scanner.integer())
      case "reason": reason = try scanner.string()
      case "reference": reference = try scanner.string()
      case "balance": balance = Int(try scanner.integer())
      case "expires_at": expiresAt = try scanner.integer()
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    if !known { return nil }
  }
}
