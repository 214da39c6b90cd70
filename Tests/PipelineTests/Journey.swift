import Contracts
import Wire

/// One customer's way through one mission: what makes it theirs, and what completes it.
struct Journey: Sendable {
  /// Something that happens on a day, counted from the first, so many times.
  struct Deed: Sendable {
    var type: EventType
    var day: Int
    var value: String?
    var notes: [String: Record.Note]
    var times: Int

    init(
      _ type: EventType, _ day: Int, _ value: String? = nil, _ notes: [String: Record.Note] = [:],
      times: Int = 1
    ) {
      (self.type, self.day, self.value, self.notes, self.times) = (type, day, value, notes, times)
    }
  }

  let template: String
  /// Worked out by hand from domain.md 5.
  let target: String
  let points: Int
  var badge: String?
  var offer: String?
  /// Whether the badge stands on more than the mission.
  let keepsBadge: Bool
  let before: [Deed]
  let deeds: [Deed]
  /// The day on which it is completed.
  let lastDay: Int
  /// Where nothing is done, there is nothing to take back.
  var isTakenBack: Bool { !deeds.isEmpty }

  init(
    _ template: String, _ target: String, _ points: Int, _ badge: String? = nil, offer: String? = nil,
    keepsBadge: Bool = true, before: [Deed], then deeds: [Deed], lastDay: Int? = nil
  ) {
    self.template = template
    self.target = target
    self.points = points
    self.badge = badge
    self.offer = offer
    self.keepsBadge = keepsBadge
    self.before = before
    self.deeds = deeds
    self.lastDay = lastDay ?? deeds.map(\.day).max() ?? 0
  }

  var customer: String { "J-\(template)" }

  /// Before the town's first day.
  var history: [Record] { records(before, "before") }
  /// What is done, in order.
  var records: [Record] { records(deeds, "then") }

  /// Minutes apart; of a day before the first in its evening, of any later one in its morning.
  private func records(_ deeds: [Deed], _ name: String) -> [Record] {
    deeds.enumerated().flatMap { place, deed in
      (0..<deed.times).map { time in
        let minute = Int64((deed.day < 0 ? 18 : 6) * 60 + place + time)
        return Record(
          type: deed.type, customer: customer, id: "\(customer)/\(name)/\(place)/\(time)",
          at: Story.midnight(deed.day) + minute * 60_000_000, value: deed.value.flatMap { Decimal6($0) },
          notes: deed.notes)
      }
    }
  }
}
