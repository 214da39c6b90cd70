import Contracts
import Journal
import Wire

/// Nothing is kept of a customer who is forgotten; those who follow are told.
extension MissionsFold {
  func forget(_ id: String, _ work: inout Work<MissionsFold>) {
    let customer = work.customer(id)
    if let customer {
      for mission in customer.running {
        work.cancel(Self.expiry(id, mission.number, partition: work.partition, at: mission.course.end))
        drop(mission.number, &work)
      }
      for mission in customer.ended { drop(mission.number, &work) }
      for key in work.keys(after: RowKey.archive(id), prefix: RowKey.archive(id), limit: .max / 2) {
        if case .archived(let mission) = work.row(key) { drop(mission.number, &work) }
        work.set(key, nil)
      }
      work.set(RowKey.customer(id), nil)
    }
    for want in work.registers.wants {
      guard case .want(let customers) = work.row(RowKey.want(want)), customers.contains(id) else { continue }
      work.set(RowKey.want(want), .want(customers.filter { $0 != id }))
    }
    work.emit(
      kind: ForgetEntry.kind, id: "o-\(work.partition)-\(work.nextNumber)", prev: customer?.last ?? 0,
      ForgetEntry(customer: id).write)
  }

  /// A mission's own row; what templates have come to stays counted.
  private func drop(_ number: Int64, _ work: inout Work<MissionsFold>) {
    work.set(RowKey.mission(work.partition, number), nil)
  }
}
