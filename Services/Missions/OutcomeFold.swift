import Contracts
import Journal
import Wire

extension Work<MissionsFold> {
  /// A customer's missions; nil for a customer never seen.
  mutating func customer(_ id: String) -> CustomerMissions? {
    guard case .customer(let customer)? = row(RowKey.customer(id)) else { return nil }
    return customer
  }

  mutating func mission(_ number: Int64) -> MissionRecord? {
    guard case .mission(let mission)? = row(RowKey.mission(partition, number)) else { return nil }
    return mission
  }

  mutating func put(_ customer: CustomerMissions, _ id: String) {
    set(RowKey.customer(id), .customer(customer))
  }

  mutating func put(_ mission: MissionRecord) {
    set(RowKey.mission(partition, mission.facts.number), .mission(mission))
  }

  /// Journals what became of a mission, behind the customer's last outcome; gives its number.
  @discardableResult
  mutating func emit(
    _ change: OutcomeEntry.Change, of facts: MissionFacts, occasion: Int, at: Int64,
    _ customer: inout CustomerMissions
  ) -> Int64 {
    let entry = OutcomeEntry(
      customer: facts.customer, mission: MissionID.text(partition, facts.number), template: facts.template,
      category: facts.category.rawValue, change: change, occasion: occasion, at: at, reward: facts.reward,
      name: facts.name)
    let id = "o-\(partition)-\(nextNumber)"
    customer.last = emit(kind: "outcome", id: id, prev: customer.last) { entry.write(&$0) }
    return customer.last
  }

  /// Moves a mission's course from the customer's row into its own.
  mutating func settle(_ number: Int64, _ customer: inout CustomerMissions) {
    guard let course = customer.end(number), var record = mission(number) else { return }
    record.course = course
    put(record)
  }
}

extension MissionsFold {
  /// When a mission's window is over.
  static func expiry(_ customer: String, _ number: Int64, partition: Int, at end: Int64) -> Due {
    Due(at: end, kind: DueKind.expire, id: "\(customer)/\(MissionID.text(partition, number))")
  }

  /// When the instant passes that a mission is about.
  static func passing(_ customer: String, _ number: Int64, partition: Int, at instant: Int64) -> Due {
    Due(at: instant, kind: DueKind.pass, id: expiry(customer, number, partition: partition, at: instant).id)
  }

  /// The instant of a mission passes: while it is active, that completes it.
  func pass(_ due: Due, _ work: inout Work<MissionsFold>) {
    guard let (id, number) = Self.mission(of: due), var customer = work.customer(id),
      let place = customer.running.firstIndex(where: { $0.number == number }),
      let change = customer.running[place].course.pass(at: due.at), let facts = work.mission(number)?.facts
    else { return }
    decide(change, facts, customer.running[place].course, &customer, &work)
    work.put(customer, id)
  }

  /// The customer and the mission's number that a timer is about.
  static func mission(of due: Due) -> (customer: String, number: Int64)? {
    guard let slash = due.id.lastIndex(of: "/"),
      let mission = MissionID.parts(String(due.id[due.id.index(after: slash)...]))
    else { return nil }
    return (String(due.id[..<slash]), mission.number)
  }

  /// Ends a mission whose window is over: an active one expires, any other only moves to its own row.
  func finish(_ number: Int64, _ customer: inout CustomerMissions, _ work: inout Work<MissionsFold>) {
    guard let place = customer.running.firstIndex(where: { $0.number == number }),
      let facts = work.mission(number)?.facts
    else { return }
    if customer.running[place].course.expire() {
      let course = customer.running[place].course
      work.registers.count(facts.template, from: .active, to: .expired)
      work.emit(.expired, of: facts, occasion: course.occasion, at: course.end, &customer)
    }
    work.settle(number, &customer)
  }
}
