import Wire

/// The five scores, part by part (domain.md 4).
extension PlainLife {
  /// Points in hundredths, the most of them whole, and whether what goes in is known.
  private struct Part {
    let points: Int64
    let of: Int64
    var isKnown = true

    /// `min(max(x, 0) / full, 1) * of`, rounded half up.
    init(_ input: Decimal6?, _ full: Decimal6, _ of: Int64) {
      let most = full.millionths
      let x = Int128(min(max(input?.millionths ?? 0, 0), most))
      points = Int64((x * Int128(of) * 200 + Int128(most)) / (2 * Int128(most)))
      self.of = of
      isKnown = input != nil
    }

    init(_ input: Int?, _ full: Int, _ of: Int64) {
      self.init(input.map { Decimal6($0) }, Decimal6(full), of)
    }

    init(_ input: Decimal6?, _ full: Int, _ of: Int64) { self.init(input, Decimal6(full), of) }
  }

  func scores(fullCalls: Int) -> (scores: [String: Decimal6], confidence: [String: Decimal6]) {
    let parts = [
      "engagement": engagement(fullCalls), "revenue": spending, "loyalty": loyalty, "risk": risk,
      "digital": digital,
    ]
    return (
      parts.mapValues { Decimal6(millionths: $0.reduce(0) { $0 + $1.points } * 10_000) },
      parts.mapValues { Decimal6(millionths: $0.reduce(0) { $0 + ($1.isKnown ? $1.of : 0) } * 10_000) }
    )
  }

  private func engagement(_ fullCalls: Int) -> [Part] {
    let messages = last(Self.month, .smsSent, .smsReceived).reduce(Decimal6.zero) {
      $0 + ($1.value ?? Decimal6(1))
    }
    return [
      Part(last(Self.month, .callOutgoing, .callIncoming).count, fullCalls, 30),
      Part(last(Self.month, .dataUsage).total, 5_000, 30),
      Part(last(Self.month, .appLogin, .appFeatureUse).count, 20, 20), Part(messages, 100, 10),
      // Two points a day are lost of ten.
      Part(idle.map { 5 - $0 }, 5, 10),
    ]
  }

  private var spending: [Part] {
    var value = Part(lifetimeValue.value, 2_000, 10)
    value.isKnown = lifetimeValue.isKnown
    return [
      Part(totalRevenue, 1_000, 40), Part(last(Self.month, .recharge, .topUp).total, 200, 30),
      Part(arpu, 50, 20), value,
    ]
  }

  private var loyalty: [Part] {
    let onTime = last(Self.year, payments).count { payment in due(payment).map { payment.day <= $0 } == true }
    return [
      Part(age, 365, 30), Part(transactionCount, 50, 25), Part(activeDays(within: Self.month).count, 30, 25),
      Part(onTime, 10, 20),
    ]
  }

  private var risk: [Part] {
    let (now, before) = (revenue(0, 29), revenue(30, 59))
    return [
      Part(churn, 1, 50), Part(unpaid, 90, 30),
      before == .zero ? Part(0, 1, 20) : Part(before - now, before, 20),
    ]
  }

  private var digital: [Part] {
    [
      Part(last(Self.month, .appLogin).count, 30, 40), Part(last(Self.month, .appFeatureUse).count, 20, 30),
      Part(last(Self.month, .contentView).count, 15, 20), Part(last(Self.month, .webLogin).count, 10, 10),
    ]
  }
}
