import Wire

/// Sums over the partitions that are open here.
struct BadgingTotals: Sendable {
  private var sum = BadgingRegisters()

  mutating func add(_ registers: BadgingRegisters) {
    sum.awards.merge(registers.awards) { $0 + $1 }
    sum.notices.merge(registers.notices) { $0 + $1 }
    sum.offers.merge(registers.offers) { $0 + $1 }
    sum.earned += registers.earned
    sum.reversed += registers.reversed
  }

  /// `{"awards": {badge: active}, "points": {"earned", "reversed", "sum"}, "notices": {what: count},
  /// "offers": {kind of entry: count}}`.
  func write(_ writer: inout JSONWriter) {
    writer.key("awards")
    Self.write(sum.awards, &writer)
    writer.key("points")
    writer.object { writer in
      writer.member("earned", sum.earned)
      writer.member("reversed", sum.reversed)
      writer.member("sum", sum.earned - sum.reversed)
    }
    writer.key("notices")
    Self.write(sum.notices, &writer)
    writer.key("offers")
    Self.write(sum.offers, &writer)
  }

  private static func write(_ counts: [String: Int], _ writer: inout JSONWriter) {
    writer.object { writer in
      for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
        writer.key(text: name)
        writer.integer(count)
      }
    }
  }
}
