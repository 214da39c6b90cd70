import Contracts
import Wire

/// An offer that was granted to a customer, as it is kept.
struct GrantRow: Sendable, Equatable {
  /// `granted` until one of the others happens, which is the end of it.
  enum Status: String, Sendable, CaseIterable { case granted, redeemed, expired, revoked }

  /// As it was granted; `change` is always `granted`.
  let entry: OfferEntry
  var status = Status.granted
  /// When it was redeemed, expired or revoked, unix microseconds.
  var endedAt: Int64?
  /// The id of the customer's grant before it.
  let before: String?

  init(_ entry: OfferEntry, before: String?) {
    self.entry = entry
    self.before = before
  }

  /// What the journal says of the end of it.
  func entry(_ change: OfferEntry.Change, at: Int64) -> OfferEntry {
    var entry = entry
    entry.change = change
    entry.at = at
    return entry
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    entry = OfferEntry(
      id: try reader.text(), customer: try reader.text(), at: try reader.signed(), change: .granted,
      offer: try reader.text(), name: try reader.text(), offerKind: try reader.word("kind of an offer"),
      value: try reader.decimal(), mission: try reader.text(), occasion: Int(try reader.signed()),
      expiresAt: try reader.signed())
    status = try reader.word("status of a grant")
    endedAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
    before = try reader.optional { (reader) throws(PackedError) in try reader.text() }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(entry.id)
    writer.text(entry.customer)
    writer.signed(entry.at)
    writer.text(entry.offer)
    writer.text(entry.name)
    writer.text(entry.offerKind.rawValue)
    writer.decimal(entry.value)
    writer.text(entry.mission)
    writer.signed(Int64(entry.occasion))
    writer.signed(entry.expiresAt)
    writer.text(status.rawValue)
    writer.optional(endedAt) { $0.signed($1) }
    writer.optional(before) { $0.text($1) }
  }

  /// The members of a grant in answers.
  func writeMembers(_ writer: inout JSONWriter) {
    writer.member("id", entry.id)
    writer.member("customer_id", entry.customer)
    writer.member("offer_id", entry.offer)
    writer.member("name", entry.name)
    writer.member("kind", entry.offerKind.rawValue)
    writer.member("value", entry.value)
    writer.member("mission", entry.mission)
    writer.member("occasion", entry.occasion)
    writer.member("status", status.rawValue)
    writer.member("created_at", entry.at)
    writer.member("expires_at", entry.expiresAt)
    writer.member("updated_at", endedAt ?? entry.at)
  }
}
