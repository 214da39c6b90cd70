import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Badging

/// Lists of definitions, and what an operator may change.
@Suite struct ListTests {
  private let folder: ScratchFolder
  private let twin: Twin<BadgesFold>

  init() throws {
    folder = try ScratchFolder()
    twin = try Twin(BadgesFold(), partition: 64, path: folder.path + "/badges.sqlite")
    _ = try twin.command(BadgesFold.seed.method, BadgesFold.seed.payloads.map { Array($0) }, now: 1)
  }

  private func badges(_ filter: String) throws -> [String] {
    let frames = try twin.reader.badges(BadgeFilter(Frames([Array(filter.utf8)])))
    let text = String(decoding: try #require(frames.first), as: UTF8.self)
    let slugs = text.matches(of: /"slug":"([^"]*)"/).map { String($0.output.1) }
    #expect(text.hasPrefix(#"{"count":\#(slugs.count),"#))
    return slugs
  }

  private func command(_ method: String, _ text: String) throws -> String {
    let reply = try twin.command(method, [Array(text.utf8)], now: 2)
    return String(decoding: try #require(reply.first), as: UTF8.self)
  }

  @Test func badgesAreFiltered() throws {
    #expect(try badges("{}").count == 48)
    #expect(try badges(#"{"level":"gold"}"#).count == 12)
    #expect(try badges(#"{"is_active":true}"#).count == 44)
    let custom = ["custom.bronze", "custom.silver", "custom.gold", "custom.platinum"]
    #expect(try badges(#"{"is_active":false}"#) == custom)
    #expect(try badges(#"{"badge_type":"custom"}"#) == custom)
    #expect(
      try badges(#"{"badge_type":"referrer","level":"silver","is_active":true}"#) == ["referrer.silver"])
    #expect(try badges(#"{"badge_type":"nothing"}"#) == [])
    #expect(throws: WireError.self) { try badges(#"{"level":"tin"}"#) }
    #expect(throws: WireError.self) { try badges(#"{"is_active":"yes"}"#) }
  }

  @Test func theSeedTravelsWithItsDefaults() throws {
    let one = #"[{"badge_type":"a","level":"gold","name":"N","criteria":{"var":"x"}}]"#
    let reply = try twin.command(
      JournalMethod.seed, [Array(one.utf8), Array("[]".utf8)], now: 2)
    #expect(String(decoding: try #require(reply.first), as: UTF8.self).hasPrefix(#"{"added":1,"updated":0,"#))
    #expect(try badges(#"{"badge_type":"a"}"#) == ["a.gold"])
    for text in ["[]", #"{"a":1}"#, #"[{"badge_type":"a","level":"tin","name":"N"}]"#] {
      #expect(throws: WireError.self) { try twin.command(JournalMethod.seed, [Array(text.utf8)], now: 2) }
    }
  }

  @Test func aCustomBadgeBeginsWithItsCriteria() throws {
    let begun = try command(
      Method.patchBadge, #"{"slug":"custom.bronze","changes":{"criteria":{"var":"vip"}}}"#)
    #expect(begun.contains(#""criteria":{"var":"vip"}"#) && begun.contains(#""is_active":true"#))
    let waiting = try command(
      Method.patchBadge, #"{"slug":"custom.gold","changes":{"criteria":{"var":"vip"},"is_active":false}}"#)
    #expect(waiting.contains(#""is_active":false"#))
    // Other badges, and later changes, leave it as it is.
    let later = try command(
      Method.patchBadge, #"{"slug":"custom.gold","changes":{"criteria":{"var":"vvip"}}}"#)
    #expect(later.contains(#""is_active":false"#))
  }

  @Test func offersAreListedAndPut() throws {
    let frames = try twin.reader.offers()
    let text = String(decoding: try #require(frames.first), as: UTF8.self)
    #expect(
      text.hasPrefix(#"{"count":4,"results":[{"id":"compensation_offer","offer_id":"compensation_offer","#))
    #expect(text.contains(#""kind":"data","value":1000,"valid_days":14,"is_active":true,"origin":"default""#))

    let offer = #"{"offer_id":"gift","name":"G","description":"D","kind":"sms","value":2.5,"valid_days":3}"#
    #expect(try command(Method.putOffer, offer).contains(#""value":2.5,"valid_days":3,"is_active":true,"#))
    let count = twin.outputs.count
    #expect(try command(Method.putOffer, offer).contains(#""origin":"operator","version":1"#))
    #expect(twin.outputs.count == count)
    let edited =
      #"{"offer_id":"recovery_offer","name":"G","description":"D","kind":"sms","value":1,"valid_days":3}"#
    #expect(try command(Method.putOffer, edited).contains(#""origin":"operator","version":2"#))
    _ = try twin.command(BadgesFold.seed.method, [Array("{}".utf8)], now: 3)
    #expect(twin.outputs.count == count + 1)
  }

  @Test(arguments: [
    (#"{"offer_id":"a","name":"n","description":"d","kind":"car","value":1,"valid_days":1}"#, "'kind'"),
    (#"{"offer_id":"a","name":"n","description":"d","kind":"sms","value":-1,"valid_days":1}"#, "'value'"),
    (#"{"offer_id":"a","name":"n","description":"d","kind":"sms","valid_days":1}"#, "'value'"),
    (#"{"offer_id":"a","name":"n","description":"d","kind":"sms","value":1,"valid_days":0}"#, "'valid_days'"),
    (#"{"offer_id":"a","name":"n","description":"d","kind":"sms","value":1}"#, "'valid_days'"),
    (#"{"offer_id":"","name":"n","description":"d","kind":"sms","value":1,"valid_days":1}"#, "'offer_id'"),
    (#"{"offer_id":"a","description":"d","kind":"sms","value":1,"valid_days":1}"#, "'name'"),
  ])
  func aBadOfferIsRefused(text: String, reason: String) throws {
    let count = twin.outputs.count
    do {
      _ = try command(Method.putOffer, text)
      Issue.record("\(text) was taken")
    } catch let error as WireError {
      #expect(error.status == .invalidArgument && error.message.contains(reason), "\(error.message)")
    }
    #expect(twin.outputs.count == count)
  }
}
