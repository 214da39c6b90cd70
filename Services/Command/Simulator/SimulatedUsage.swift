import Contracts
import Wire

/// Calls, messages and data: what switches record.
extension SubscriberDay {
  /// On an ordinary day, by kind of user.
  private static let callsMean = [7.0, 3.2, 0.9, 0.4]
  private static let messagesMean = [4.0, 1.8, 0.5, 0.2]
  private static let sessionsMean = [3.5, 2.4, 1.1, 0.4]
  /// Megabytes of one session, at most.
  private static let sessionMax = [260, 130, 55, 25]
  private static let missedShare = 0.04

  func calls(_ random: inout SplitMix64) -> [FeedRecord] {
    var records: [FeedRecord] = []
    for _ in 0..<random.count(Self.callsMean[subscriber.usage.rawValue] * level) {
      let at = moment(&random)
      let other = "4915\(10_000_000 + random.below(89_999_999))"
      if random.chance(Self.missedShare) {
        records.append(cdr(nil, "MISSED", at, 0, other))
        continue
      }
      let isOutgoing = random.chance(0.6)
      let seconds = 5 + random.below(random.chance(0.2) ? 1_500 : 240)
      records.append(
        isOutgoing
          ? cdr(.callOutgoing, "MOC", at, seconds, other) : cdr(.callIncoming, "MTC", at, seconds, other))
    }
    return records
  }

  func messages(_ random: inout SplitMix64) -> [FeedRecord] {
    var records: [FeedRecord] = []
    for _ in 0..<random.count(Self.messagesMean[subscriber.usage.rawValue] * level) {
      let other = "4915\(10_000_000 + random.below(89_999_999))"
      let at = moment(&random)
      records.append(
        random.chance(0.5) ? cdr(.smsSent, "SMO", at, 1, other) : cdr(.smsReceived, "SMT", at, 1, other))
    }
    if !subscriber.isPostpaid, random.chance(0.12 * level) {
      records.append(cdr(.ussdSession, "USSD", moment(&random), 1, "*100#"))
    }
    return records
  }

  /// Data sessions; who returns after a silence uses plenty, so that the volume lost is soon made up for.
  func sessions(_ random: inout SplitMix64) -> [FeedRecord] {
    let usage = isReturning ? 0 : subscriber.usage.rawValue
    var records: [FeedRecord] = []
    for _ in 0..<max(isReturning ? 1 : 0, random.count(Self.sessionsMean[usage] * level)) {
      let megabytes = 2 + random.below(isAbroad ? 120 : Self.sessionMax[usage])
      records.append(
        cdr(.dataUsage, "GPRS", moment(&random), megabytes * 1_000_000 + random.below(1_000_000), ""))
    }
    return records
  }

  private func cdr(_ type: EventType?, _ kind: String, _ at: Int64, _ amount: Int, _ other: String)
    -> FeedRecord
  {
    var record = FeedRecord(type, kind, at: at, amount: Decimal6(amount), [.init("other", other)])
    record.add("cell", .text(isAbroad ? "visited" : Network.name(subscriber.cell)))
    if isAbroad { record.add("roaming", .bool(true)) }
    return record
  }
}

/// The simulated radio network.
enum Network {
  /// `cell-07`.
  static func name(_ cell: Int) -> String { cell < 10 ? "cell-0\(cell)" : "cell-\(cell)" }

  /// A day's outage of a cell; every cell has one about every two months.
  static func outage(seed: UInt64, cell: Int, day: Int) -> (kind: String, severity: Int, hour: Int)? {
    var random = SplitMix64(seed: seed, -1 - cell, day, 1)
    guard random.chance(0.018) else { return nil }
    let kinds = ["no_service", "dropped_calls", "slow_data"]
    return (kinds[random.below(kinds.count)], 40 + random.below(61), 6 + random.below(15))
  }
}

/// Disturbed service: by the outage of the home cell, or alone.
extension SubscriberDay {
  func disturbances(_ random: inout SplitMix64) -> [FeedRecord] {
    guard isPresent, !isAbroad else { return [] }
    var records: [FeedRecord] = []
    let cell = FeedRecord.Detail("cell", Network.name(subscriber.cell))
    if let outage = Network.outage(seed: subscriber.seed, cell: subscriber.cell, day: day.index),
      random.chance(0.75)
    {
      let at = instant(outage.hour, &random)
      records.append(FeedRecord(.qoeIssue, outage.kind, at: at, amount: Decimal6(outage.severity), [cell]))
    }
    if random.chance(0.003) {
      let severity = Decimal6(10 + random.below(50))
      records.append(FeedRecord(.qoeIssue, "slow_data", at: moment(&random), amount: severity, [cell]))
    }
    if random.chance(0.01) {
      records.append(FeedRecord(.networkEvent, "attach", at: moment(&random), [cell]))
    }
    return records
  }
}
