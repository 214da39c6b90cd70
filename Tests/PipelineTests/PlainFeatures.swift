import Wire

/// All features by name (domain.md 3).
extension PlainLife {
  var features: [String: Shown] {
    usage.merging(money) { $1 }.merging(registers) { $1 }.merging(days) { $1 }
  }

  private var usage: [String: Shown] {
    [
      "calls_30d": .count(last(Self.month, .callOutgoing, .callIncoming).count),
      "data_mb_30d": .number(last(Self.month, .dataUsage).total),
      "sms_30d": .number(
        last(Self.month, .smsSent, .smsReceived).reduce(.zero) { $0 + ($1.value ?? Decimal6(1)) }),
      "app_events_30d": .count(last(Self.month, .appLogin, .appFeatureUse).count),
      "app_logins_30d": .count(last(Self.month, .appLogin).count),
      "feature_uses_30d": .count(last(Self.month, .appFeatureUse).count),
      "content_views_30d": .count(last(Self.month, .contentView).count),
      "web_logins_30d": .count(last(Self.month, .webLogin).count),
      "self_care_actions_90d": .count(last(Self.quarter, .selfCareAction).count),
      "qoe_issues_7d": .count(last(7, .qoeIssue).count),
      "channels_30d": .count(channels.count), "referrals": .count(all(.referral).count),
      "roamed_180d": .flag(last(Self.half, activities).contains(where: \.isRoaming)),
      "calls_made_ever": .count(all(.callOutgoing).count),
      "data_events_ever": .count(all(.dataUsage).count),
      "recharges_ever": .count(all(.recharge, .topUp).count),
      "app_logins_ever": .count(all(.appLogin).count), "bills_ever": .count(all(.billIssued).count),
    ]
  }

  private var money: [String: Shown] {
    let judged = last(Self.year, payments).compactMap { payment in due(payment).map { payment.day <= $0 } }
    return [
      "recharge_amount_30d": .number(last(Self.month, .recharge, .topUp).total),
      "revenue_30d": .number(revenue(0, 29)), "revenue_prev_30d": .number(revenue(30, 59)),
      "total_revenue": .number(totalRevenue), "transaction_count": .number(transactionCount),
      "on_time_payments_365d": .count(judged.count { $0 }),
      "late_payments_365d": .count(judged.count { !$0 }), "arrears": .number(arrears),
      "arpu": .number(arpu), "lifetime_value": .number(lifetimeValue.value),
    ]
  }

  private var registers: [String: Shown] {
    let tier = said { $0.type == .planChange ? $0.notes["tier"]?.text : nil }?.value
    let profile = said { $0.type == .profileUpdate ? $0.value : nil }?.value
    return [
      "churn_probability": churn.map(Shown.number) ?? .unknown,
      "plan_tier": tier.map { .text($0.lowercased()) } ?? .unknown,
      "auto_renew": renewal.map { .flag($0.isOn) } ?? .unknown,
      "auto_renew_days": .count(renewal?.days),
      "profile_completeness": profile.map(Shown.number) ?? .unknown,
    ]
  }

  private var days: [String: Shown] {
    [
      "active_days_30d": .count(activeDays(within: Self.month).count), "customer_age_days": .count(age),
      "days_since_last_activity": .count(idle), "days_since_last_transaction": .count(unpaid),
      "current_streak_days": .count(currentStreak),
      "longest_streak_days": .count(Self.run(activeDays(within: Self.streak))),
      "longest_return_gap_days": .count(longestGap), "days_to_anniversary": .count(daysToAnniversary),
    ]
  }

  /// What moves no score.
  var attributes: [String: Shown] {
    var all: [String: Shown] = [:]
    all["status"] = said { $0.notes["status"]?.text }.map { .text($0.value) }
    all["language"] = said { $0.notes["language"]?.text }.map { .text($0.value) }
    all["time_zone"] = said { $0.notes["time_zone"]?.text }.map { .text($0.value) }
    all["segment"] = said { $0.notes["attributes"]?.members["segment"]?.text }.map { .text($0.value) }
    all["household"] = updated("household").map { .number($0.value) }
    return all
  }
}
