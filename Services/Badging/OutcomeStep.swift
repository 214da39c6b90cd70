import Contracts
import Journal
import Wire

extension BadgingFold {
  /// Takes an outcome: the notice first, then points, then awards.
  func take(_ outcome: OutcomeEntry, _ number: Int64, _ work: inout Work<Self>) {
    change(outcome.customer, &work) { row, work in
      let notice = NoticeEntry(outcome, number: number, at: work.now)
      row.last = work.emit(kind: NoticeEntry.kind, prev: row.last, notice.write)
      work.registers.notices[notice.of, default: 0] += 1
      row.forgetUnknown(work.definitions.badges)
      let types =
        switch outcome.change {
        case .completed: complete(outcome, &row, &work)
        case .revoked: revoke(outcome, &row, &work)
        case .generated, .expired, .cancelled: [Int]()
        }
      decide(outcome.customer, .criteria, types, &row, &work)
    }
  }

  /// Pays an occasion that was not paid before; gives the types of badges that it may make true.
  private func complete(
    _ outcome: OutcomeEntry, _ row: inout CustomerRow, _ work: inout Work<Self>
  ) -> [Int] {
    let key = RowKey.occasion(outcome.mission, outcome.occasion)
    guard work.row(key) == nil else { return [] }
    let badges = rewarded(outcome.reward, work.definitions.badges)
    var paid = OccasionRow(
      customer: outcome.customer, category: outcome.category, points: outcome.reward.points,
      badge: badges.last?.definition.slug)
    row.count(outcome.category, 1)
    if paid.points > 0 {
      book(outcome, .earn, paid.points, expires: PointsTerm.end(of: outcome.at, zone: zone), &row, &work)
    }
    paid.grant = offer(outcome, &row, &work)
    work.set(key, .occasion(paid))
    let ground = Ground([.occasion(mission: outcome.mission, outcome.occasion)])
    for badge in badges { grant(badge.definition, [ground], outcome.customer, .mission, &row, &work) }
    return work.definitions.badges.types(counting: outcome.category)
  }

  /// The badges that a reward gives: the one at its level and the lower ones, as far as they exist.
  private func rewarded(_ reward: Reward, _ badges: Badges) -> [Badge] {
    guard let type = reward.badgeType, let level = BadgeDefinition.Level(rawValue: reward.badgeLevel ?? "")
    else {
      return []
    }
    return badges.active(type, upTo: level)
  }

  /// Takes back what an occasion paid, once; gives the types of badges that it may make true.
  private func revoke(_ outcome: OutcomeEntry, _ row: inout CustomerRow, _ work: inout Work<Self>) -> [Int] {
    let key = RowKey.occasion(outcome.mission, outcome.occasion)
    guard var paid = work.row(key)?.occasion, !paid.isRevoked else { return [] }
    paid.isRevoked = true
    work.set(key, .occasion(paid))
    row.count(paid.category, -1)
    if paid.points > 0 { book(outcome, .reverse, -paid.points, expires: nil, &row, &work) }
    if let grant = paid.grant { revokeGrant(grant, &row, &work) }
    takeAway(.occasion(mission: outcome.mission, outcome.occasion), outcome.customer, &row, &work)
    return work.definitions.badges.types(counting: paid.category)
  }

  /// Appends to the ledger.
  private func book(
    _ outcome: OutcomeEntry, _ booking: PointsEntry.Kind, _ points: Int, expires: Int64?,
    _ row: inout CustomerRow, _ work: inout Work<Self>
  ) {
    row.balance += points
    row.ledgerCount += 1
    if points > 0 { work.registers.earned += points } else { work.registers.reversed -= points }
    let entry = PointsEntry(
      id: "p-\(work.partition)-\(work.nextNumber)", customer: outcome.customer, at: work.now,
      booking: booking,
      points: points, reason: outcome.name, reference: "\(outcome.mission)/\(outcome.occasion)",
      balance: row.balance, expiresAt: expires)
    work.set(RowKey.ledger(outcome.customer, row.ledgerCount), .ledger(LedgerRow(entry)))
    row.last = work.emit(kind: PointsEntry.kind, id: entry.id, prev: row.last, entry.write)
  }
}
