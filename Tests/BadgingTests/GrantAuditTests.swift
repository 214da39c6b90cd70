import Contracts
import Journal
import Testing
import Wire

@testable import Badging

/// Each fault is planted in what would otherwise be clean.
@Suite struct GrantAuditTests {
  private func stage() throws -> Stage {
    let stage = try Stage()
    try stage.outcome(.completed, "m-7-1", category: "loyalty", points: 0, offer: "recovery_offer")
    try stage.outcome(.completed, "m-7-2", category: "loyalty", points: 0, offer: "retention_offer")
    try stage.outcome(.revoked, "m-7-2", category: "loyalty", points: 0, offer: "retention_offer")
    #expect(try stage.audit() == [])
    return stage
  }

  private func entry(_ change: OfferEntry.Change, _ id: String, at: Int64 = 5) -> OfferEntry {
    OfferEntry(
      id: id, customer: "C-1", at: at, change: change, offer: "x", name: "x", offerKind: .sms, value: .zero,
      mission: "m-7-1", occasion: 1, expiresAt: 10)
  }

  @Test func aGrantWithoutASource() throws {
    let stage = try stage()
    stage.fed[.outcomes]?.removeFirst()
    #expect(try stage.audit().contains("the grant o-7-2 has no source"))
  }

  @Test func aSourceThatPromisedSomethingElse() throws {
    let stage = try stage()
    let other = OutcomeEntry(
      customer: "C-1", mission: "m-7-1", template: "t", category: "loyalty", change: .completed, occasion: 1,
      at: 0, reward: Reward(points: 0, offerId: "retention_offer"), name: "n")
    stage.fed[.outcomes]?[0] = Entry.outcome(other)
    #expect(try stage.audit() == ["the grant o-7-2 has no source"])
  }

  @Test func aGrantThatOutlivesItsSource() throws {
    let stage = try stage()
    let revoked = OutcomeEntry(
      customer: "C-1", mission: "m-7-1", template: "t", category: "loyalty", change: .revoked, occasion: 1,
      at: 0, reward: Reward(points: 0), name: "n")
    stage.fed[.outcomes]?.append(Entry.outcome(revoked))
    #expect(try stage.audit().contains("the source of the grant o-7-2 was revoked, and the grant stands"))
  }

  @Test(
    arguments: [
      ([(.granted, "o-7-1"), (.granted, "o-7-1")], "awards 2: o-7-1 was granted before"),
      ([(.redeemed, "o-7-1")], "awards 1: C-1 was not granted o-7-1"),
      (
        [(.granted, "o-7-1"), (.revoked, "o-7-1"), (.redeemed, "o-7-1")],
        "awards 3: o-7-1 is over already by offer_revoked"
      ),
      (
        [(.granted, "o-7-1"), (.expired, "o-7-1")],
        "awards 2: offer_expired of o-7-1 at the wrong side of its expiry"
      ),
    ] as [([(OfferEntry.Change, String)], String)])
  func entriesThatCannotFollowEachOther(entries: [(OfferEntry.Change, String)], finding: String) {
    var audit = GrantAudit()
    let found = entries.enumerated().flatMap { place, each in
      audit.take(entry(each.0, each.1), Int64(place + 1))
    }
    #expect(found == [finding])
  }

  @Test func twoGrantsOfOneCompletion() throws {
    var audit = GrantAudit()
    #expect(audit.take(entry(.granted, "o-7-1"), 1) + audit.take(entry(.granted, "o-7-2"), 2) == [])
    #expect(audit.findings([:], [:]).contains("m-7-1/1 of C-1 was granted o-7-1 and o-7-2"))
  }

  @Test func rowsThatAreNotAsTold() throws {
    var audit = GrantAudit()
    _ = audit.take(entry(.granted, "o-7-1"), 1)
    var customer = CustomerRow()
    (customer.grantCount, customer.lastGrant) = (2, "o-7-1")
    var row = GrantRow(entry(.granted, "o-7-1"), before: nil)
    row.status = .redeemed
    let stray = GrantRow(entry(.granted, "o-7-9"), before: nil)
    let found = audit.findings(
      [:],
      [
        "c:C-1": .customer(customer), "g:o-7-1": .grant(row), "g:o-7-9": .grant(stray),
        "o:m-7-1/1": .occasion(OccasionRow(customer: "C-1", category: "loyalty", points: 0, badge: nil)),
      ])
    #expect(
      found == [
        "the grant o-7-1 has no source", "m-7-1/1 of C-1 does not know of the grant o-7-1",
        "the grant o-7-1 is not kept as it was told", "C-1 has 1 grants in a row of 2",
        "the grant o-7-9 is not in the journal",
      ])
  }
}
