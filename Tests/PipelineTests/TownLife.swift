import Contracts
import Support
import Testing
import Wire

/// How a story is lived through in a town.
struct TownLife: Sendable {
  let town: Town
  let story: Story
  /// Nil: as it is written.
  var telling: Telling?

  /// Records of one pushed batch.
  static let batchMax = 40
  /// Calls for full marks after the last change.
  static let fullCalls = 30

  /// What is changed on which day, before that day's records come.
  ///
  /// In a fortnight few come to the scores that many missions ask for: they are for everybody here.
  static let changes: [Int: [DefinitionChange]] = [
    0: [
      .everybody(slug: "app_feature_adoption", without: ["min_digital_score", "max_digital_score"]),
      .everybody(slug: "content_consumption", without: ["min_digital_score"]),
      .everybody(slug: "multi_channel_usage", without: ["min_digital_score"]),
      .everybody(slug: "high_value_purchase", without: ["min_revenue_score"]),
      .everybody(slug: "monthly_arpu_goal", without: ["min_revenue_score"]),
      .everybody(slug: "premium_upgrade", without: ["min_revenue_score"]),
      .everybody(slug: "on_time_payment", without: ["min_loyalty_score"]),
      .everybody(slug: "payment_recovery", without: ["min_risk_score"]),
    ],
    2: [.segment(id: "busy", engagement: 12), .threshold(id: "caller", calls: 3, back: 2)],
    3: [.badge(slug: "power_user.bronze", engagement: 15)],
    4: [.fullMarks(calls: fullCalls)],
    6: [.template(slug: "call_frequency", threshold: 12, points: 150)],
    8: [.segment(id: "busy", engagement: 20)],
  ]

  /// Days on which missions are asked for at noon, when the day's records have come already.
  ///
  /// On the last of them those without progress are made anew.
  static let orders = [1, 4, 7]

  /// Days on which missions are asked for by name.
  static let namings = [1, 3, 5, 7, 9, 11]

  /// The day on which the first gets a mission of a week, which ends by its time.
  static let weekly = 4

  /// For whom missions are asked for by the rules; for all who come after them by the names of templates.
  static let ordering = 1..<7

  /// Lives through days; `before` is called at the beginning of each.
  func live(_ days: Range<Int>, before: (Int) async throws -> Void = { _ in }) async throws {
    for day in days {
      try await before(day)
      try await town.advance(to: Story.midnight(day))
      for (place, change) in (Self.changes[day] ?? []).enumerated() {
        try await town.change(change, key: "change-\(day)-\(place)")
      }
      try await tell(day)
      if Self.orders.contains(day) || Self.namings.contains(day) { try await order(day) }
    }
  }

  private func order(_ day: Int) async throws {
    try await town.advance(to: Story.midnight(day) + Story.dayMicros / 2)
    if Self.orders.contains(day) { try await orderByRules(day) }
    if Self.namings.contains(day) { try await orderByName(day) }
  }

  private func orderByRules(_ day: Int) async throws {
    if day == Self.weekly {
      try await town.generate(story.customers[0], "call_frequency", force: true, key: "order-of-a-week")
    }
    for customer in story.customers[Self.ordering] {
      try await town.generate(customer, force: day == Self.orders.last, key: "order-\(day)-\(customer)")
    }
  }

  private func orderByName(_ day: Int) async throws {
    let templates = try await town.templates()
    for (place, customer) in story.customers[Self.ordering.upperBound...].enumerated() {
      let template = templates[(place + day * Self.stride) % templates.count]
      try await town.generate(customer, template, force: true, key: "order-\(day)-\(customer)")
    }
  }

  /// From the templates of one day's orders to those of the next.
  private static let stride = 5

  private func tell(_ day: Int) async throws {
    var random = SeededGenerator(seed: story.seed &+ UInt64(day))
    var records = story.arrivals[day][...]
    if let telling { records = telling.told(story.arrivals[day], &random)[...] }
    var positions: [Int: Position] = [:]
    var part = 0
    while !records.isEmpty {
      let size = telling == nil ? Self.batchMax : Int.random(in: 1...Self.batchMax, using: &random)
      let pushed = try await town.push(Array(records.prefix(size)), key: "day-\(day)-\(part)")
      #expect(pushed.rejected == 0, "\(told)")
      for position in pushed.positions { positions[position.partition] = position }
      records = records.dropFirst(size)
      part += 1
    }
    try await town.settle(Array(positions.values))
  }

  /// Says which run it was.
  var told: String { "\(telling?.rawValue ?? "plain"), seed \(story.seed)" }

  /// Lives a story from its beginning to its end, and gives what is left of it.
  static func whole(_ story: Story, _ telling: Telling? = nil) async throws -> Lasting {
    let town = try Town()
    try await town.open()
    let life = TownLife(town: town, story: story, telling: telling)
    try await life.live(0..<story.arrivals.count)
    return try await life.end()
  }

  /// The end of a story that was lived through: all is compared and checked, and the town is gone.
  func end() async throws -> Lasting {
    try await compare(lastDay: story.arrivals.count - 1)
    try await town.check(told)
    let lasting = try await Lasting(town, story.customers)
    lasting.expectEventful(days: story.arrivals.count, told)
    await town.end()
    return lasting
  }

  /// Compares scores, now and some days ago, and progress with a plain count of the records.
  private func compare(lastDay: Int) async throws {
    let plain = Plain(story, fullCalls: Self.fullCalls)
    var missions = 0
    for customer in story.customers {
      for day in [lastDay, lastDay - 4] {
        guard let shown = try await town.scores(customer, asOf: Story.midnight(day)) else { continue }
        expect(shown, plain.life(customer, day: day), "\(customer), day \(day), \(told)")
      }
      // A cancelled mission counts nothing from then on.
      for mission in try await town.missions(customer) where mission.status != "cancelled" {
        missions += 1
        #expect(mission.currentValue == plain.progress(mission, of: customer), "\(mission), \(told)")
      }
    }
    #expect(missions >= story.customers.count / 2, "\(told)")
  }

  private func expect(_ shown: ShownScores, _ life: PlainLife, _ told: String) {
    let features = life.features
    #expect(Set(features.keys) == Set(shown.features.keys), "\(told)")
    for (name, value) in features { #expect(shown.features[name] == value, "\(name) of \(told)") }
    #expect(shown.attributes == life.attributes, "\(told)")
    let expected = life.scores(fullCalls: Self.fullCalls)
    #expect(shown.scores == expected.scores, "\(told)")
    #expect(shown.confidence == expected.confidence, "\(told)")
  }
}
