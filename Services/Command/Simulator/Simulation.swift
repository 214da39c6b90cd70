import Contracts
import Foundation
import Wire

/// A simulated operator: the same seed gives the same bytes.
///
/// Customers are heavy, regular, light and rare users, prepaid and post-paid, with the rhythm of the week and
/// of the hours (`SubscriberDay`), of any intensity in the app, punctual and late payers; some fade out and
/// stay away for more than a month, most of those return (`Subscriber.Silence`); some travel, recommend, move
/// to a premium plan, complete their profile. Cells fail for a day (`Network`). About three of four were
/// customers before the run: the warehouse tells their age and opening balances on the first day. The records
/// hold what real ones do: `FeedWriter`. No share is taken from an operator's data.
struct Simulation: Sendable {
  static let customersDefault = 1_000
  static let daysDefault = 60
  static let customersMax = 10_000_000
  static let daysMax = 400

  let seed: UInt64
  let customers: Int
  let days: Int
  /// The day of the last files.
  let last: Day
  let zone: Zone

  var first: Day { last - (days - 1) }

  /// Writes all files into a folder, one folder a feed; `told` hears of each day that is done.
  ///
  /// An event that is late stands in the file of the day on which it arrives.
  func write(to folder: String, told: (Int) -> Void = { _ in }) throws -> [Feed: FeedCounts] {
    var writers = try Feed.allCases.map { try FeedWriter($0, in: folder) }
    for index in 0..<days {
      let day = RunDay(index: index, date: first + index, zone: zone)
      for place in writers.indices { try writers[place].open(day.date) }
      for number in 0..<customers {
        let person = SubscriberDay(subscriber: Subscriber(seed: seed, number: number), day: day)
        for place in writers.indices { try writers[place].write(person) }
      }
      for place in writers.indices { try writers[place].close() }
      told(index + 1)
    }
    for writer in writers { try writer.finish() }
    return Dictionary(uniqueKeysWithValues: writers.map { ($0.feed, $0.counts) })
  }
}
