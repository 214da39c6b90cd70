import Contracts
import Journal
import Wire

extension BadgingAuditor {
  /// Each outcome was noticed once, so that none is without its decisions.
  mutating func checkNotices() {
    for (number, outcome) in outcomes.sorted(by: { $0.key < $1.key }) where !noticed.contains(number) {
      findings.append("outcome \(number) of \(outcome.customer) was not noticed")
    }
    for number in noticed.subtracting(outcomes.keys).sorted() {
      findings.append("a notice names outcome \(number), which is not there")
    }
  }

  /// Each completed occasion was paid once, each revoked one taken back once, and nothing else was paid.
  mutating func checkPayments() {
    for (name, occasion) in occasions.sorted(by: { $0.key < $1.key }) {
      let points = occasion.outcome.reward.points
      let found = paid[name] ?? Paid()
      if found.earned != (points > 0 ? [points] : []) {
        findings.append("\(name.name) of \(name.customer) earned \(found.earned), not \(points) once")
      }
      if found.reversed != (occasion.isRevoked && points > 0 ? [-points] : []) {
        findings.append("\(name.name) of \(name.customer) was taken back \(found.reversed)")
      }
    }
    for name in paid.keys.sorted() where occasions[name] == nil {
      findings.append("\(name.name) of \(name.customer) was paid and is no completed occasion")
    }
  }

  /// Balance = sum of entries, in the journal and in the rows.
  mutating func checkLedgers() {
    for (customer, entries) in ledger.sorted(by: { $0.key < $1.key }) {
      let row = rows[RowKey.customer(customer)]?.customer ?? CustomerRow()
      let sum = entries.reduce(0) { $0 + $1.points }
      if row.balance != sum || row.ledgerCount != entries.count {
        let kept = "\(row.balance) points in \(row.ledgerCount) entries"
        findings.append("\(customer) has \(kept), not \(sum) in \(entries.count)")
      }
      for (index, entry) in entries.enumerated()
      where rows[RowKey.ledger(customer, index + 1)]?.ledger != LedgerRow(entry) {
        findings.append("ledger entry \(entry.id) of \(customer) is not kept as it was booked")
      }
    }
  }

  /// Active awards are those that the journal leaves, each with living evidence; a reward's badge is held.
  mutating func checkAwards() {
    for (name, occasion) in occasions where !occasion.isRevoked {
      completed[Name(customer: name.customer, name: occasion.outcome.category), default: 0] += 1
    }
    var held: Set<Name> = []
    for (key, row) in rows.sorted(by: { $0.key < $1.key }) {
      guard let row = row.customer else { continue }
      let customer = key.dropping(bytes: RowKey.customers.utf8.count)
      if row.last != last[customer] ?? 0 {
        findings.append("the last entry of \(customer) is not \(row.last)")
      }
      for holding in row.held {
        let name = Name(customer: customer, name: holding.badge)
        if !held.insert(name).inserted { findings.append("\(customer) holds \(holding.badge) twice") }
        check(holding, name)
      }
    }
    for name in awards.keys.sorted() where !held.contains(name) {
      findings.append("the award of \(name.name) to \(name.customer) is not kept")
    }
    for case .occasion(let paid) in rows.sorted(by: { $0.key < $1.key }).map(\.value) where !paid.isRevoked {
      guard let badge = paid.badge, !held.contains(Name(customer: paid.customer, name: badge)) else {
        continue
      }
      findings.append("\(paid.customer) completed a mission for \(badge) and does not hold it")
    }
  }

  private mutating func check(_ holding: Holding, _ name: Name) {
    let row = rows[RowKey.award(name.customer, holding.place)]?.award
    if row?.id != awards[name]?.id || row == nil || row?.revokedAt != nil {
      findings.append("\(name.customer) holds \(name.name) without an award in the journal")
    }
    if !holding.grounds.contains(where: { $0.facts.allSatisfy { isLiving($0, name.customer) } }) {
      findings.append("\(name.customer) holds \(name.name) without living evidence")
    }
  }

  private func isLiving(_ fact: Evidence, _ customer: String) -> Bool {
    switch fact {
    case .crossing(let number): ups[number] == customer && !revoked.contains(number)
    case .occasion(let mission, let occasion):
      occasions[Name(customer: customer, name: "\(mission)/\(occasion)")]?.isRevoked == false
    case .completed(let category, let count):
      completed[Name(customer: customer, name: category)] ?? 0 >= count
    }
  }
}
