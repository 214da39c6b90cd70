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
  func awards(_ asked: AwardsRequest) throws -> Frames {
    let customer = asked.list.customer
    let total = try row(RowKey.customer(customer))?.customer?.awardCount ?? 0
    let read = asked.isFiltered ? Array((1..<(total + 1)).reversed()) : asked.list.places(of: total)
    let keys = read.map { RowKey.award(customer, $0) }
    let rows = try rows(keys)
    let awards = keys.compactMap { rows[$0]?.award }.filter(asked.takes)
    return Frames([
      JSONWriter.object { writer in
        writer.member("customer_id", customer)
        writer.member("count", asked.isFiltered ? awards.count : total)
        writer.key("results")
        writer.array { writer in
          for award in awards.prefix(asked.list.limit) { award.write(&writer, customer: customer) }
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

extension StateReader where F == BadgingFold {
  /// `{"customer_id", "count", "results": [grant]}`, newest first; each grant names the one before it.
  func grants(_ asked: GrantsRequest) throws -> Frames {
    let customer = try row(RowKey.customer(asked.list.customer))?.customer ?? CustomerRow()
    var found: [GrantRow] = []
    var count = asked.status == nil ? customer.grantCount : 0
    var next = customer.lastGrant
    while let id = next, let grant = try row(RowKey.grant(id))?.grant {
      next = grant.before
      if asked.status != nil {
        guard grant.status == asked.status else { continue }
        count += 1
      }
      if found.count < asked.list.limit { found.append(grant) } else if asked.status == nil { break }
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("customer_id", asked.list.customer)
        writer.member("count", count)
        writer.key("results")
        writer.array { writer in for grant in found { writer.object(grant.writeMembers) } }
      }
    ])
  }
}

/// `{"customer_id", "limit", "badge_type", "level"}`.
struct AwardsRequest: Sendable {
  let list: ListRequest
  private let badgeType: String?
  private let level: BadgeDefinition.Level?

  init(_ payloads: Frames) throws(WireError) {
    list = try ListRequest(payloads)
    let fields = try Fields(payloads)
    badgeType = fields.raw("badge_type") == nil ? nil : try fields.text("badge_type")
    level = fields.raw("level") == nil ? nil : try fields.word("level") as BadgeDefinition.Level
  }

  /// Whether only some awards are asked for.
  var isFiltered: Bool { badgeType != nil || level != nil }

  func takes(_ award: AwardRow) -> Bool {
    badgeType ?? award.badgeType == award.badgeType && level ?? award.level == award.level
  }
}

/// `{"customer_id", "limit", "status"}`.
struct GrantsRequest: Sendable {
  let list: ListRequest
  /// Only grants of this status.
  let status: GrantRow.Status?

  init(_ payloads: Frames) throws(WireError) {
    list = try ListRequest(payloads)
    let fields = try Fields(payloads)
    status = fields.raw("status") == nil ? nil : try fields.word("status") as GrantRow.Status
  }
}
