import Contracts
import Support
import Testing
import Wire

@testable import Scoring

/// Random lives of a few customers: late events, reversals, quiet ones, days passing, definitions changing.
@Suite struct StreamTests {
  /// What happens, in an order in which a reversal follows its original.
  private enum Step {
    case event(Story.Draft)
    case reversal(Story.Draft)
  }

  private func drafts(_ random: inout SeededGenerator) -> [Story.Draft] {
    let types: [EventType] = [.callOutgoing, .callOutgoing, .callIncoming, .activation, .planChange]
    return (0..<Int.random(in: 5...40, using: &random)).map { _ in
      Story.Draft(
        customer: ["anna", "ben", "carl"].randomElement(using: &random)!,
        type: types.randomElement(using: &random)!, day: Int.random(in: -70...5, using: &random),
        quiet: Int.random(in: 0..<8, using: &random) == 0)
    }
  }

  private func steps(_ drafts: [Story.Draft], _ random: inout SeededGenerator) -> [Step] {
    var steps = drafts.shuffled(using: &random).map { Step.event($0) }
    for (place, draft) in drafts.enumerated() where place % 4 == 0 {
      let original = steps.firstIndex {
        if case .event(let event) = $0 {
          event.customer == draft.customer && event.type == draft.type
            && event.day == draft.day && event.quiet == draft.quiet
        } else {
          false
        }
      }
      steps.insert(.reversal(draft), at: Int.random(in: (original! + 1)...steps.count, using: &random))
    }
    return steps
  }

  private func prepare(_ story: Story) throws {
    try story.badge("caller", Criteria.calls(3))
    try story.badge("active", Criteria.active)
    try story.badge("engaged", #"{">=":[{"var":"engagement"},10.6]}"#)
    try story.badge("idle", Criteria.idle)
    try story.badge("old", #"{">=":[{"var":"customer_age_days"},30]}"#)
  }

  private func live(_ story: Story, _ steps: [Step], _ random: inout SeededGenerator) throws {
    for step in steps {
      switch step {
      case .event(let draft): try story.take(draft)
      case .reversal(let draft): try story.reverse(draft)
      }
      switch Int.random(in: 0..<30, using: &random) {
      case 0: try story.pass(days: Int.random(in: 1...3, using: &random))
      case 1: try story.badge("caller", Criteria.calls(Int.random(in: 1...4, using: &random)))
      case 2: try story.badge("idle", nil)
      case 3: try story.badge("idle", Criteria.idle)
      case 4:
        try story.define(story.twin.definitions.score.version + 1, calls: .random(in: 5...60, using: &random))
      default: break
      }
    }
    try story.pass(days: max(0, 20 - Int((story.now - Story.noon) / Day.micros)))
  }

  @Test func anyOrderEndsInTheSameScores() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("anyOrderEndsInTheSameScores: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let drafts = drafts(&random)
      let (left, right) = (try Story(), try Story())
      for story in [left, right] {
        try prepare(story)
        try live(story, steps(drafts, &random), &random)
        try check(story, drafts, seed)
      }
      for customer in Set(drafts.map(\.customer)) {
        for day in [nil, 0, -30] {
          let one = try left.assessment(customer, day: day).features
          let other = try right.assessment(customer, day: day).features
          for feature in Feature.allCases {
            #expect(one.value(feature) == other.value(feature), "\(feature) of \(customer), seed \(seed)")
          }
        }
      }
    }
  }

  /// What holds is what is true now, what is live was up, and the journal agrees.
  private func check(_ story: Story, _ drafts: [Story.Draft], _ seed: UInt64) throws {
    let findings = try story.audit()
    #expect(findings == [], "seed \(seed)")
    let crossings = try story.crossings(story.twin.outputs)
    for customer in Set(drafts.map(\.customer)) {
      let row = try story.row(customer)
      let assessment = try story.assessment(customer)
      for watched in story.twin.definitions.watch.watched {
        #expect(
          row.holding.contains(watched.hash) == assessment.holds(watched.rule, watched.attributes),
          "seed \(seed)")
      }
      for live in row.live { #expect(crossings[Int(live.number) - 1].change == .up, "seed \(seed)") }
      #expect(
        row.live.allSatisfy { live in !crossings.contains { $0.revokes == live.number } }, "seed \(seed)")
    }
    for crossing in crossings where crossing.revokes != nil {
      let up = crossings[Int(crossing.revokes ?? 1) - 1]
      #expect(up.change == .up && up.comparison == crossing.comparison, "seed \(seed)")
      #expect(up.customer == crossing.customer, "seed \(seed)")
    }
  }

  /// Told again, the same stream puts out the same bytes.
  @Test func theSameStreamGivesTheSameJournal() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("theSameStreamGivesTheSameJournal: seed \(seed)")
    for round in 0..<10 {
      var outputs: [[[UInt8]]] = []
      for _ in 0..<2 {
        var random = SeededGenerator(seed: seed &+ UInt64(round))
        let story = try Story()
        try prepare(story)
        try live(story, steps(drafts(&random), &random), &random)
        outputs.append(story.twin.outputs)
      }
      #expect(outputs[0] == outputs[1], "seed \(seed)")
    }
  }
}
