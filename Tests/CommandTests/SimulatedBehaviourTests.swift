import Contracts
import Foundation
import Testing
import Wire

@testable import Command

/// What a mission or badge of each kind needs is done by somebody among 1,000 customers in 60 days.
@Suite struct SimulatedBehaviourTests {
  /// One customer's 60 days, summed up.
  private struct Life {
    let subscriber: Subscriber
    private(set) var counts: [EventType: Int] = [:]
    private(set) var activeDays: Set<Int> = []
    private(set) var features: Set<String> = []
    private(set) var channels: Set<String> = []
    private(set) var roamingBytes = Decimal6.zero
    private(set) var largest = Decimal6.zero
    private(set) var revenue = Decimal6.zero
    private(set) var onTime = 0
    private(set) var profile = Decimal6.zero
    private(set) var upgrades = 0

    init(_ subscriber: Subscriber, first: Day) {
      self.subscriber = subscriber
      for index in 0..<60 {
        let day = RunDay(index: index, date: first + index, zone: .utc)
        let person = SubscriberDay(subscriber: subscriber, day: day)
        for feed in Feed.allCases { for record in person.records(feed) { take(record, day) } }
      }
    }

    private mutating func take(_ record: FeedRecord, _ day: RunDay) {
      guard let type = record.type else { return }
      counts[type, default: 0] += 1
      if type.isActivity, record.at >= day.start { activeDays.insert(day.index) }
      let channel = record.text("channel").lowercased()
      if !channel.isEmpty { channels.insert(channel) }
      let amount = record.amount ?? .zero
      switch type {
      case .appFeatureUse: features.insert(record.text("feature"))
      case .dataUsage where record.holds("roaming"): roamingBytes += amount
      case .recharge, .topUp, .bundlePurchase:
        largest = max(largest, amount)
        revenue += amount
      case .billPaid:
        if Day(record.text("due")).map({ day.date <= $0 }) == true { onTime += 1 }
        revenue += amount
      case .payment: revenue += amount
      case .profileUpdate: profile = max(profile, amount)
      case .planChange where record.text("direction") == "upgrade": upgrades += 1
      default: break
      }
    }

    /// Whole days without activity between two active ones.
    var longestGap: Int {
      let days = activeDays.sorted()
      return zip(days, days.dropFirst()).map { $1 - $0 - 1 }.max() ?? 0
    }
  }

  private static let lives: [Life] = {
    let first = Day(number: 20_000)
    return (0..<1_000).map { Life(Subscriber(seed: 1, number: $0), first: first) }
  }()

  private func count(_ holds: (Life) -> Bool) -> Int { Self.lives.count(where: holds) }
  private func done(_ type: EventType, _ least: Int = 1) -> Int { count { $0.counts[type] ?? 0 >= least } }

  @Test func everyTypeOfEventHappens() {
    for type in EventType.allCases where type != .reversal { #expect(done(type) > 0, "\(type)") }
  }

  @Test func beginners() {
    #expect(count { $0.subscriber.joined >= 0 } > 150)
    #expect(done(.callOutgoing) > 800 && done(.dataUsage) > 800 && done(.recharge) > 300)
    #expect(done(.appLogin) > 500 && count { $0.profile == Decimal6(100) } > 200)
  }

  @Test func usersOfAllIntensities() {
    #expect(count { $0.activeDays.count == 60 } > 40 && count { $0.activeDays.count < 20 } > 50)
    #expect(done(.callOutgoing, 200) > 50 && done(.contentView, 60) > 100)
    #expect(count { $0.features.count >= 3 } > 300 && count { $0.channels.count >= 2 } > 200)
    #expect(done(.contentShare) + done(.referral) > 200)
    #expect(done(.referral, 10) > 3 && done(.selfCareAction, 50) > 20)
  }

  @Test func money() {
    #expect(done(.bundlePurchase) > 300 && count { $0.upgrades > 0 } > 20)
    #expect(count { $0.largest >= Decimal6(100) } > 20 && count { $0.revenue >= Decimal6(400) } > 20)
    #expect(count { $0.roamingBytes >= Decimal6(1_000_000_000) } > 20)
    #expect(count { $0.onTime >= 3 } > 30)
    #expect(count { ($0.counts[.billIssued] ?? 0) > ($0.counts[.billPaid] ?? 0) } > 30)
  }

  @Test func loyaltyAndAbsence() {
    #expect(count { $0.subscriber.joined <= -730 } > 200)
    let anniversaries = count { life in
      let past = -life.subscriber.joined
      return past > 0 && (1...50).contains((365 - past % 365) % 365)
    }
    #expect(anniversaries > 50)
    #expect(count { $0.longestGap >= 30 } > 20 && done(.payment) > 3)
    #expect(done(.qoeIssue) > 500)
    let faded = count { $0.subscriber.silence.map { $0.fading > 0 && $0.back != nil } == true }
    #expect(faded > 20)
  }
}
