import Contracts
import Journal
import Wire

/// How much of a refill is done at once.
enum RefillLimits {
  /// Customers of one slice; the next slice is due at once.
  static let customersMax = 1_000
}

extension MissionsFold {
  /// A mission's window is over.
  func expire(_ due: Due, _ work: inout Work<MissionsFold>) {
    guard let (id, number) = Self.mission(of: due), var customer = work.customer(id) else { return }
    finish(number, &customer, &work)
    for old in customer.takeOld(now: work.now) { work.set(RowKey.archived(id, old.number), .archived(old)) }
    work.put(customer, id)
  }

  /// Sets the timer of the next midnight of the operator's zone.
  func scheduleRefill(_ work: inout Work<MissionsFold>) {
    let day = zone.day(ofMicros: work.now) + 1
    let at = zone.start(of: day)
    work.registers.refillAt = at
    work.registers.refillAfter = RowKey.customers
    work.registers.refillBatch = 0
    work.set(Due(at: at, kind: DueKind.refill, id: "\(day)/1"))
  }

  /// One slice of the daily refill: its customers with a free slot are wanted from Scoring.
  func refill(_ due: Due, _ work: inout Work<MissionsFold>) {
    let after = work.registers.refillAfter
    let keys = work.keys(after: after, prefix: RowKey.customers, limit: RefillLimits.customersMax)
    let free = keys.filter { key in
      guard case .customer(let customer)? = work.row(key) else { return false }
      return customer.active(at: due.at) < CustomerMissions.activeMax
    }
    let day = zone.day(ofMicros: due.at)
    work.registers.refillBatch += 1
    if !free.isEmpty {
      let want = Want(day: day.number, batch: work.registers.refillBatch, at: due.at, customers: free.count)
      work.registers.wants.append(want)
      work.set(RowKey.want(want), .want(free.map(RowKey.customer(ofKey:))))
    }
    guard keys.count == RefillLimits.customersMax, let last = keys.last else { return scheduleRefill(&work) }
    work.registers.refillAfter = last
    work.set(Due(at: due.at, kind: DueKind.refill, id: "\(day)/\(work.registers.refillBatch + 1)"))
  }
}
