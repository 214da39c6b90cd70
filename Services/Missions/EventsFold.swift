import Contracts
import Journal
import Wire

extension MissionsFold {
  /// Counts an event, or takes back a reversed one, in all missions of its customer whose matter it is.
  func take(_ event: EventEntry, _ work: inout Work<MissionsFold>) {
    guard let touched = touched(event, &work) else {
      know(event.customer, &work)
      return keepBill(event, &work)
    }
    keepBill(event, &work)
    if touched.running { takeRunning(event, &work) }
    for number in touched.ended { takeEnded(number, event, &work) }
  }

  /// What an event may concern; nil for a customer never seen.
  private func touched(
    _ event: EventEntry, _ work: inout Work<MissionsFold>
  ) -> (running: Bool, ended: [Int64])? {
    guard let customer = work.customer(event.customer) else { return nil }
    return (customer.countsRunning(event), customer.endedAround(event))
  }

  /// Bills are kept for the missions to come.
  private func keepBill(_ event: EventEntry, _ work: inout Work<MissionsFold>) {
    guard event.type == .billIssued else { return }
    work.update(RowKey.customer(event.customer), initial: .customer(CustomerMissions())) { row, work in
      _ = row.withCustomer { $0.take(bill: event, now: work.now) }
    }
  }

  /// The first sign of a customer: from now on the refill thinks of them.
  func know(_ customer: String, _ work: inout Work<MissionsFold>) {
    work.put(CustomerMissions(), customer)
    if work.registers.refillAt == 0 { scheduleRefill(&work) }
  }

  private func takeRunning(_ event: EventEntry, _ work: inout Work<MissionsFold>) {
    let changes = work.update(RowKey.customer(event.customer), initial: .customer(CustomerMissions())) {
      row, _ in
      row.withCustomer { $0.take(event) } ?? []
    }
    guard !changes.isEmpty, var customer = work.customer(event.customer) else { return }
    for (number, change) in changes {
      guard let course = customer.running.first(where: { $0.number == number })?.course,
        let facts = work.mission(number)?.facts
      else { continue }
      decide(change, facts, course, &customer, &work)
    }
    work.put(customer, event.customer)
  }

  private func takeEnded(_ number: Int64, _ event: EventEntry, _ work: inout Work<MissionsFold>) {
    guard var record = work.mission(number), var course = record.course, course.counts(event) else { return }
    let before = course.status
    let change = course.take(event)
    record.course = course
    work.put(record)
    guard let change, var customer = work.customer(event.customer) else { return }
    customer.note(number, course)
    decide(change, record.facts, course, from: before, &customer, &work)
    work.put(customer, event.customer)
  }

  /// Journals a completion or its revocation.
  func decide(
    _ change: OutcomeEntry.Change, _ facts: MissionFacts, _ course: Course, from before: MissionStatus? = nil,
    _ customer: inout CustomerMissions, _ work: inout Work<MissionsFold>
  ) {
    let isFirst = course.occasion == 1
    let old: MissionStatus = change == .revoked ? .completed : before ?? (isFirst ? .active : .revoked)
    work.registers.count(facts.template, from: old, to: course.status)
    work.emit(change, of: facts, occasion: course.occasion, at: course.completedAt ?? work.now, &customer)
  }
}
