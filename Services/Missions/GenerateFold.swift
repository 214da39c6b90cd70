import Contracts
import Journal
import Measures
import Wire

extension MissionsFold {
  /// The command `missions.v1/generate-with-snapshots`.
  ///
  /// A client's answers `{"results": [{"customer_id", "missions", "verdicts"}]}`, a refill's
  /// `{"customers", "generated"}`. A refill whose batch is not wanted any more has no effect.
  func generate(_ payloads: Frames, _ work: inout Work<MissionsFold>) throws(WireError) -> Frames {
    let order = try GenerationOrder(payloads.first)
    let snapshots = try GenerationOrder.snapshots(payloads)
    let templates = try templates(order.options.template, work.definitions)
    switch order.reason {
    case .refill: return refilled(order, snapshots, templates, &work)
    case .job: return chunkDone(order, snapshots, templates, &work)
    case .client: break
    }
    let results = snapshots.map { result(order, $0, templates, &work) }
    let now = work.now
    let answer = JSONWriter.object { writer in
      writer.key("results")
      writer.array { writer in for result in results { result.write(&writer, now: now) } }
    }
    return Frames([answer])
  }

  private func templates(_ slug: String?, _ catalogue: Catalogue) throws(WireError) -> [CompiledTemplate] {
    guard let slug else { return catalogue.sorted }
    guard let template = catalogue.templates[slug] else { throw .notFound("there is no template '\(slug)'") }
    return [template]
  }

  private func refilled(
    _ order: GenerationOrder, _ snapshots: [Snapshot], _ templates: [CompiledTemplate],
    _ work: inout Work<MissionsFold>
  ) -> Frames {
    let wants = work.registers.wants
    guard let place = wants.firstIndex(where: { $0.day == order.day && $0.batch == order.batch }) else {
      return Frames([ChunkMark(customers: 0, generated: 0).encoded()])
    }
    // Who was forgotten meanwhile is not wanted any more.
    var wanted: Set<String> = []
    if case .want(let customers) = work.row(RowKey.want(wants[place])) { wanted = Set(customers) }
    let meant = snapshots.filter { wanted.contains($0.customer) }
    let mark = carryOut(order, meant, templates, &work)
    work.registers.wants.remove(at: place)
    work.set(RowKey.want(wants[place]), nil)
    return Frames([mark.encoded()])
  }

  /// A chunk of a job; the mark stays, so that the same chunk has no effect ever again.
  private func chunkDone(
    _ order: GenerationOrder, _ snapshots: [Snapshot], _ templates: [CompiledTemplate],
    _ work: inout Work<MissionsFold>
  ) -> Frames {
    let key = RowKey.chunk(order.job, order.batch)
    if case .chunk(let mark)? = work.row(key) { return Frames([mark.encoded()]) }
    let mark = carryOut(order, snapshots, templates, &work)
    work.set(key, .chunk(mark))
    return Frames([mark.encoded()])
  }

  private func carryOut(
    _ order: GenerationOrder, _ snapshots: [Snapshot], _ templates: [CompiledTemplate],
    _ work: inout Work<MissionsFold>
  ) -> ChunkMark {
    var mark = ChunkMark(customers: snapshots.count, generated: 0)
    var options = order.options
    options.isExplained = false
    for snapshot in snapshots {
      mark.generated += carryOut(options, snapshot, templates, &work).chosen.count
    }
    return mark
  }

  private func result(
    _ order: GenerationOrder, _ snapshot: Snapshot, _ templates: [CompiledTemplate],
    _ work: inout Work<MissionsFold>
  ) -> GenerationResult {
    let plan =
      order.dryRun
      ? Generation(options: order.options, now: work.now, zone: snapshot.zone(zones))
        .plan(snapshot, templates, work.customer(snapshot.customer) ?? CustomerMissions())
      : carryOut(order.options, snapshot, templates, &work)
    var missions = views(snapshot.customer, &work).filter { !plan.cancelled.contains($0.facts.number) }
    if order.dryRun { missions += plan.chosen.map { preview($0, snapshot, work) } }
    return GenerationResult(customer: snapshot.customer, missions: missions, verdicts: plan.verdicts)
  }

  /// Chooses for one customer and does it: overdue ones expire, forced ones are cancelled, chosen ones made.
  private func carryOut(
    _ options: GenerationOptions, _ snapshot: Snapshot, _ templates: [CompiledTemplate],
    _ work: inout Work<MissionsFold>
  ) -> GenerationPlan {
    let id = snapshot.customer
    if work.customer(id) == nil { know(id, &work) }
    var customer = work.customer(id) ?? CustomerMissions()
    for mission in customer.running where mission.course.end <= work.now {
      finish(mission.number, &customer, &work)
    }
    let zone = snapshot.zone(zones)
    let plan = Generation(options: options, now: work.now, zone: zone).plan(snapshot, templates, customer)
    for number in plan.cancelled { cancel(number, id, &customer, &work) }
    for choice in plan.chosen { make(choice, zone, id, &customer, &work) }
    work.put(customer, id)
    return plan
  }

  private func cancel(
    _ number: Int64, _ id: String, _ customer: inout CustomerMissions, _ work: inout Work<MissionsFold>
  ) {
    guard let place = customer.running.firstIndex(where: { $0.number == number }),
      customer.running[place].course.cancel(), let facts = work.mission(number)?.facts
    else { return }
    let course = customer.running[place].course
    work.cancel(Self.expiry(id, number, partition: work.partition, at: course.end))
    work.registers.count(facts.template, from: .active, to: .cancelled)
    work.emit(.cancelled, of: facts, occasion: course.occasion, at: work.now, &customer)
    work.settle(number, &customer)
  }

  private func make(
    _ choice: GenerationPlan.Choice, _ zone: Zone, _ id: String, _ customer: inout CustomerMissions,
    _ work: inout Work<MissionsFold>
  ) {
    let number = work.nextNumber
    let facts = MissionFacts(number: number, customer: id, template: choice.template, target: choice.target)
    let course = course(choice, zone, customer, work)
    work.registers.count(facts.template, from: nil, to: .active)
    work.emit(.generated, of: facts, occasion: 0, at: work.now, &customer)
    work.put(MissionRecord(facts: facts))
    customer.running.append(
      RunningMission(
        number: number, template: facts.template, category: facts.category, isDynamic: facts.isDynamic,
        course: course))
    work.set(Self.expiry(id, number, partition: work.partition, at: course.end))
    if let at = choice.passesAt { work.set(Self.passing(id, number, partition: work.partition, at: at)) }
  }

  private func course(
    _ choice: GenerationPlan.Choice, _ zone: Zone, _ customer: CustomerMissions, _ work: Work<MissionsFold>
  ) -> Course {
    Course(
      metric: choice.metric, start: work.now, end: work.now + Int64(choice.template.days) * Micros.day,
      cursor: work.taken(.events), target: choice.target.value, firstDay: zone.day(ofMicros: work.now),
      bills: customer.bills(at: work.now))
  }

  /// A customer's active missions.
  private func views(_ id: String, _ work: inout Work<MissionsFold>) -> [MissionView] {
    var views: [MissionView] = []
    for mission in work.customer(id)?.running ?? [] where mission.course.isActive(at: work.now) {
      guard let facts = work.mission(mission.number)?.facts else { continue }
      views.append(
        MissionView(facts: facts, course: mission.course, id: MissionID.text(work.partition, mission.number)))
    }
    return views
  }

  private func preview(
    _ choice: GenerationPlan.Choice, _ snapshot: Snapshot, _ work: Work<MissionsFold>
  ) -> MissionView {
    let facts = MissionFacts(
      number: 0, customer: snapshot.customer, template: choice.template, target: choice.target)
    return MissionView(facts: facts, course: course(choice, snapshot.zone(zones), CustomerMissions(), work))
  }
}

extension Snapshot {
  /// Where the customer lives: what the profile says, else the operator's zone.
  func zone(_ zones: Zones) -> Zone {
    if case .text(let name)? = attributes["time_zone"], let zone = zones[name] { return zone }
    return zones.usual
  }
}
