import Contracts
import Wire

/// What missions count (domain.md 5 and 6).
extension Plain {
  /// How long after a mission's end a record may arrive, microseconds.
  private static let graceMicros = 2 * Story.dayMicros

  /// The day on which a mission begins to count what arrives: what comes at noon is there already.
  private func made(_ mission: ShownMission) -> Int {
    Int((mission.startDate - Story.start + Story.dayMicros - 1) / Story.dayMicros)
  }

  private func isInTime(_ fact: Fact, _ mission: ShownMission) -> Bool {
    Story.midnight(fact.arrival) < mission.endDate + Self.graceMicros
  }

  /// Of the records of its window those that arrived after it was made and before its grace ended.
  func progress(_ mission: ShownMission, of customer: String) -> Decimal6 {
    let records = facts(of: customer).filter { fact in
      fact.record.at >= mission.startDate && fact.record.at < mission.endDate && fact.arrival >= made(mission)
        && isInTime(fact, mission)
    }.map(\.record)
    let seen = PlainLife(records: records, today: .max)
    let active = seen.activeDays
    switch mission.metric {
    case "calls_made": return Decimal6(seen.all(.callOutgoing).count)
    case "data_mb": return seen.all(.dataUsage).total
    case "roaming_mb": return seen.all(.dataUsage).filter(\.isRoaming).total
    case "app_logins": return Decimal6(seen.all(.appLogin).count)
    case "content_views": return Decimal6(seen.all(.contentView).count)
    case "shares_referrals": return Decimal6(seen.all(.contentShare, .referral).count)
    case "bundles_bought": return Decimal6(seen.all(.bundlePurchase).count)
    case "premium_upgrades": return Decimal6(seen.all(.planChange).count(where: \.isPremiumUpgrade))
    case "recharge_amount": return seen.all(.recharge, .topUp).total
    case "revenue": return seen.transactions.total
    case "payments": return seen.payments.total
    case "profile_completeness": return seen.all(.profileUpdate).largest
    case "largest_purchase": return seen.all(.recharge, .topUp, .bundlePurchase).largest
    case "app_features": return Decimal6(Set(records.compactMap { $0.notes["feature"]?.text }).count)
    case "channels": return Decimal6(Set(records.compactMap(\.channel)).count)
    case "active_days": return Decimal6(active.count)
    case "active_streak": return Decimal6(PlainLife.run(active))
    case "days_without_gap": return Decimal6(reach(active, from: Record.day(mission.startDate)))
    case "use_after_issue", "return_activity": return Decimal6(seen.activities.count)
    case "payments_on_time": return Decimal6(onTime(seen.payments, mission, customer))
    case "anniversary": return Decimal6(anniversaries(mission, customer))
    default: return Decimal6(-1)
    }
  }

  /// The number of the last day that is reached without more than seven inactive days in a row.
  private func reach(_ active: [Int], from first: Int) -> Int {
    active.map { $0 - first + 1 }.reduce((number: 0, isOver: false)) { reached, number in
      let isOver = reached.isOver || number - reached.number > 8
      return (isOver ? reached.number : number, isOver)
    }.number
  }

  private func onTime(_ payments: [Record], _ mission: ShownMission, _ customer: String) -> Int {
    let bills = facts(of: customer).filter { isInTime($0, mission) }.map(\.record)
    let known = PlainLife(records: bills, today: .max)
    return payments.count { payment in known.due(payment).map { payment.day <= $0 } == true }
  }

  /// Which anniversary a mission is about was decided by what was known when it was made.
  private func anniversaries(_ mission: ShownMission, _ customer: String) -> Int {
    let first = Record.day(mission.startDate)
    let known = Plain(story, fullCalls: fullCalls, before: made(mission)).life(customer, day: first)
    guard let days = known.daysToAnniversary, days > 0 else { return -1 }
    return first + days < story.arrivals.count ? 1 : 0
  }
}

extension Record {
  var isPremiumUpgrade: Bool {
    notes["tier"]?.text?.lowercased() == "premium" && notes["direction"]?.text?.lowercased() != "downgrade"
  }
}

extension [Record] {
  var largest: Decimal6 { compactMap(\.value).max() ?? .zero }
}
