import Contracts
import Journal
import Wire

/// In whose zone a customer is swept: found by zone, so that one midnight costs what lives there.
extension ScoringFold {
  /// Moves a customer to the zone in which he lives now.
  func settle(_ customer: String, _ row: inout CustomerRow, _ work: inout Work<Self>) {
    let lives = row.history.zone(at: work.now, zones).name
    let zone = lives == zones.usual.name ? "" : lives
    guard zone != row.zone else { return }
    if !row.zone.isEmpty { leave(row.zone, customer, &work) }
    if !zone.isEmpty { enter(zone, customer, &work) }
    row.zone = zone
  }

  /// Nothing is kept of a customer any more; those who follow are told.
  func forget(_ customer: String, _ work: inout Work<Self>) {
    let row = work.row(CustomerRow.key(customer))
    if let row {
      if !row.zone.isEmpty { leave(row.zone, customer, &work) }
      work.registers.customers -= 1
      work.set(CustomerRow.key(customer), nil)
    }
    let id = "x-\(work.partition)-\(work.nextNumber)"
    work.emit(kind: ForgetEntry.kind, id: id, prev: row?.last ?? 0, ForgetEntry(customer: customer).write)
  }

  private func enter(_ zone: String, _ customer: String, _ work: inout Work<Self>) {
    work.set(CustomerRow.markKey(zone: zone, customer), .mark)
    if let place = work.registers.away.firstIndex(where: { $0.zone == zone }) {
      work.registers.away[place].customers += 1
      return
    }
    let place = work.registers.away.firstIndex { $0.zone > zone } ?? work.registers.away.count
    work.registers.away.insert(ZoneSweep(zone: zone, customers: 1), at: place)
    plan(place, &work)
  }

  /// The last one to leave takes the zone away; its timer finds nobody.
  private func leave(_ zone: String, _ customer: String, _ work: inout Work<Self>) {
    work.set(CustomerRow.markKey(zone: zone, customer), nil)
    guard let place = work.registers.away.firstIndex(where: { $0.zone == zone }) else { return }
    work.registers.away[place].customers -= 1
    if work.registers.away[place].customers == 0 { work.registers.away.remove(at: place) }
  }
}
