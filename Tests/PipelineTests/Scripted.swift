import Contracts
import Wire

/// What happens in every story, so that every kind of outcome is met.
enum Scripted {
  /// The first calls often and then not again; the second's only call is taken back, the third's too and then
  /// followed by another; the fourth is new on a day on which missions are asked for at noon.
  static let customers = ["S-1", "S-2", "S-3", "S-4"]
  /// A story must be longer, in days.
  static let days = 6

  static let records: [(day: Int, record: Record)] =
    customers.enumerated().map { place, customer in
      let day = place == 3 ? 1 : 0
      return (day, record(.activation, customer, "birth", day))
    } + [
      (2, call("S-2", "a", 2)), (4, call("S-2", "a", 2).back),
      (2, call("S-3", "a", 2)), (4, call("S-3", "a", 2).back), (5, call("S-3", "b", 5)),
    ]
    + late
    + (0..<15).map { number in
      let day = 2 + number / 5
      return (day, call("S-1", String(number), day))
    }

  /// Calls of the first in the last hours of the week's mission, which began at noon of day 4: one comes
  /// inside the grace after its end, one too late.
  private static let late: [(day: Int, record: Record)] = [13, 14].map { day in
    (day, call("S-1", "late \(day)", 11))
  }

  private static func call(_ customer: String, _ id: String, _ day: Int) -> Record {
    var call = record(.callOutgoing, customer, id, day)
    call.value = Decimal6(60)
    return call
  }

  private static func record(_ type: EventType, _ customer: String, _ id: String, _ day: Int) -> Record {
    Record(type: type, customer: customer, id: "\(customer)/\(id)", at: Story.midnight(day) + 3_600_000_000)
  }
}
