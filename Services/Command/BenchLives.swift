import Contracts
import Hosting
import Wire

/// An entry of the events, ready to be appended.
struct BenchEvent: Sendable {
  let partition: Int
  let entry: [UInt8]
}

/// Customers with a history and what they do next: the same seed gives the same events, but for the days.
///
/// Ninety-eight of a hundred have a short history, two a rich one of two months.
struct BenchLives: Sendable {
  private static let short = 4
  private static let rich = 300
  private static let richEvery = 50
  private static let spreadDays = 60

  private let customers: Int
  private var random: SplitMix64
  private let today: Day
  private let now: Int64
  private var number = 0
  /// The customer whose history is told, and how much of it is left.
  private var telling = (customer: -1, left: 0)

  init(seed: UInt64, customers: Int) {
    self.customers = customers
    random = SplitMix64(seed: seed)
    now = ServiceClock.machineMicroseconds()
    today = Zone.utc.day(ofMicros: now)
  }

  static func name(_ customer: Int) -> String { "C-\(1_000_000 + customer)" }

  private static func size(_ customer: Int) -> Int { customer % richEvery == 0 ? rich : short }

  /// Events of all histories.
  var histories: Int { (0..<customers).reduce(0) { $0 + Self.size($1) } }

  /// The next event of the histories, one customer's after the other's.
  mutating func nextHistory() -> BenchEvent {
    if telling.left == 0 {
      telling.customer += 1
      telling.left = Self.size(telling.customer)
      telling.left -= 1
      return event(telling.customer, "ACTIVATION", nil, Self.spreadDays)
    }
    telling.left -= 1
    return any(telling.customer, daysBack: random.below(Self.spreadDays))
  }

  /// What a random customer does today.
  mutating func next() -> BenchEvent { any(random.below(customers), daysBack: 0) }

  /// An event of somebody who is not among the customers.
  mutating func warming() -> BenchEvent { event(-1 - random.below(1_000), "CUSTOM", "1", 0) }

  private mutating func any(_ customer: Int, daysBack: Int) -> BenchEvent {
    switch random.below(20) {
    case 0: event(customer, "RECHARGE", String(5 + random.below(20)), daysBack)
    case 1..<8: event(customer, "CALL_OUTGOING", String(5 + random.below(600)), daysBack)
    case 8..<13: event(customer, "CALL_INCOMING", String(5 + random.below(600)), daysBack)
    case 13..<17:
      event(customer, "DATA_USAGE", "\(1 + random.below(200)).\(1 + random.below(99_999))", daysBack)
    case 17: event(customer, "SMS_SENT", "1", daysBack)
    case 18: event(customer, "APP_LOGIN", "1", daysBack)
    default: event(customer, "CONTENT_VIEW", "1", daysBack)
    }
  }

  private mutating func event(_ customer: Int, _ type: StaticString, _ value: String?, _ daysBack: Int)
    -> BenchEvent
  {
    number += 1
    let name = Self.name(customer)
    let partition = Partitioning.partition(of: name, count: BenchEvents.partitions)
    let day = today - daysBack
    let value = value.map { #","value":\#($0)"# } ?? ""
    let text =
      #"{"v":1,"kind":"event","id":"e-\#(partition)-\#(number)","prev":0,"ingested_at":\#(now),"#
      + #""customer_id":"\#(name)","at":\#(now - Int64(daysBack) * Day.micros),"type":"\#(type)"\#(value),"#
      + #""day":\#(day.number),"source":"bench","source_type":"cdr","source_event_id":"B\#(number)"}"#
    return BenchEvent(partition: partition, entry: Array(text.utf8))
  }
}
