import Contracts
import Journal
import Testing
import Wire

@testable import Badging

@Suite struct OfferTests {
  private let stage: Stage

  init() throws { stage = try Stage() }

  /// A completed correction mission whose reward is an offer.
  @discardableResult
  private func complete(
    _ mission: String = "m-7-1", occasion: Int = 1, offer: String = "retention_offer",
    _ customer: String = "C-1"
  ) throws -> [String] {
    try stage.outcome(
      .completed, mission, occasion: occasion, customer: customer, category: "loyalty", points: 0,
      offer: offer)
  }

  @discardableResult
  private func revoke(_ mission: String = "m-7-1", occasion: Int = 1) throws -> [String] {
    try stage.outcome(
      .revoked, mission, occasion: occasion, category: "loyalty", points: 0, offer: "retention_offer")
  }

  private func redeem(_ id: String, _ customer: String? = nil) throws -> String {
    try stage.redeem(id, customer)
  }

  private func refusal(_ id: String, _ customer: String? = nil) -> Status? {
    do {
      _ = try redeem(id, customer)
      return nil
    } catch { return (error as? WireError)?.status }
  }

  private func grants(_ request: String) throws -> String {
    let asked = try GrantsRequest(Frames([Array(request.utf8)]))
    return String(decoding: try #require(try stage.twin.reader.grants(asked).first), as: UTF8.self)
  }

  private func grant(_ id: String) throws -> GrantRow? { try stage.twin.reader.row(RowKey.grant(id))?.grant }

  @Test func aCompletionGrantsItsOffer() throws {
    #expect(try complete() == ["notice mission.completed", "offer_granted retention_offer"])
    let output = try #require(stage.twin.outputs.last)
    let entry = try #require(try OfferEntry(output[...]))
    #expect(
      entry
        == OfferEntry(
          id: "o-7-2", customer: "C-1", at: stage.now, change: .granted, offer: "retention_offer",
          name: "Thank you for staying", offerKind: .discount, value: Decimal6(20), mission: "m-7-1",
          occasion: 1, expiresAt: stage.now + 30 * 86_400_000_000))
    #expect(try complete() == ["notice mission.completed"])
    #expect(try stage.row().grantCount == 1)
    #expect(stage.twin.registers.offers == ["offer_granted": 1])
    #expect(try stage.audit() == [])
  }

  @Test(arguments: [
    ("recovery_offer", "data", 1_000, 14), ("retention_offer", "discount", 20, 30),
    ("compensation_offer", "voice", 60, 30), ("reactivation_offer", "voucher", 5, 30),
  ])
  func theFourByDefault(id: String, kind: String, value: Int, days: Int64) throws {
    try complete(offer: id)
    let entry = try #require(try grant("o-7-2")?.entry)
    #expect(entry.offerKind.rawValue == kind)
    #expect(entry.value == Decimal6(value))
    #expect(entry.expiresAt - entry.at == days * 86_400_000_000)
  }

  @Test func anUnknownOfferGrantsNothing() throws {
    #expect(try complete(offer: "free_car") == ["notice mission.completed"])
    #expect(try stage.audit() == [])
  }

  @Test func anOfferThatIsNotActiveGrantsNothing() throws {
    var offer = try #require(stage.twin.definitions.offers["retention_offer"])
    offer.isActive = false
    try stage.define([.offer(offer)])
    #expect(try complete() == ["notice mission.completed"])
  }

  @Test func aGrantIsRedeemedOnce() throws {
    try complete()
    let first = try redeem("o-7-2", "C-1")
    #expect(
      first.hasPrefix(#"{"result":"redeemed","id":"o-7-2","customer_id":"C-1","offer_id":"retention_offer""#))
    #expect(first.contains(#""status":"redeemed""#))
    #expect(Entry.told(stage.twin.outputs).last == "offer_redeemed retention_offer")
    let count = stage.twin.outputs.count
    #expect(try redeem("o-7-2").hasPrefix(#"{"result":"already_redeemed","id":"o-7-2""#))
    #expect(stage.twin.outputs.count == count)
    stage.now += 31 * Micros.day
    #expect(try stage.settle() == [])
    #expect(try grant("o-7-2")?.status == .redeemed)
    #expect(try stage.audit() == [])
  }

  @Test func onlyItsOwnerUsesIt() throws {
    try complete()
    #expect(refusal("o-7-2", "C-2") == .notFound)
    #expect(refusal("o-7-3") == .notFound)
    #expect(refusal("") == .invalidArgument)
    #expect(try grant("o-7-2")?.status == .granted)
  }

  @Test func anOfferExpires() throws {
    try complete()
    let end = try #require(try grant("o-7-2")?.entry.expiresAt)
    #expect(try stage.twin.advance(to: end - 1).isEmpty)
    stage.now = end
    // Whoever comes before the timer is too late as well.
    #expect(refusal("o-7-2") == .failedPrecondition)
    #expect(Entry.told(try stage.settle()) == ["offer_expired retention_offer"])
    #expect(try grant("o-7-2")?.status == .expired)
    #expect(try grant("o-7-2")?.endedAt == end)
    #expect(refusal("o-7-2") == .failedPrecondition)
    #expect(try revoke() == ["notice mission.revoked"])
    #expect(try stage.audit() == [])
  }

  @Test func aRevokedMissionTakesItsOfferBack() throws {
    try complete()
    #expect(try revoke() == ["notice mission.revoked", "offer_revoked retention_offer"])
    #expect(refusal("o-7-2") == .failedPrecondition)
    stage.now += 31 * Micros.day
    #expect(try stage.settle() == [])
    #expect(try complete(occasion: 2) == ["notice mission.completed", "offer_granted retention_offer"])
    #expect(stage.twin.registers.offers == ["offer_granted": 2, "offer_revoked": 1])
    #expect(try stage.audit() == [])
  }

  @Test func whatWasUsedIsNeitherTakenBackNorGrantedAgain() throws {
    try complete()
    _ = try redeem("o-7-2")
    #expect(try revoke() == ["notice mission.revoked"])
    #expect(try complete(occasion: 2) == ["notice mission.completed"])
    #expect(try revoke(occasion: 2) == ["notice mission.revoked"])
    #expect(try complete(occasion: 3) == ["notice mission.completed"])
    #expect(try complete("m-7-2") == ["notice mission.completed", "offer_granted retention_offer"])
    #expect(try stage.audit() == [])
  }

  @Test func grantsAreListedNewestFirst() throws {
    for mission in 1...3 { try complete("m-7-\(mission)") }
    try complete("m-7-4", "C-2")
    _ = try redeem("o-7-4")
    let all = try grants(#"{"customer_id":"C-1"}"#)
    let ids = all.matches(of: /"id":"(o-7-\d)"/).map { String($0.output.1) }
    #expect(ids == ["o-7-6", "o-7-4", "o-7-2"])
    #expect(all.hasPrefix(#"{"customer_id":"C-1","count":3,"results":[{"id":"o-7-6","customer_id":"C-1","#))
    let last = try grants(#"{"customer_id":"C-1","limit":1}"#)
    #expect(last.contains(#""count":3"#) && !last.contains("o-7-4"))
    let open = try grants(#"{"customer_id":"C-1","status":"granted","limit":1}"#)
    #expect(open.contains(#""count":2,"results":[{"id":"o-7-6""#) && !open.contains("o-7-2"))
    #expect(try grants(#"{"customer_id":"C-9"}"#) == #"{"customer_id":"C-9","count":0,"results":[]}"#)
    #expect(throws: WireError.self) { try grants(#"{"customer_id":"C-1","status":"lost"}"#) }
  }

  @Test(arguments: [
    ("o-7-12", 7 as Int?), ("o-63-1", 63), ("o-7", nil), ("a-7-1", nil), ("o--1", nil), ("o-x-1", nil),
    ("o--7-1", nil), ("o-99999999999999999999-1", nil),
  ])
  func aGrantsIdNamesItsPartition(id: String, partition: Int?) throws {
    let request = JSONWriter.object { $0.member("id", id) }
    #expect(try RedeemRequest(Frames([request])).partition == partition)
  }
}
