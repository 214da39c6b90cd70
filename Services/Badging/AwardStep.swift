import Contracts
import Journal
import Wire

extension BadgingFold {
  /// Awards what is met of the types that a change may concern, and keeps what else an award stands on.
  ///
  /// Every entry of a customer that is not quiet comes here: so what quiet ones brought is announced now.
  func decide(
    _ customer: String, _ reason: AwardEntry.Reason, _ types: [Int], _ row: inout CustomerRow,
    _ work: inout Work<Self>
  ) {
    let types = row.isWaiting ? Array(work.definitions.badges.types.indices) : types
    row.isWaiting = false
    for (badge, grounds) in work.definitions.badges.met(row.standing, types) {
      grant(badge.definition, grounds, customer, reason, &row, &work)
    }
  }

  /// Awards a badge, or adds grounds to the award that the customer has.
  func grant(
    _ badge: BadgeDefinition, _ grounds: [Ground], _ customer: String, _ reason: AwardEntry.Reason,
    _ row: inout CustomerRow, _ work: inout Work<Self>
  ) {
    if let index = row.held.firstIndex(where: { $0.badge == badge.slug }) {
      _ = row.held[index].grounds.add(grounds)
      return
    }
    let entry = AwardEntry(
      id: "a-\(work.partition)-\(work.nextNumber)", customer: customer, at: work.now, badge: badge.slug,
      badgeType: badge.badgeType, level: badge.level, change: .awarded, reason: reason,
      evidence: grounds.first?.facts ?? [])
    row.awardCount += 1
    row.held.append(Holding(badge: badge.slug, place: row.awardCount, grounds: grounds))
    work.set(RowKey.award(customer, row.awardCount), .award(AwardRow(entry)))
    work.registers.awards[badge.slug, default: 0] += 1
    row.last = work.emit(kind: AwardEntry.kind, id: entry.id, prev: row.last, entry.write)
  }

  /// Takes a fact away, and with it the awards that have nothing else to stand on, then or now.
  func takeAway(_ fact: Evidence, _ customer: String, _ row: inout CustomerRow, _ work: inout Work<Self>) {
    for index in row.held.indices {
      let standing = row.held[index].grounds.filter { row.stands($0, without: fact) }
      if standing.count != row.held[index].grounds.count { row.held[index].grounds = standing }
    }
    guard row.held.contains(where: \.grounds.isEmpty) else { return }
    let met = work.definitions.badges.met(row.standing)
    for index in row.held.indices where row.held[index].grounds.isEmpty {
      row.held[index].grounds = met.first { $0.badge.definition.slug == row.held[index].badge }?.grounds ?? []
    }
    for holding in row.held where holding.grounds.isEmpty { revoke(holding, fact, customer, &row, &work) }
    row.held.removeAll(where: \.grounds.isEmpty)
  }

  private func revoke(
    _ holding: Holding, _ fact: Evidence, _ customer: String, _ row: inout CustomerRow,
    _ work: inout Work<Self>
  ) {
    let key = RowKey.award(customer, holding.place)
    guard var award = work.row(key)?.award else { return }
    award.revokedAt = work.now
    work.set(key, .award(award))
    work.registers.awards[holding.badge, default: 1] -= 1
    let entry = AwardEntry(
      id: award.id, customer: customer, at: work.now, badge: award.badge, badgeType: award.badgeType,
      level: award.level, change: .revoked, reason: .reversal, evidence: [fact])
    row.last = work.emit(kind: AwardEntry.kind, id: entry.id, prev: row.last, entry.write)
  }
}
