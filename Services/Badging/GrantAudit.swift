import Contracts
import Wire

/// What the journal says of granted offers, to be compared with the completions and the rows.
struct GrantAudit {
  private struct Grant {
    let entry: OfferEntry
    var end: OfferEntry.Change?
  }

  /// By id.
  private var grants: [String: Grant] = [:]

  mutating func forget(_ customer: String) { grants = grants.filter { $0.value.entry.customer != customer } }

  /// Takes an entry; gives what is wrong with it by itself.
  mutating func take(_ entry: OfferEntry, _ number: Int64) -> [String] {
    let known = grants[entry.id]
    if entry.change == .granted {
      grants[entry.id] = Grant(entry: entry)
      return known == nil ? [] : ["awards \(number): \(entry.id) was granted before"]
    }
    guard let known, known.entry.customer == entry.customer else {
      return ["awards \(number): \(entry.customer) was not granted \(entry.id)"]
    }
    if let end = known.end { return ["awards \(number): \(entry.id) is over already by \(end.rawValue)"] }
    grants[entry.id]?.end = entry.change
    let isLate = entry.at >= known.entry.expiresAt
    guard entry.change == .revoked || isLate == (entry.change == .expired) else {
      return ["awards \(number): \(entry.change.rawValue) of \(entry.id) at the wrong side of its expiry"]
    }
    return []
  }

  /// Each grant has a completion that promised it, none has two, and rows are what the journal leaves.
  func findings(_ occasions: [BadgingAuditor.Name: BadgingAuditor.Occasion], _ rows: [String: BadgingRow])
    -> [String]
  {
    var findings: [String] = []
    var sources: [BadgingAuditor.Name: String] = [:]
    var counts: [String: Int] = [:]
    for (id, grant) in grants.sorted(by: { $0.key < $1.key }) {
      let entry = grant.entry
      let name = BadgingAuditor.Name(customer: entry.customer, name: "\(entry.mission)/\(entry.occasion)")
      let source = occasions[name]
      if source?.outcome.reward.offerId != entry.offer { findings.append("the grant \(id) has no source") }
      if let other = sources.updateValue(id, forKey: name) {
        findings.append("\(name.name) of \(name.customer) was granted \(other) and \(id)")
      }
      if source?.isRevoked == true, grant.end == nil {
        findings.append("the source of the grant \(id) was revoked, and the grant stands")
      }
      if rows[RowKey.occasion(entry.mission, entry.occasion)]?.occasion?.grant != id {
        findings.append("\(name.name) of \(name.customer) does not know of the grant \(id)")
      }
      counts[entry.customer, default: 0] += 1
      findings += self.findings(grant, rows[RowKey.grant(id)]?.grant)
    }
    return findings + self.findings(counts, rows)
  }

  private func findings(_ grant: Grant, _ row: GrantRow?) -> [String] {
    let status: GrantRow.Status =
      switch grant.end {
      case .redeemed: .redeemed
      case .expired: .expired
      case .revoked: .revoked
      case .granted, nil: .granted
      }
    return row?.entry == grant.entry && row?.status == status
      ? [] : ["the grant \(grant.entry.id) is not kept as it was told"]
  }

  /// Each customer's chain has all grants, and there is no row without an entry.
  private func findings(_ counts: [String: Int], _ rows: [String: BadgingRow]) -> [String] {
    var findings: [String] = []
    for (key, row) in rows.sorted(by: { $0.key < $1.key }) {
      if let grant = row.grant, grants[grant.entry.id] == nil {
        findings.append("the grant \(grant.entry.id) is not in the journal")
      }
      if let occasion = row.occasion, let id = occasion.grant,
        grants[id]?.entry.customer != occasion.customer
      {
        findings.append("\(key) of \(occasion.customer) names the grant \(id), which is not theirs")
      }
      guard let customer = row.customer else { continue }
      let name = key.dropping(bytes: RowKey.customers.utf8.count)
      var (length, next) = (0, customer.lastGrant)
      while let id = next, length <= customer.grantCount {
        length += 1
        next = rows[RowKey.grant(id)]?.grant?.before
      }
      if length != customer.grantCount || length != counts[name] ?? 0 {
        findings.append("\(name) has \(length) grants in a row of \(customer.grantCount)")
      }
    }
    return findings
  }
}
