import Contracts
import Measures
import Rules
import Wire

/// What is asked of a generation.
struct GenerationOptions: Sendable, Equatable {
  /// Active missions that the customer may have in all, at most `CustomerMissions.activeMax`.
  var maxMissions = CustomerMissions.activeMax
  /// Cancels dynamic missions first in which nothing was achieved.
  var forceRegenerate = false
  /// Only this template is considered.
  var template: String?
  /// Whether anybody reads why a condition failed; to tell it takes most of the time.
  var isExplained = true
}

/// Whether a template was taken for a customer, and why or why not.
struct Verdict: Sendable, Equatable {
  enum Reason: String, Sendable {
    case generated, inactive, unmeasured, rule, eligibility
    case alreadyActive = "already_active"
    case sameMetric = "same_metric"
    case coolDown = "cool_down"
    case noFreeSlot = "no_free_slot"
  }

  var template: String
  var reason: Reason
  var message: String
  /// The condition that fails, with what it found and how far that is off.
  var failure: RuleFailure?
}

/// What a generation decided: pure, so that it can be looked at without being carried out.
struct GenerationPlan: Sendable {
  struct Choice: Sendable {
    var template: MissionTemplate
    var metric: Metric
    var target: PersonalTarget
    /// The instant that it is about, if it is about one.
    var passesAt: Int64?
  }

  /// Missions that a forced generation takes away first.
  var cancelled: [Int64] = []
  var chosen: [Choice] = []
  /// For every template, in the order in which they were considered.
  var verdicts: [Verdict] = []
}

/// Chooses missions for one customer (domain.md 5 "Generation").
struct Generation {
  let options: GenerationOptions
  /// Unix microseconds.
  let now: Int64
  /// The customer's, in which an anniversary's midnight lies.
  let zone: Zone

  func plan(_ snapshot: Snapshot, _ templates: [CompiledTemplate], _ customer: CustomerMissions)
    -> GenerationPlan
  {
    var plan = GenerationPlan()
    if options.forceRegenerate { plan.cancelled = unstarted(customer) }
    let active = customer.running.filter { mission in
      mission.course.isActive(at: now) && !plan.cancelled.contains(mission.number)
    }
    var free = options.maxMissions - active.count
    for place in order(templates, snapshot) {
      let compiled = templates[place]
      let template = compiled.template
      var verdict = judge(compiled, snapshot, customer, active, plan.chosen)
      if verdict.reason == .generated, free <= 0 {
        verdict.reason = .noFreeSlot
        verdict.message = "\(active.count + plan.chosen.count) of \(options.maxMissions) missions are active"
      }
      if verdict.reason == .generated, let metric = compiled.metric {
        free -= 1
        plan.chosen.append(
          GenerationPlan.Choice(
            template: template, metric: metric, target: .make(template, metric, snapshot),
            passesAt: metric == .anniversary ? anniversary(snapshot) : nil))
      }
      plan.verdicts.append(verdict)
    }
    return plan
  }

  private func unstarted(_ customer: CustomerMissions) -> [Int64] {
    customer.running.filter {
      $0.isDynamic && $0.course.isActive(at: now) && $0.course.tally.value == .zero
    }.map(\.number)
  }

  /// Priority first, then who needs it more, then the slug: the places of the templates in that order.
  private func order(_ templates: [CompiledTemplate], _ snapshot: Snapshot) -> [Int] {
    let ranks = templates.indices.map { place in
      (templates[place].template.priority, Self.distance(templates[place].template.category, snapshot))
    }
    return templates.indices.sorted { left, right in
      if ranks[left] != ranks[right] { return ranks[left] > ranks[right] }
      return templates[left].template.slug < templates[right].template.slug
    }
  }

  /// How far the category's own score is from where it should be.
  static func distance(_ category: MissionTemplate.Category, _ snapshot: Snapshot) -> Decimal6 {
    switch category {
    case .onboarding, .engagement: Decimal6(100) - snapshot.score("engagement")
    case .revenue: Decimal6(100) - snapshot.score("revenue")
    case .loyalty: Decimal6(100) - snapshot.score("loyalty")
    case .correction: snapshot.score("risk")
    }
  }

  private func judge(
    _ compiled: CompiledTemplate, _ snapshot: Snapshot, _ customer: CustomerMissions,
    _ active: [RunningMission],
    _ chosen: [GenerationPlan.Choice]
  ) -> Verdict {
    let template = compiled.template
    func verdict(_ reason: Verdict.Reason, _ message: String, _ failure: RuleFailure? = nil) -> Verdict {
      Verdict(template: template.slug, reason: reason, message: message, failure: failure)
    }
    guard template.isActive else { return verdict(.inactive, "the template is switched off") }
    guard compiled.metric != nil else {
      return verdict(.unmeasured, "'\(template.metric)' is not measured here")
    }
    for condition in compiled.conditions {
      let reason: Verdict.Reason = condition.source == .rule ? .rule : .eligibility
      if !options.isExplained {
        if condition.holds(snapshot, isRequested: options.template != nil) { continue }
        return verdict(reason, "")
      }
      guard let failure = condition.failure(snapshot, isRequested: options.template != nil) else { continue }
      return verdict(reason, "\(failure.needed) is needed, it is \(failure.actual.json)", failure)
    }
    if let missing = missing(compiled, snapshot) { return verdict(.eligibility, missing) }
    if active.contains(where: { $0.template == template.slug }) {
      return verdict(.alreadyActive, "a mission of this template is active")
    }
    if let other = rival(template, active, chosen) {
      return verdict(.sameMetric, "\(other) of the same category counts the same")
    }
    if let until = coolDown(template, customer), until > now {
      return verdict(.coolDown, "it was completed and comes again from \(RFC3339.text(micros: until))")
    }
    return verdict(.generated, "all conditions hold")
  }

  /// An active or just chosen mission's template of the same category and metric.
  private func rival(
    _ template: MissionTemplate, _ active: [RunningMission], _ chosen: [GenerationPlan.Choice]
  ) -> String? {
    active.first { $0.category == template.category && $0.course.metric.rawValue == template.metric }?
      .template
      ?? chosen.first {
        $0.template.category == template.category && $0.template.metric == template.metric
      }?.template.slug
  }

  /// What a template needs by its nature and the customer does not have; nil when it is all there.
  private func missing(_ compiled: CompiledTemplate, _ snapshot: Snapshot) -> String? {
    if let amount = compiled.template.threshold.amount, snapshot.amount(amount) == nil {
      return "\(amount) above 0 is needed"
    }
    let isDated = compiled.metric == .anniversary
    return isDated && anniversary(snapshot) == nil ? "the date of the anniversary is not known" : nil
  }

  /// The first instant of the customer's next anniversary, if it is known and to come.
  func anniversary(_ snapshot: Snapshot) -> Int64? {
    guard let days = snapshot.amount("days_to_anniversary"), days <= Decimal6(Self.yearDaysMax) else {
      return nil
    }
    let count = Int(days.millionths / Decimal6.one)
    let instant = zone.start(of: zone.day(ofMicros: snapshot.asOf) + count)
    return instant > now ? instant : nil
  }

  /// An anniversary is not celebrated again for so many days.
  static let anniversaryRestDays = 180
  /// Days to an anniversary, at most.
  static let yearDaysMax = 366

  /// Until when a completed template rests: one period from its completion.
  private func coolDown(_ template: MissionTemplate, _ customer: CustomerMissions) -> Int64? {
    let days = template.metric == Metric.anniversary.rawValue ? Self.anniversaryRestDays : template.days
    return customer.completed(template.slug).map { $0 &+ Int64(days) * Micros.day }
  }
}
