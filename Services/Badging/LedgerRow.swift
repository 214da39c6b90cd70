import Contracts
import Wire

/// An entry of a customer's points ledger as it is kept.
struct LedgerRow: Sendable, Equatable {
  var id: String
  var booking: PointsEntry.Kind
  var points: Int
  var reason: String
  var reference: String
  /// Unix microseconds.
  var at: Int64
  /// The balance with this entry.
  var balance: Int
  /// Of an earning, unix microseconds.
  var expiresAt: Int64?

  /// What the rewards of missions are booked by.
  static let author = "laurel"

  init(_ entry: PointsEntry) {
    id = entry.id
    booking = entry.booking
    points = entry.points
    reason = entry.reason
    reference = entry.reference
    at = entry.at
    balance = entry.balance
    expiresAt = entry.expiresAt
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    id = try reader.text()
    booking = try reader.word("kind of a ledger entry")
    points = Int(try reader.signed())
    reason = try reader.text()
    reference = try reader.text()
    at = try reader.signed()
    balance = Int(try reader.signed())
    expiresAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(id)
    writer.text(booking.rawValue)
    writer.signed(Int64(points))
    writer.text(reason)
    writer.text(reference)
    writer.signed(at)
    writer.signed(Int64(balance))
    writer.optional(expiresAt) { $0.signed($1) }
  }

  /// The ledger entry of domain.md 7.
  func write(_ writer: inout JSONWriter, customer: String) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("customer_id", customer)
      writer.member("kind", booking.rawValue)
      writer.member("points", points)
      writer.member("reason", reason)
      writer.member("reference", reference)
      writer.member("author", Self.author)
      writer.member("created_at", at)
      writer.key("expires_at")
      if let expiresAt { writer.integer(expiresAt) } else { writer.null() }
      writer.member("balance", balance)
    }
  }
}

/// A completion of a mission and what it paid: by this row it is paid once and taken back once.
struct OccasionRow: Sendable, Equatable {
  var customer: String
  var category: String
  /// The points that were paid, 0 for none.
  var points: Int
  /// The badge of the reward, if there was one to give.
  var badge: String?
  /// The id of the grant of its offer: its own, or one of an earlier completion that was used.
  var grant: String?
  var isRevoked = false

  init(customer: String, category: String, points: Int, badge: String?) {
    self.customer = customer
    self.category = category
    self.points = points
    self.badge = badge
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    customer = try reader.text()
    category = try reader.text()
    points = Int(try reader.signed())
    badge = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    grant = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    isRevoked = try reader.bool()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(customer)
    writer.text(category)
    writer.signed(Int64(points))
    writer.optional(badge) { $0.text($1) }
    writer.optional(grant) { $0.text($1) }
    writer.bool(isRevoked)
  }
}
