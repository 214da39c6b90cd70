import Contracts
import Testing
import Wire

@testable import Measures
@testable import Missions

/// What a mission counts has no order, and is measured like the habit on which its target stands.
@Suite struct MeasureTests {
  /// Types that any metric counts, and some that none does.
  private static let types: [EventType] = [
    .callOutgoing, .callIncoming, .dataUsage, .recharge, .topUp, .bundlePurchase, .payment, .billPaid,
    .billIssued, .planChange, .profileUpdate, .referral, .contentShare, .appLogin, .webLogin, .ussdSession,
    .appFeatureUse, .contentView, .selfCareAction, .qoeIssue, .featureUpdate,
  ]
  private static let metadata = [
    "", #"{"channel":"App"}"#, #"{"channel":"shop"}"#, #"{"feature":"pay"}"#, #"{"feature":"chat"}"#,
    #"{"roaming":true}"#, #"{"tier":"premium"}"#, #"{"tier":"premium","direction":"downgrade"}"#,
    #"{"bill_id":"b1"}"#, #"{"bill_id":"b1","due_date":"2024-03-09"}"#, #"{"bill_id":"b2"}"#,
    #"{"due_date":"2024-03-07"}"#,
  ]
  private static let days = 14

  private static func event(_ random: inout Seeded) throws -> EventEntry {
    let type = types.randomElement(using: &random) ?? .custom
    let bytes = Field.event(
      "C-1", type, at: At.monday + .random(in: 0..<Int64(days) * Micros.day, using: &random),
      ingested: At.day(days), value: Decimal6(Int.random(in: 0...9, using: &random)),
      metadata: metadata.randomElement(using: &random) ?? "")
    return try #require(try EventEntry(bytes[...], number: 2))
  }

  private static func reversal(_ event: EventEntry) -> EventEntry {
    var reversal = event
    reversal.kind = .reversal
    return reversal
  }

  /// A course that nothing completes, after events in an order, packed and read somewhere in between.
  private static func value(
    _ metric: Metric, _ events: [EventEntry], _ random: inout Seeded
  ) throws -> Decimal6 {
    var course = Course(
      metric: metric, start: At.monday, end: At.day(days), cursor: 1, target: Decimal6(1_000_000))
    for event in events {
      if course.counts(event) { _ = course.take(event) }
      if Int.random(in: 0..<16, using: &random) == 0 { course = try repacked(course) }
    }
    return course.tally.value
  }

  private static func repacked(_ course: Course) throws -> Course {
    var writer = PackedWriter()
    course.pack(&writer)
    var reader = PackedReader(writer.bytes)
    return try Course(&reader)
  }

  @Test(arguments: Metric.allCases) func anyOrderAndReversals(metric: Metric) throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("MeasureTests \(metric) seed \(seed)")
    var random = Seeded(state: seed)
    var values: Set<Decimal6> = []
    for _ in 0..<40 {
      let events = try (0..<Int.random(in: 1...90, using: &random)).map { _ in try Self.event(&random) }
      let kept = events.filter { _ in Int.random(in: 0..<4, using: &random) != 0 }
      var steps = events
      // Equal events are many: as often as one is not kept, one like it is taken back.
      var left = kept
      for event in events {
        if let place = left.firstIndex(where: { Self.same($0, event) }) {
          left.remove(at: place)
        } else {
          steps.append(Self.reversal(event))
        }
      }
      let once = try Self.value(metric, steps, &random)
      let plain = try Self.value(metric, kept.shuffled(using: &random), &random)
      #expect(once == plain, "seed \(seed)")
      values.insert(plain)
    }
    #expect(metric == .anniversary || values.count > 1)
  }

  private static func same(_ left: EventEntry, _ right: EventEntry) -> Bool {
    (left.type, left.at, left.value) == (right.type, right.at, right.value)
      && left.metadata.elementsEqual(right.metadata)
  }

  @Test(arguments: Habit.allCases) func aHabitIsWhatAMissionCounts(habit: Habit) throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("MeasureTests \(habit) seed \(seed)")
    var random = Seeded(state: seed)
    let metric = try #require(Metric(rawValue: habit.rawValue))
    let last = Zone.utc.day(ofMicros: At.day(Self.days - 1))
    let window = DayWindow(endingOn: last, days: Self.days)
    for _ in 0..<40 {
      let events = try (0..<Int.random(in: 1...60, using: &random)).map { _ in try Self.event(&random) }
      var (days, money) = (DayBuckets(), Money())
      for event in events {
        days.add(contribution(of: event), on: event.day, today: last)
        if let kind = Money.Kind(event.type) {
          money.add(kind, event.value ?? .zero, at: event.at, on: event.day, sign: 1, today: last)
        }
      }
      #expect(try Self.value(metric, events, &random) == habit.value(days, money, in: window), "seed \(seed)")
    }
  }
}
