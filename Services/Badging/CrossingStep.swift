import Contracts
import Journal
import Wire

extension BadgingFold {
  /// Takes a crossing: what is true for the customer, and what follows from it.
  ///
  /// A comparison that no badge uses is kept too: Scoring may have taken a definition before this partition.
  func take(
    _ crossing: CrossingEntry, _ comparison: ComparisonName, _ number: Int64, _ work: inout Work<Self>
  ) {
    change(crossing.customer, &work) { row, work in
      for name in crossing.names where !crossing.quiet { tell(crossing, name, number, &row, &work) }
      row.forgetUnknown(work.definitions.badges)
      let before = row.truths
      row.truths.removeAll {
        crossing.change == .revoked ? $0.crossing == crossing.revokes : $0.comparison == comparison
      }
      if crossing.change == .up {
        row.truths.append(
          Truth(
            comparison: comparison, crossing: number, definitions: work.taken(.badgingDefinitions)))
      }
      if let revoked = crossing.revokes { takeAway(.crossing(revoked), crossing.customer, &row, &work) }
      if crossing.quiet {
        row.isWaiting = row.isWaiting || row.truths != before
      } else {
        let isDefinition = crossing.cause == Self.definitionCause
        let types = work.definitions.badges.types(with: comparison)
        decide(crossing.customer, isDefinition ? .definition : .criteria, types, &row, &work)
      }
    }
  }

  /// What a crossing says of segments and thresholds is told on in the customer's order.
  private func tell(
    _ crossing: CrossingEntry, _ name: String, _ number: Int64, _ row: inout CustomerRow,
    _ work: inout Work<Self>
  ) {
    let notice = NoticeEntry(crossing, name, number: number, at: work.now)
    row.last = work.emit(kind: NoticeEntry.kind, prev: row.last, notice.write)
    work.registers.notices[notice.of, default: 0] += 1
  }

  /// The `cause` of a crossing that a new comparison brought.
  private static let definitionCause = "definition"

  /// Customers that one due entry looks at; the next slice is due at once.
  static let sweepMax = 1_000

  /// Takes a definition; when it may change who meets the badge, all customers are looked at.
  func take(_ badge: Badge, _ number: Int64, _ work: inout Work<Self>) {
    guard work.definitions.badges.put(badge, number: number) else { return }
    work.registers.sweptTo = ""
    work.set(Due(at: work.now, kind: DueKind.sweep, id: ""))
  }

  /// One slice. An edit may make a badge's criteria true without any new comparison, so without a crossing.
  func sweep(_ work: inout Work<Self>) {
    guard let after = work.registers.sweptTo else { return }
    let keys = work.keys(after: after, prefix: RowKey.customers, limit: Self.sweepMax)
    for key in keys {
      let customer = key.dropping(bytes: RowKey.customers.utf8.count)
      let types = Array(work.definitions.badges.types.indices)
      change(customer, &work) { row, work in
        row.forgetUnknown(work.definitions.badges)
        if !row.isWaiting { decide(customer, .definition, types, &row, &work) }
      }
    }
    work.registers.sweptTo = keys.count == Self.sweepMax ? keys.last : nil
    if work.registers.sweptTo != nil { work.set(Due(at: work.now, kind: DueKind.sweep, id: "")) }
  }
}

extension CustomerRow {
  /// Drops what was true of comparisons that ceased to be watched since: Scoring tells no more of them.
  mutating func forgetUnknown(_ badges: Badges) {
    if badges.left.isEmpty { return }
    if truths.contains(where: { $0.definitions < badges.left[$0.comparison] ?? 0 }) {
      truths.removeAll { $0.definitions < badges.left[$0.comparison] ?? 0 }
    }
  }
}
