import Contracts
import Journal
import Wire

/// `{"customer_id", "limit"}`.
struct ListRequest: Sendable {
  let customer: String
  let limit: Int

  static let limitDefault = 50
  static let limitMax = 1_000

  init(_ payloads: Frames) throws(WireError) {
    let fields = try Fields(payloads)
    customer = try fields.text("customer_id")
    limit = try fields.number("limit", in: 1...Self.limitMax) ?? Self.limitDefault
  }

  /// The places of the newest entries of a list of so many.
  func places(of count: Int) -> [Int] { Array((max(1, count - limit + 1)..<(count + 1)).reversed()) }
}

extension StateReader where F == BadgingFold {
  /// `{"customer_id", "count", "results": [BadgeAward]}`, newest first, revoked ones too.
  func awards(_ asked: ListRequest) throws -> Frames {
    let customer = try row(RowKey.customer(asked.customer))?.customer ?? CustomerRow()
    let keys = asked.places(of: customer.awardCount).map { RowKey.award(asked.customer, $0) }
    let rows = try rows(keys)
    return Frames([
      JSONWriter.object { writer in
        writer.member("customer_id", asked.customer)
        writer.member("count", customer.awardCount)
        writer.key("results")
        writer.array { writer in
          for key in keys { rows[key]?.award?.write(&writer, customer: asked.customer) }
        }
      }
    ])
  }

  /// `{"customer_id", "balance", "count", "entries": [...]}`, newest first.
  func points(_ asked: ListRequest) throws -> Frames {
    let customer = try row(RowKey.customer(asked.customer))?.customer ?? CustomerRow()
    let keys = asked.places(of: customer.ledgerCount).map { RowKey.ledger(asked.customer, $0) }
    let rows = try rows(keys)
    return Frames([
      JSONWriter.object { writer in
        writer.member("customer_id", asked.customer)
        writer.member("balance", customer.balance)
        writer.member("count", customer.ledgerCount)
        writer.key("entries")
        writer.array { writer in
          for key in keys { rows[key]?.ledger?.write(&writer, customer: asked.customer) }
        }
      }
    ])
  }
}

extension StateReader where F == BadgesFold {
  /// `{"count", "results": [Badge]}` in the order of types and levels.
  func badges() throws -> Frames {
    let keys = try keys(prefix: BadgesFold.prefix, limit: BadgesFold.badgesMax)
    let badges = try rows(keys).values.map(\.definition).sorted {
      ($0.badgeType, $0.level) < ($1.badgeType, $1.level)
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("count", badges.count)
        writer.key("results")
        writer.array { writer in for badge in badges { writer.object(badge.writeMembers) } }
      }
    ])
  }
}

/// Sums over the partitions that are open here.
struct BadgingTotals: Sendable {
  private var sum = BadgingRegisters()

  mutating func add(_ registers: BadgingRegisters) {
    sum.awards.merge(registers.awards) { $0 + $1 }
    sum.notices.merge(registers.notices) { $0 + $1 }
    sum.earned += registers.earned
    sum.reversed += registers.reversed
  }

  /// `{"awards": {badge: active}, "points": {"earned", "reversed", "sum"}, "notices": {what: count}}`.
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
