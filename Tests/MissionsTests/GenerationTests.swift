import Contracts
import Measures
import Testing
import Wire

@testable import Missions

@Suite struct GenerationTests {
  private let defaults = Field.calling

  private func template(
    _ slug: String, _ category: MissionTemplate.Category = .loyalty, priority: Int = 5,
    metric: String = "calls_made",
    rules: [String: Decimal6] = [:], eligibility: String? = nil
  ) -> MissionTemplate {
    MissionTemplate(
      slug: slug, templateName: slug, description: "", category: category, metric: metric,
      threshold: .init(value: Decimal6(2)), period: .weekly, rewardConfig: Reward(points: 1),
      generationRules: rules, eligibilityRules: eligibility, priority: priority)
  }

  private func plan(
    _ templates: [MissionTemplate], _ snapshot: Snapshot, _ customer: CustomerMissions = .init(),
    _ options: GenerationOptions = .init(), now: Int64 = At.monday
  ) throws -> GenerationPlan {
    Generation(options: options, now: now, zone: .utc).plan(
      snapshot, try templates.map { try CompiledTemplate($0) }, customer)
  }

  private func running(
    _ template: MissionTemplate, number: Int64 = 1, value: Int = 0, isDynamic: Bool = true,
    start: Int64 = At.monday
  ) -> RunningMission {
    var course = Course(
      metric: .callsMade, start: start, end: start + 7 * Micros.day, cursor: 0, target: Decimal6(2))
    for _ in 0..<value {
      var event = try? EventEntry(Field.event("C-1", at: start, ingested: start)[...], number: 1)
      event?.number = 1
      if let event { _ = course.take(event) }
    }
    return RunningMission(
      number: number, template: template.slug, category: template.category, isDynamic: isDynamic,
      course: course)
  }

  @Test(arguments: [
    ("0", 0, ["generated", "rule"]), ("19.99", 0, ["generated", "rule"]),
    ("20", 0, ["generated", "generated"]),
    ("20.01", 0, ["rule", "generated"]), ("20", 1, ["eligibility", "generated"]),
    ("10", 1, ["eligibility", "rule"]),
  ])
  func whoGetsTheDefaults(_ score: String, _ calls: Int, _ reasons: [String]) throws {
    let snapshot = Field.snapshot(engagement: Decimal6(score) ?? .zero, calls: calls)
    let plan = try plan(defaults, snapshot)
    #expect(plan.verdicts.map(\.template) == ["first_call", "call_frequency"])
    #expect(plan.verdicts.map(\.reason.rawValue) == reasons)
  }

  @Test func aVerdictNamesConditionValueAndNeed() throws {
    let verdicts = try plan(defaults, Field.snapshot(engagement: Decimal6("20.5") ?? .zero, calls: 1))
      .verdicts
    #expect(verdicts[0].failure?.needed == "engagement <= 20")
    #expect(verdicts[0].failure?.actual == .number(Decimal6("20.5") ?? .zero))
    #expect(verdicts[0].failure?.distance == Decimal6("0.5"))
    #expect(verdicts[0].message == "engagement <= 20 is needed, it is 20.5")
  }

  @Test func anUnknownValueFailsItsRule() throws {
    var snapshot = Field.snapshot()
    snapshot.scores = [:]
    #expect(try plan(defaults, snapshot).verdicts.map(\.reason) == [.rule, .rule])
    let idle = template("idle", rules: ["max_days_since_last": Decimal6(3)])
    #expect(try plan([idle], snapshot).verdicts.map(\.reason) == [.rule])
    snapshot.features["days_since_last_activity"] = .number(Decimal6(3))
    #expect(try plan([idle], snapshot).verdicts.map(\.reason) == [.generated])
  }

  @Test func boundsOfScoresIncludeTheirEnds() throws {
    let bounded = template(
      "b", rules: ["min_engagement_score": Decimal6(20), "max_engagement_score": Decimal6(30)])
    for (score, reason) in [("19.99", "rule"), ("20", "generated"), ("30", "generated"), ("30.01", "rule")] {
      let plan = try plan([bounded], Field.snapshot(engagement: Decimal6(score) ?? .zero))
      #expect(plan.verdicts.map(\.reason.rawValue) == [reason], "engagement \(score)")
    }
  }

  @Test func anAttributeMayBeCalledAScore() throws {
    let bounded = template("b", rules: ["min_credit_score": Decimal6(600)])
    var snapshot = Field.snapshot()
    #expect(try plan([bounded], snapshot).verdicts.map(\.reason) == [.rule])
    snapshot.attributes["credit_score"] = .number(Decimal6(700))
    #expect(try plan([bounded], snapshot).verdicts.map(\.reason) == [.generated])
  }

  @Test func switchedOffAndUnmeasuredOnesAreSaid() throws {
    var off = template("off")
    off.isActive = false
    let plan = try plan([off, template("heartbeats", .revenue, metric: "steps")], Field.snapshot())
    #expect(Set(plan.verdicts.map(\.reason)) == [.inactive, .unmeasured])
    #expect(plan.chosen.isEmpty)
  }

  @Test func priorityThenNeedThenSlug() throws {
    var snapshot = Field.snapshot(engagement: Decimal6(70))
    snapshot.scores["revenue"] = .number(Decimal6(20))
    snapshot.scores["risk"] = .number(Decimal6(90))
    let templates = [
      template("a", .engagement, priority: 5), template("b", .revenue, priority: 5),
      template("c", .correction, priority: 5), template("d", .engagement, priority: 6),
      template("aa", .engagement, priority: 5),
    ]
    for _ in 0..<5 {
      #expect(
        try plan(templates.shuffled(), snapshot).verdicts.map(\.template) == ["d", "c", "b", "a", "aa"])
    }
  }

  @Test func oneOfACategoryAndMetric() throws {
    let templates = [
      template("a", priority: 9), template("b", priority: 8), template("c", .revenue, priority: 7),
    ]
    let plan = try plan(templates, Field.snapshot())
    #expect(plan.verdicts.map(\.reason) == [.generated, .sameMetric, .generated])
    var customer = CustomerMissions()
    customer.running = [running(templates[1])]
    #expect(
      try self.plan(templates, Field.snapshot(), customer).verdicts.map(\.reason) == [
        .sameMetric, .alreadyActive, .generated,
      ])
  }

  @Test func slotsAreCountedInAll() throws {
    let categories = MissionTemplate.Category.allCases
    let templates = categories.enumerated().map { template("t\($0)", $1, priority: 9 - $0) }
    var customer = CustomerMissions()
    customer.running = [running(template("other", .onboarding, metric: "x"), number: 90)]
    let plan = try plan(templates, Field.snapshot(), customer, .init(maxMissions: 3))
    #expect(plan.verdicts.map(\.reason) == [.sameMetric, .generated, .generated, .noFreeSlot, .noFreeSlot])
    #expect(plan.chosen.map(\.template.slug) == ["t1", "t2"])
  }

  @Test func aCompletedTemplateRestsOnePeriod() throws {
    let rested = template("r")
    var customer = CustomerMissions()
    customer.running = [running(rested, value: 2)]
    let end = At.monday + 7 * Micros.day
    #expect(
      try plan([rested], Field.snapshot(), customer, now: end - 1).verdicts.map(\.reason) == [.coolDown])
    #expect(try plan([rested], Field.snapshot(), customer, now: end).verdicts.map(\.reason) == [.generated])
    // The same from the list of ended missions.
    _ = customer.end(1)
    #expect(
      try plan([rested], Field.snapshot(), customer, now: end - 1).verdicts.map(\.reason) == [.coolDown])
    customer.ended[0].completedAt = nil
    #expect(
      try plan([rested], Field.snapshot(), customer, now: end - 1).verdicts.map(\.reason) == [.generated])
  }

  @Test func forceTakesAwayWhatWasNotBegun() throws {
    let fresh = template("fresh")
    let begun = template("begun", .revenue)
    let given = template("given", .correction)
    var customer = CustomerMissions()
    customer.running = [
      running(fresh, number: 1), running(begun, number: 2, value: 1),
      running(given, number: 3, isDynamic: false),
    ]
    let plan = try plan([fresh, begun, given], Field.snapshot(), customer, .init(forceRegenerate: true))
    #expect(plan.cancelled == [1])
    #expect(plan.chosen.map(\.template.slug) == ["fresh"])
  }

  @Test func theSameTwiceMakesNotTwiceAsMany() throws {
    let field = try Field()
    let snapshot = Field.snapshot(engagement: Decimal6(20), calls: 0)
    let first = try field.generate(snapshot)
    let second = try field.generate(snapshot)
    #expect(field.twin.outputs.count == 2)
    for id in ["m-7-1", "m-7-2"] {
      #expect(first.contains("\"id\":\"\(id)\""))
      #expect(second.contains("\"id\":\"\(id)\""))
    }
    #expect(second.contains(#""reason":"already_active""#))
    #expect(try field.audit() == [])
  }

  @Test func aDryRunChangesNothing() throws {
    let field = try Field()
    let answer = try field.generate(Field.snapshot(weekly: Decimal6(20)), dry: true)
    #expect(answer.contains(#""id":null"#))
    #expect(answer.contains(#""target_value":24"#))
    #expect(field.twin.outputs.isEmpty)
    #expect(try field.customer() == nil)
    try field.generate(Field.snapshot())
    let forced = try field.generate(Field.snapshot(), force: true, dry: true)
    #expect(field.twin.outputs.count == 1)
    #expect(forced.contains(#""id":null"#))
    #expect(!forced.contains(#""id":"m-7-1""#))
  }

  @Test func forceCancelsAndMakesAnew() throws {
    let field = try Field()
    try field.generate(Field.snapshot())
    field.now = At.day(1)
    try field.generate(Field.snapshot(), force: true)
    let outcomes = try Field.outcomes(field.twin.outputs)
    #expect(outcomes.map(\.change) == [.generated, .cancelled, .generated])
    #expect(outcomes.map(\.mission) == ["m-7-1", "m-7-1", "m-7-3"])
    // The cancelled one neither counts nor expires.
    try field.event(at: At.day(2))
    #expect(try field.course(1)?.tally.value == .zero)
    #expect(try field.course(3)?.tally.value == Decimal6(1))
    #expect(try field.advance(to: At.day(7, 1)).isEmpty)
    #expect(try field.advance(to: At.day(8)).map(\.change) == [.expired])
    #expect(try field.audit() == [])
  }

  @Test func anOverdueMissionExpiresBeforeTheNextIsMade() throws {
    let field = try Field()
    try field.generate(Field.snapshot())
    // The command comes before the timer was taken.
    field.now = At.day(7)
    try field.generate(Field.snapshot())
    let outcomes = try Field.outcomes(field.twin.outputs)
    #expect(outcomes.map(\.change) == [.generated, .expired, .generated])
    #expect(try field.advance(to: At.day(7)).isEmpty)
    #expect(try field.audit() == [])
  }

  @Test func aBadRequestIsRefusedAndNamesItsField() throws {
    let field = try Field()
    let snapshot = Field.text(Field.snapshot())
    for (text, field_) in [
      (#"{"max_missions": 6}"#, "max_missions"), (#"{"max_missions": 0}"#, "max_missions"),
      (#"{"max_missions": "x"}"#, "max_missions"), (#"{"reason": "whim"}"#, "reason"),
      (#"{"colour": 1}"#, "colour"), (#"[1]"#, "object"), (#"{"dry_run": tru"#, "dry_run"),
    ] {
      let error = #expect(throws: WireError.self) {
        try field.twin.command(Method.generateCommand, [Array(text.utf8), snapshot], now: field.now)
      }
      #expect(error?.status == .invalidArgument)
      #expect(error?.message.contains(field_) == true, "\(text): \(error?.message ?? "")")
    }
    let unknown = #expect(throws: WireError.self) { try field.generate(Field.snapshot(), template: "nope") }
    #expect(unknown?.status == .notFound)
    #expect(throws: WireError.self) { try field.twin.command(Method.generateCommand, [], now: field.now) }
    #expect(field.twin.outputs.isEmpty)
    #expect(try field.customer() == nil)
  }

  @Test func aKeyStandsForTheRequestNotForItsSnapshots() throws {
    let fold = MissionsFold(zone: .utc)
    let order = GenerationOrder().encoded()
    func command(_ engagement: Int) -> [[UInt8]] {
      [order, Field.text(Field.snapshot(engagement: Decimal6(engagement)))]
    }
    let asked = [40, 41].map {
      fold.asked(.init(method: Method.generateCommand, key: "k", payloads: Frames(command($0))))
    }
    #expect(asked[0] == asked[1])
    #expect(asked[0] == Frames([order]))
  }
}
