import Contracts
import Journal
import Wire

extension BadgingFold {
  /// Grants the offer of a reward, if the catalogue has it; gives the id of the grant.
  ///
  /// One that an earlier completion of the mission brought and that was used stands for this one too: a
  /// reversal takes nothing used away, so completing again brings nothing new.
  func offer(_ outcome: OutcomeEntry, _ row: inout CustomerRow, _ work: inout Work<Self>) -> String? {
    guard let id = outcome.reward.offerId, let offer = work.definitions.offers[id], offer.isActive else {
      return nil
    }
    if let used = usedGrant(outcome, &work) { return used }
    let entry = OfferEntry(
      id: "o-\(work.partition)-\(work.nextNumber)", customer: outcome.customer, at: work.now,
      change: .granted,
      offer: id, name: offer.name, offerKind: offer.kind, value: offer.value, mission: outcome.mission,
      occasion: outcome.occasion, expiresAt: work.now + Int64(offer.validDays) * Micros.day)
    work.set(RowKey.grant(entry.id), .grant(GrantRow(entry, before: row.lastGrant)))
    work.set(expiry(entry))
    row.lastGrant = entry.id
    row.grantCount += 1
    tell(entry, &row, &work)
    return entry.id
  }

  private func usedGrant(_ outcome: OutcomeEntry, _ work: inout Work<Self>) -> String? {
    guard outcome.occasion > 1 else { return nil }
    let earlier = work.row(RowKey.occasion(outcome.mission, outcome.occasion - 1))?.occasion
    guard let id = earlier?.grant else { return nil }
    return work.row(RowKey.grant(id))?.grant?.status == .redeemed ? id : nil
  }

  private func expiry(_ entry: OfferEntry) -> Due {
    Due(at: entry.expiresAt, kind: DueKind.expiry, id: entry.id)
  }

  private func tell(_ entry: OfferEntry, _ row: inout CustomerRow, _ work: inout Work<Self>) {
    work.registers.offers[entry.change.rawValue, default: 0] += 1
    row.last = work.emit(kind: entry.change.rawValue, id: entry.id, prev: row.last, entry.write)
  }

  /// Ends a grant that is still open.
  private func end(
    _ grant: GrantRow, _ status: GrantRow.Status, _ change: OfferEntry.Change, _ row: inout CustomerRow,
    _ work: inout Work<Self>
  ) -> GrantRow {
    var grant = grant
    grant.status = status
    grant.endedAt = work.now
    work.set(RowKey.grant(grant.entry.id), .grant(grant))
    work.cancel(expiry(grant.entry))
    tell(grant.entry(change, at: work.now), &row, &work)
    return grant
  }

  /// Takes a grant back, unless it was used or has expired.
  func revokeGrant(_ id: String, _ row: inout CustomerRow, _ work: inout Work<Self>) {
    guard let grant = work.row(RowKey.grant(id))?.grant, grant.status == .granted else { return }
    _ = end(grant, .revoked, .revoked, &row, &work)
  }

  /// A grant's time is over.
  func expire(_ id: String, _ work: inout Work<Self>) {
    guard let grant = work.row(RowKey.grant(id))?.grant, grant.status == .granted else { return }
    change(grant.entry.customer, &work) { row, work in
      _ = end(grant, .expired, .expired, &row, &work)
    }
  }

  /// Uses a grant; one that was used before is told of as such, so that a repeat gives nothing twice.
  func redeem(_ request: RedeemRequest, _ work: inout Work<Self>) throws(WireError) -> [UInt8] {
    guard let grant = work.row(RowKey.grant(request.id))?.grant,
      request.customer == nil || request.customer == grant.entry.customer
    else {
      throw .notFound("no grant '\(request.id)'")
    }
    switch grant.status {
    case .redeemed: return request.answer("already_redeemed", grant)
    case .granted where work.now < grant.entry.expiresAt: break
    case .granted, .expired: throw .failedPrecondition("the offer '\(request.id)' has expired")
    case .revoked: throw .failedPrecondition("the offer '\(request.id)' was taken back")
    }
    var redeemed = grant
    change(grant.entry.customer, &work) { row, work in
      redeemed = end(grant, .redeemed, .redeemed, &row, &work)
    }
    return request.answer("redeemed", redeemed)
  }
}

/// `{"id", "customer_id"}`; whose grant it is need not be said.
struct RedeemRequest: Sendable {
  let id: String
  let customer: String?

  init(_ payloads: Frames) throws(WireError) {
    let fields = try Fields(payloads)
    id = try fields.text("id")
    customer = fields.raw("customer_id") == nil ? nil : try fields.text("customer_id")
  }

  /// The partition that gave the grant its id, `o-<partition>-<number>`; nil for another text.
  var partition: Int? {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "o" else { return nil }
    return Int(parts[1]).flatMap { $0 >= 0 ? $0 : nil }
  }

  func answer(_ result: String, _ grant: GrantRow) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("result", result)
      grant.writeMembers(&writer)
    }
  }
}
