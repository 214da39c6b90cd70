import Contracts
import Measures
import Support
import Testing
import Wire

@testable import Scoring

@Suite struct RowSizeTests {
  /// How a customer lives: how many of ten days are active, how often money comes.
  struct Habits: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let activeOfTen: Int
    let rechargeDays: Int
    let usesApp: Bool
    let bytesMax: Int
  }

  /// The bytes of a row after 14 months of such a life.
  @Test(arguments: [
    Habits(testDescription: "light", activeOfTen: 2, rechargeDays: 20, usesApp: false, bytesMax: 600),
    Habits(testDescription: "ordinary", activeOfTen: 3, rechargeDays: 10, usesApp: false, bytesMax: 800),
    Habits(testDescription: "busy", activeOfTen: 5, rechargeDays: 7, usesApp: false, bytesMax: 1_100),
    Habits(testDescription: "heavy", activeOfTen: 9, rechargeDays: 5, usesApp: true, bytesMax: 2_000),
  ]) func rowsStaySmall(habits: Habits) throws {
    var random = SeededGenerator(seed: 7)
    var row = CustomerRow(ScoringDefinitions())
    func take(_ type: EventType, _ value: String?, _ day: Int, _ metadata: String? = nil) throws {
      var draft = Story.Draft(type: type, day: day, value: value, metadata: metadata)
      (draft.source, draft.id) = ("crm", "crm-10\(day + 1_000)")
      draft.seconds = Int64.random(in: -20_000...20_000, using: &random)
      row.history.take(try Lives.event(draft), today: Story.today + day)
    }
    try take(.activation, nil, -425)
    try take(.planChange, nil, -425, #"{"tier":"standard"}"#)
    try take(.profileUpdate, "80", -400)
    try take(.featureUpdate, nil, -3, #"{"features":{"churn_probability":0.2,"lifetime_value":310.5}}"#)
    for day in -424...0 {
      if -day % habits.rechargeDays == 0 { try take(.recharge, "10", day) }
      guard Int.random(in: 0..<10, using: &random) < habits.activeOfTen else { continue }
      for _ in 0..<Int.random(in: 1...4, using: &random) { try take(.callOutgoing, "61", day) }
      for _ in 0..<Int.random(in: 0...2, using: &random) { try take(.callIncoming, "61", day) }
      if Bool.random(using: &random) { try take(.smsSent, "1", day) }
      if Bool.random(using: &random) {
        try take(.dataUsage, "\(Int.random(in: 1...200, using: &random)).\(day + 500_000)", day)
      }
      if habits.usesApp { try take(.appLogin, "1", day) }
    }
    var writer = PackedWriter()
    row.pack(&writer)
    print("row of a \(habits.testDescription) customer: \(writer.bytes.count) bytes")
    #expect(writer.bytes.count <= habits.bytesMax)
    var reader = PackedReader(writer.bytes)
    #expect(try CustomerRow(&reader) == row)
    for piece in pieces(row.history) { print("  \(piece.name): \(piece.bytes)") }
  }

  private func pieces(_ history: History) -> [(name: String, bytes: Int)] {
    func size(_ pack: (inout PackedWriter) -> Void) -> Int {
      var writer = PackedWriter()
      pack(&writer)
      return writer.bytes.count
    }
    return [
      ("days", size(history.days.pack)), ("money", size(history.money.pack)),
      ("updates", size(history.updates.pack)), ("payments", size(history.payments.pack)),
    ]
  }
}
