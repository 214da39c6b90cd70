import Contracts
import Testing
import Wire

@testable import Missions

/// Customers who live at random with all 29 templates and all types of event: the audit counts again.
@Suite struct WholeCatalogueTests {
  private static let metadata = [
    "", "", #"{"roaming":true}"#, #"{"channel":"Shop"}"#, #"{"channel":"web","feature":"chat"}"#,
    #"{"feature":"bill","tier":"premium","direction":"upgrade"}"#,
    #"{"bill_id":"b1","due_date":"2024-03-20"}"#, #"{"bill_id":"b1"}"#, #"{"bill_id":"b2"}"#,
    #"{"due_date":"2024-04-02"}"#,
  ]
  private static let types = EventType.allCases.filter { $0 != .reversal }

  private struct Lives {
    var random: Seeded
    let field: Field
    var reversed: Set<Int64> = []

    private mutating func pick<T>(_ values: [T]) -> T {
      values[Int.random(in: values.indices, using: &random)]
    }

    private mutating func snapshot() -> Snapshot {
      var snapshot = Snapshot(
        customer: "C-\(Int.random(in: 1...6, using: &random))", events: 0, asOf: field.now)
      for score in ["engagement", "revenue", "loyalty", "risk", "digital"] {
        snapshot.scores[score] = .number(Decimal6(Int.random(in: 0...100, using: &random)))
      }
      for feature in [
        "calls_made_ever", "data_events_ever", "recharges_ever", "app_logins_ever", "bills_ever", "arrears",
        "qoe_issues_7d", "days_to_anniversary", "days_since_last_activity",
      ] {
        snapshot.features[feature] = .number(Decimal6(pick([0, 0, 1, 40])))
      }
      return snapshot
    }

    mutating func moment() throws {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: try field.generate(snapshot(), force: .random(using: &random))
      case 1: try field.advance(to: field.now + .random(in: 0...6 * Micros.day, using: &random))
      case 2: try reverse()
      default: try field.feed(all: (0..<20).map { _ in event() })
      }
    }

    private mutating func event() -> [UInt8] {
      Field.event(
        "C-\(Int.random(in: 1...6, using: &random))", pick(types),
        at: field.now - .random(in: -Micros.hour...3 * Micros.day, using: &random), ingested: field.now,
        quiet: Int.random(in: 0..<9, using: &random) == 0,
        value: Decimal6(pick([0, 1, 20, 100])), metadata: pick(metadata))
    }

    private mutating func reverse() throws {
      var reversals: [[UInt8]] = []
      for _ in 0..<15 {
        let number = Int64.random(in: 1...field.nextEvent, using: &random)
        guard number < field.nextEvent, reversed.insert(number).inserted,
          try EventEntry(field.events[Int(number) - 1][...], number: number)?.kind == .event
        else { continue }
        reversals.append(
          try Field.reversal(of: number, field.events[Int(number) - 1], ingested: field.now))
      }
      if !reversals.isEmpty { try field.feed(all: reversals) }
    }
  }

  @Test func livesWithTheWholeCatalogueAreClean() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("WholeCatalogueTests seed \(seed)")
    var completed: Set<String> = []
    for life in 0..<UInt64(30) {
      var lives = Lives(random: Seeded(state: seed &+ life), field: try Field(templates: Field.catalogue))
      for _ in 0..<80 { try lives.moment() }
      #expect(try lives.field.audit() == [], "life \(life) of seed \(seed)")
      completed.formUnion(
        try Field.outcomes(lives.field.twin.outputs).filter { $0.change == .completed }.map(\.template))
    }
    // Whatever the seed, a good part of the catalogue is completed by somebody; 13 to 20 were seen.
    #expect(completed.count >= 8, "\(completed.sorted())")
  }
}
