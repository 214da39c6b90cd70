import Support

/// Another way in which the same story may reach the town; each day's records stay with their day.
enum Telling: String, Sendable, CaseIterable {
  case shuffled, backwards, twice, takenBackAndSentAgain

  func told(_ day: [Record], _ random: inout SeededGenerator) -> [Record] {
    switch self {
    case .shuffled: day.shuffled(using: &random)
    case .backwards: day.reversed()
    case .twice: (day + day.filter { _ in Bool.random(using: &random) }).shuffled(using: &random)
    case .takenBackAndSentAgain: resent(day, &random)
    }
  }

  /// Some records are sent under another id, taken back, and then sent as they are.
  private func resent(_ day: [Record], _ random: inout SeededGenerator) -> [Record] {
    var told: [Record] = []
    for record in day {
      if record.type != .reversal, Int.random(in: 0..<4, using: &random) == 0 {
        var first = record
        first.id += "/first\(told.count)"
        told += [first, first.back]
      }
      told.append(record)
    }
    return told
  }
}
