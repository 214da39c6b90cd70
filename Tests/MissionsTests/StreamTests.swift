import Contracts
import Journal
import Testing
import Wire

@testable import Missions

/// Random streams: what is counted has no order, and whatever happens the audit is clean.
@Suite struct StreamTests {
  /// Customers who live at random beside each other in one partition.
  private struct Lives {
    static let customers = 20
    var random: Seeded
    let field: Field
    var reversed: Set<Int64> = []

    init(seed: UInt64) throws {
      random = Seeded(state: seed)
      field = try Field(templates: [ProgressTests.template(2), Field.calling[0]])
    }

    private mutating func customer() -> String { "C-\(Int.random(in: 1...Self.customers, using: &random))" }

    mutating func live(moments: Int) throws {
      for _ in 0..<moments {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2: try generate()
        case 3: try field.advance(to: field.now + .random(in: 0...3 * Micros.day, using: &random))
        case 4, 5: try reverse()
        default: try call()
        }
      }
    }

    private mutating func generate() throws {
      let engagement = Decimal6(Int.random(in: 0...60, using: &random))
      let calls = Int.random(in: 0...1, using: &random)
      try field.generate(
        Field.snapshot(customer(), engagement: engagement, calls: calls),
        max: .random(in: 1...5, using: &random),
        force: .random(using: &random), dry: Int.random(in: 0..<5, using: &random) == 0)
    }

    private mutating func call() throws {
      let calls = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        Field.event(
          customer(), at: field.now - .random(in: -Micros.hour...4 * Micros.day, using: &random),
          ingested: field.now, quiet: Int.random(in: 0..<8, using: &random) == 0)
      }
      try field.feed(all: calls)
    }

    private mutating func reverse() throws {
      var reversals: [[UInt8]] = []
      for number in (0..<8).map({ _ in Int64.random(in: 1...field.nextEvent, using: &random) }) {
        // A reversal is no original, and each original is taken back at most once.
        guard number < field.nextEvent, try isEvent(number), reversed.insert(number).inserted else {
          continue
        }
        reversals.append(
          try Field.reversal(of: number, field.events[Int(number) - 1], ingested: field.now))
      }
      if !reversals.isEmpty { try field.feed(all: reversals) }
    }

    private func isEvent(_ number: Int64) throws -> Bool {
      try EventEntry(field.events[Int(number) - 1][...], number: number)?.kind == .event
    }
  }

  @Test func twoThousandLivesAreClean() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("StreamTests lives seed \(seed)")
    var changes: Set<OutcomeEntry.Change> = []
    for group in 0..<UInt64(2_000 / Lives.customers) {
      var lives = try Lives(seed: seed &+ group)
      try lives.live(moments: 50)
      let findings = try lives.field.audit()
      #expect(findings == [], "group \(group) of seed \(seed)")
      changes.formUnion(try Field.outcomes(lives.field.twin.outputs).map(\.change))
      if !findings.isEmpty { break }
    }
    #expect(changes == [.generated, .completed, .revoked, .expired, .cancelled])
  }

  @Test func anyOrderCountsAlike() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("StreamTests order seed \(seed)")
    var random = Seeded(state: seed)
    for _ in 0..<60 {
      let count = Int.random(in: 1...25, using: &random)
      let calls = (0..<count).map { _ in
        Field.event(
          "C-1", at: At.monday + .random(in: -Micros.day...8 * Micros.day, using: &random),
          ingested: At.monday + .random(in: 0...10 * Micros.day, using: &random))
      }
      let taken = Set((0..<count).filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
      let courses = try (0..<3).map { _ in try Self.course(calls.shuffled(using: &random), calls, taken) }
      #expect(Set(courses.map(\.value)).count == 1, "seed \(seed)")
      #expect(courses.allSatisfy { $0.tally == courses[0].tally }, "seed \(seed)")
    }
  }

  /// The tally after events in an order, each of those to be reversed taken back right after all came.
  private static func course(
    _ order: [[UInt8]], _ calls: [[UInt8]], _ taken: Set<Int>
  ) throws -> (value: Decimal6, tally: Tally) {
    let field = try Field(templates: [ProgressTests.template(1_000)])
    try field.generate(Field.snapshot())
    try field.feed(all: order)
    let doomed = taken.map { calls[$0] }
    for (place, event) in order.enumerated() where doomed.contains(event) {
      // Equal events are reversed together, in every order alike.
      try field.reverse(Int64(place + 1))
    }
    let tally = try field.course(1)?.tally ?? Tally()
    return (tally.value, tally)
  }
}
