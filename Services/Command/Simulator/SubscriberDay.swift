import Contracts
import Wire

/// A day of a simulated run.
struct RunDay: Sendable, Hashable {
  /// From 0.
  let index: Int
  let date: Day
  /// Unix microseconds; the end is the next day's start.
  let start: Int64
  let end: Int64

  init(index: Int, date: Day, zone: Zone) {
    self.index = index
    self.date = date
    start = zone.start(of: date)
    end = zone.start(of: date + 1)
  }
}

/// One customer's day, a pure function of (seed, customer, day): what each system of the operator records.
///
/// The models are in this type's extensions, one file each; none of them looks at the records of another day,
/// so that a day costs the same whatever came before and a million customers need no memory.
struct SubscriberDay: Sendable {
  let subscriber: Subscriber
  let day: RunDay

  /// From Sunday to Saturday: fewer calls at the weekend, most on Friday.
  private static let week = [0.7, 1, 1, 1.05, 1.1, 1.25, 0.9]
  /// The hours from 0 to 23, in shares of a day: little at night, a peak in the evening.
  private static let hours = [
    6, 3, 2, 1, 1, 3, 12, 28, 42, 46, 48, 50, 54, 50, 46, 48, 54, 66, 74, 76, 68, 52, 34, 16,
  ]

  /// Whether the customer uses anything at all on this day.
  var isPresent: Bool { subscriber.joined <= day.index && subscriber.silence?.holds(day.index) != true }

  /// Whether this is one of the first days after a silence, when everything is tried again.
  var isReturning: Bool {
    guard let back = subscriber.silence?.back else { return false }
    return (0..<Self.returningDays).contains(day.index - back)
  }
  private static let returningDays = 9

  /// Of a hundred days so many pass without any use, by kind of user.
  private static let idleShare = [0.01, 0.06, 0.25, 0.6]

  /// How much of the usual is done today: 0 for nothing.
  var level: Double {
    guard isPresent else { return 0 }
    if isReturning { return 1.2 }
    var random = SplitMix64(seed: subscriber.seed, subscriber.number, day.index, -1)
    if random.chance(Self.idleShare[subscriber.usage.rawValue]) { return 0 }
    let usual = Self.week[day.date.weekday]
    guard let silence = subscriber.silence else { return usual }
    let left = silence.first - day.index
    return left > 0 && left <= silence.fading ? usual * Double(left) / Double(silence.fading + 2) : usual
  }

  var isAbroad: Bool { subscriber.trip?.contains(day.index) == true }

  /// The random numbers of one feed's records of this day.
  func random(_ feed: Feed) -> SplitMix64 {
    SplitMix64(seed: subscriber.seed, subscriber.number, day.index, feed.number)
  }

  /// A moment of the day, as people live.
  func moment(_ random: inout SplitMix64) -> Int64 {
    instant(random.pick(Self.hours), &random)
  }

  /// A moment within an hour of the day, in microseconds; in whole seconds.
  func instant(_ hour: Int, _ random: inout SplitMix64) -> Int64 {
    let second = Int64(hour * 3_600 + random.below(3_600))
    return min(day.start + second * Micros.second, day.end - Micros.second)
  }

  /// All records of a feed.
  func records(_ feed: Feed) -> [FeedRecord] {
    var random = random(feed)
    return switch feed {
    case .cdr: calls(&random) + messages(&random) + sessions(&random)
    case .billing: money(&random) + bills() + arrears()
    case .crm: relations(&random)
    case .app: app(&random)
    case .network: disturbances(&random)
    case .dwh: features(&random)
    }
  }
}

extension Feed {
  /// The place among all feeds.
  var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
