import Contracts
import Testing
import Wire

@testable import Missions

/// A story per default template (domain.md 5 and 6): completed, just missed, reversed, late within grace.
@Suite struct StoryTests {
  private func begin(_ story: Story) throws -> Field {
    let field = try Field(templates: Field.catalogue)
    let answer = try field.generate(WhoGetsWhatTests.snapshot(story.snapshot), template: story.slug)
    #expect(answer.contains("\"target_value\":\(story.target),"), "\(answer)")
    return field
  }

  private func play(_ field: Field, _ step: Step, ingested: Int64? = nil) throws -> [OutcomeEntry] {
    if ingested == nil { try field.advance(to: max(field.now, step.at)) }
    return try field.event(
      "C-1", step.type, at: step.at, ingested: ingested, value: step.value, metadata: step.metadata)
  }

  private func template(_ story: Story) throws -> MissionTemplate {
    try #require(Field.catalogue.first { $0.slug == story.slug })
  }

  @Test(arguments: Story.all)
  func theLastStepCompletesIt(_ story: Story) throws {
    let field = try begin(story)
    for step in story.steps.dropLast() { #expect(try play(field, step).isEmpty, "day \(step.day)") }
    let last = try #require(story.steps.last)
    let done = try play(field, last)
    #expect(done.map(\.change) == [.completed])
    #expect(done.map(\.at) == [last.at])
    #expect(done.map(\.reward) == [try template(story).rewardConfig])
    #expect(try field.course(1)?.percent == Decimal6(100))
    #expect(try field.audit() == [])
  }

  @Test(arguments: Story.all)
  func justMissedExpires(_ story: Story) throws {
    let field = try begin(story)
    for step in story.missing { #expect(try play(field, step).isEmpty, "day \(step.day)") }
    #expect(try field.course(1)?.percent ?? .zero < Decimal6(100))
    let end = At.day(try template(story).days)
    #expect(try field.advance(to: end).map(\.change) == [.expired])
    #expect(try field.audit() == [])
  }

  @Test(arguments: Story.all)
  func reversedItIsRevokedAndComesAgain(_ story: Story) throws {
    let field = try begin(story)
    for step in story.steps { _ = try play(field, step) }
    let taken = try field.reverse(field.nextEvent - 1)
    #expect(taken.map(\.change) == [.revoked])
    #expect(taken.map(\.occasion) == [1])
    let again = try play(field, try #require(story.steps.last))
    #expect(again.map(\.change) == [.completed])
    #expect(again.map(\.occasion) == [2])
    #expect(try field.audit() == [])
  }

  @Test(arguments: Story.all)
  func lateWithinGraceItStillCompletes(_ story: Story) throws {
    let field = try begin(story)
    for step in story.steps.dropLast() { _ = try play(field, step) }
    let last = try #require(story.steps.last)
    let end = At.day(try template(story).days)
    #expect(try field.advance(to: end + Course.graceMicros).map(\.change) == [.expired])
    #expect(try play(field, last, ingested: end + Course.graceMicros).isEmpty)
    let done = try play(field, last, ingested: end + Course.graceMicros - 1)
    #expect(done.map(\.change) == [.completed])
    #expect(done.map(\.at) == [last.at])
    #expect(try field.audit() == [])
  }

  /// The order of arrival changes nothing of what is counted; whatever is taken back leaves no trace.
  @Test(arguments: Story.all)
  func anyOrderAndAnyReversalCountAlike(_ story: Story) throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(state: seed)
    let (kept, extra) = (story.steps, story.missing)
    let field = try begin(story)
    var numbers: [Int64] = []
    for (place, step) in (kept + extra).enumerated().shuffled(using: &random) {
      if place >= kept.count { numbers.append(field.nextEvent) }
      _ = try play(field, step, ingested: field.now)
    }
    for number in numbers.shuffled(using: &random) { try field.reverse(number) }
    let plain = try begin(story)
    for step in kept { _ = try play(plain, step, ingested: plain.now) }
    let (course, expected) = (try field.course(1), try plain.course(1))
    #expect(course?.tally.value == expected?.tally.value, "\(story.slug) seed \(seed)")
    #expect(course?.status == .completed, "\(story.slug) seed \(seed)")
    #expect(try field.audit() == [], "\(story.slug) seed \(seed)")
  }

  @Test func everyTemplateButTheAnniversaryHasItsStory() {
    #expect(Set(Story.all.map(\.slug)).union(["anniversary"]) == Set(Field.catalogue.map(\.slug)))
    #expect(Story.all.count == 28)
  }
}

/// The anniversary is no event: its midnight passes, or the mission is gone by then.
@Suite struct AnniversaryTests {
  private func begin(days: Int, zone: Zone = .utc) throws -> Field {
    let field = try Field(templates: Field.catalogue, zone: zone)
    field.now = At.day(0, 15)
    var snapshot = WhoGetsWhatTests.snapshot("days_to_anniversary=\(days)")
    snapshot.asOf = field.now
    try field.generate(snapshot, template: "anniversary")
    return field
  }

  @Test func itsLocalMidnightCompletesIt() throws {
    let field = try begin(days: 3, zone: try Zone(named: "Europe/Berlin"))
    // Midnight of 7 March in Berlin is 23:00 UTC of the day before.
    #expect(try field.advance(to: At.day(2, 23) - 1).isEmpty)
    let done = try field.advance(to: At.day(2, 23))
    #expect(done.map(\.change) == [.completed])
    #expect(done.map(\.at) == [At.day(2, 23)])
    #expect(done.map(\.reward.points) == [5_000])
    #expect(try field.advance(to: At.day(400)).isEmpty)
    #expect(try field.audit() == [])
  }

  /// The customer's own midnight counts, wherever the operator is.
  @Test func theCustomersZoneOutranksTheOperators() throws {
    let field = try Field(templates: Field.catalogue, zone: try Zone(named: "Europe/Berlin"))
    field.now = At.day(0, 15)
    var snapshot = WhoGetsWhatTests.snapshot("days_to_anniversary=3")
    snapshot.asOf = field.now
    snapshot.attributes["time_zone"] = .text("Asia/Tokyo")
    try field.generate(snapshot, template: "anniversary")
    // At 15:00 UTC it is midnight in Tokyo: the day is the next one already.
    #expect(try field.advance(to: At.day(3, 15) - 1).isEmpty)
    #expect(try field.advance(to: At.day(3, 15)).map(\.change) == [.completed])
  }

  @Test func aCancelledOneIsNotCompleted() throws {
    let field = try begin(days: 60)
    field.now = At.day(59)
    try field.generate(WhoGetsWhatTests.snapshot(""), force: true)
    let after = try field.advance(to: At.day(366)).filter { $0.template == "anniversary" }
    #expect(after.isEmpty)
    #expect(try field.course(1)?.status == .cancelled)
    #expect(try field.audit() == [])
  }

  @Test func noEventCounts() throws {
    let field = try begin(days: 2)
    for type in EventType.allCases where type != .reversal {
      #expect(try field.event("C-1", type, at: At.day(1), value: Decimal6(100)).isEmpty)
    }
    #expect(try field.course(1)?.tally.value == .zero)
  }
}
